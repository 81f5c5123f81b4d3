# SPDX-License-Identifier: MIT
"""Doubly linked lists: each is a cycle that only a collection can free."""


class Item:
    def __init__(self, value):
        self.value = value
        self.before = self.after = self


class LinkedList:
    def __init__(self, values):
        self.head = Item(None)
        for value in values:
            self.append(value)

    def append(self, value):
        item, last = Item(value), self.head.before
        item.before, item.after = last, self.head
        last.after = self.head.before = item

    def __iter__(self):
        item = self.head.after
        while item is not self.head:
            yield item.value
            item = item.after


kept = []
total = 0
for number in range(12_000):
    numbers = LinkedList(range(number % 60))
    total += sum(numbers)
    if number % 3 == 0:
        kept.append(numbers)
print(total, len(kept))
