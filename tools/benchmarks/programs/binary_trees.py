# SPDX-License-Identifier: MIT
"""Complete binary trees: many short-lived ones while a large one lives."""


class Node:
    def __init__(self, left, right):
        self.left = left
        self.right = right

    def count(self):
        return 1 if self.left is None else 1 + self.left.count() + self.right.count()


def build(depth):
    return Node(None, None) if depth == 0 else Node(build(depth - 1), build(depth - 1))


lasting = build(17)
total = 0
for depth in range(4, 15, 2):
    for _ in range(1 << (15 - depth)):
        total += build(depth).count()
print(total, lasting.count())
