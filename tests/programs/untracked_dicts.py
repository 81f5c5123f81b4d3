"""Dicts of what can be in no cycle are not tracked: from the beginning, and again after a full collection."""
import gc


class Derived(dict):
    pass


class Node:
    pass


def after(*objects):
    gc.collect()
    gc.collect()
    return [gc.is_tracked(each) for each in objects]


gc.disable()
gc.collect()
fresh = [{}, {1: 2}, {1: "a"}, {1: ()}, {(): 1}, {1: object()}, {1: []}, {1: {}}, {1: Node()}]
print([gc.is_tracked(each) for each in fresh], after(*fresh))
print(after({1: range(3)}, {1: bytearray()}, {1: 1j}, {1: int}, {1: ...}, {1: b"x"}, {1: 2.5}))
print(after({1: slice(1)}, {1: frozenset()}, {1: iter([])}, {1: lambda: 0}, Derived(), Derived({1: 2})))

# Once tracked, it stays so until a full collection has seen it.
table = {1: []}
table[1] = 2
print(gc.is_tracked(table), gc.collect(0), gc.is_tracked(table), after(table))
table[1] = []
print(gc.is_tracked(table))
table.clear()
print(gc.is_tracked(table), after(table))
table[1] = []
table.pop(1)
copied = table.copy()
print(gc.is_tracked(table), gc.is_tracked(copied), after(table, copied))
table[1] = 1
table[2] = tuple([1, tuple([2])])
print(gc.is_tracked(table), after(table))

# The dict of an instance, and tuples of what is not tracked.
node = Node()
node.x = 1
print(gc.is_tracked(node.__dict__), after(node, node.__dict__))
node.y = []
print(gc.is_tracked(node.__dict__))
node.y = 1
print(after(node.__dict__))
print(after(tuple([1, tuple([2, int])]), tuple([1, {}]), tuple([tuple([{}])])))

# What a cycle holds is counted as it was.
ring = {1: 2}
ring["self"] = ring
del ring
print(gc.collect())
holder = [{1: []}]
holder.append(holder)
holder[0][1] = None
del holder
print(gc.collect())

# Frozen dicts stay as they are, and what is saved for the program does.
frozen = {1: []}
frozen.clear()
gc.freeze()
print(after(frozen))
gc.unfreeze()
print(after(frozen))
gc.set_debug(gc.DEBUG_SAVEALL)
saved = {1: []}
saved[2] = [saved]
del saved[2][0], saved[1]
ring = [saved]
ring.append(ring)
del ring
print(gc.collect(), gc.is_tracked(saved))
gc.set_debug(0)
gc.garbage.clear()
# SPDX-License-Identifier: MIT
