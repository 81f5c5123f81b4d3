# SPDX-License-Identifier: MIT
"""Texts taken apart and put together again, tuples as keys and records."""

counts = {}
lines = []
state = 7
for number in range(200_000):
    state = state * 48271 % 2147483647
    line = f"{state % 97}:{state % 89};name{number % 1000},{state % 13}"
    left, _, right = line.partition(";")
    fields = tuple(left.split(":")) + tuple(right.split(","))
    key = (fields[0], fields[2][:4], len(fields))
    counts[key] = counts.get(key, 0) + 1
    lines.append((number, fields, key))
    if len(lines) > 50_000:
        lines = lines[25_000:]
print(len(counts), len(lines), "".join(sorted(line[1][0] for line in lines))[:3])
