# SPDX-License-Identifier: MIT
"""A cache whose youngest entries live, and older ones as long as somebody uses them."""
import weakref


class Page:
    def __init__(self, key):
        self.key = key
        self.lines = [key] * 4
        self.owner = self if key % 10 == 0 else None


class Cache:
    def __init__(self, size):
        self.size = size
        self.young = {}
        self.all = weakref.WeakValueDictionary()
        self.hits = 0

    def get(self, key):
        page = self.all.get(key)
        if page is None:
            page = self.all[key] = Page(key)
        else:
            self.hits += 1
            self.young.pop(key, None)
        self.young[key] = page
        if len(self.young) > self.size:
            del self.young[next(iter(self.young))]
        return page


cache = Cache(20_000)
readers = [None] * 10_000
state = 1
for number in range(300_000):
    state = state * 48271 % 2147483647
    readers[number % 10_000] = cache.get(state % 40_000)
print(cache.hits > 0, len(cache.young), sum(reader is not None for reader in readers))
