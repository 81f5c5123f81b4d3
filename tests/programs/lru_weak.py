# A cache with a strong part of bounded size and a weak part for all that is still in use.
import weakref


class Record:
    def __init__(self, key):
        self.key = key

    def __repr__(self):
        return f"R{self.key}"


class RecentlyUsed:
    """The `size` youngest stay alive; older ones only as long as somebody else has them."""

    def __init__(self, size, load):
        self.size = size
        self.load = load
        self.strong = {}
        self.weak = weakref.WeakValueDictionary()
        self.loads = []

    def __getitem__(self, key):
        record = self.strong.pop(key, None)
        if record is None:
            record = self.weak.get(key)
        if record is None:
            record = self.load(key)
            self.loads.append(key)
            self.weak[key] = record
        self.strong[key] = record
        while len(self.strong) > self.size:
            del self.strong[next(iter(self.strong))]
        return record

    def __len__(self):
        return len(self.weak)


cache = RecentlyUsed(3, Record)
for key in (1, 2, 3):
    cache[key]
print(list(cache.strong), len(cache), cache.loads)
cache[1]
cache[4]
print("2 was the oldest:", list(cache.strong), sorted(cache.weak))
held = cache[3]
for key in (5, 6, 7):
    cache[key]
print("3 is held outside:", list(cache.strong), sorted(cache.weak))
print(cache[3] is held, cache.loads)
del held
for key in (8, 9, 10):
    cache[key]
print(list(cache.strong), sorted(cache.weak))
print(cache[3], cache.loads.count(3))


class Node:
    __slots__ = ("key", "value", "before", "after", "__weakref__")


class LinkedCache:
    """The textbook's: a table and a doubly linked list; links back are weak, so no cycles arise."""

    def __init__(self, size):
        self.size = size
        self.table = weakref.WeakValueDictionary()
        self.head = Node()
        self.tail = weakref.ref(self.head)

    def put(self, key, value):
        node = Node()
        node.key, node.value, node.after = key, value, None
        last = self.tail()
        last.after, node.before = node, weakref.ref(last)
        self.tail = weakref.ref(node)
        self.table[key] = node
        if len(self.table) > self.size:
            self.drop(self.head.after)

    def drop(self, node):
        node.before().after = node.after
        if node.after is not None:
            node.after.before = node.before
        else:
            self.tail = node.before

    def keys(self):
        node = getattr(self.head, "after", None)
        while node is not None:
            yield node.key
            node = node.after


linked = LinkedCache(3)
for key in "abcde":
    linked.put(key, key.upper())
    print(list(linked.keys()), sorted(linked.table))
linked.drop(linked.table["d"])
print(list(linked.keys()), sorted(linked.table))
watch = [weakref.ref(linked.table[key]) for key in linked.keys()]
del linked
print("all gone without a collection:", [ref() for ref in watch])
# SPDX-License-Identifier: MIT
