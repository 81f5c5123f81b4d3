# SPDX-License-Identifier: MIT
"""Closures that call themselves, and chains of generators, some left half way."""


def make_walker(tree):
    seen = []

    def walk(node):
        seen.append(len(node))
        for child in node:
            walk(child)
        return seen

    return walk


def numbers(limit):
    number = 0
    while number < limit:
        yield number
        number += 1


def doubled(source):
    for number in source:
        yield 2 * number


def paired(source):
    for number in source:
        yield number, next(source, None)


tree = [[[] for _ in range(3)] for _ in range(3)]
total = 0
waiting = []
for number in range(40_000):
    total += len(make_walker(tree)(tree))
    pairs = paired(doubled(numbers(10)))
    total += sum(first for first, _ in pairs)
    half = paired(doubled(numbers(10)))
    next(half)
    waiting.append(half)
    if len(waiting) > 8000:
        waiting = waiting[4000:]
print(total, len(waiting))
