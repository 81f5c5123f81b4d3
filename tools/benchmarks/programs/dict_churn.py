# SPDX-License-Identifier: MIT
"""A table of records, each a dict of lists, replaced again and again."""

table = {}
for number in range(500_000):
    key = number * 7919 % 100_000
    old = table.get(key)
    table[key] = {"id": number, "tags": [key, number], "by": {"user": key % 100, "at": number},
                  "before": old["id"] if old else None}
    if number % 5 == 0:
        table.pop((key + 1) % 100_000, None)
print(len(table), sum(len(record["tags"]) for record in table.values()))
