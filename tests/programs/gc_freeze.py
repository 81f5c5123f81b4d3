# gc.freeze: what is there now is not examined any more; gc.unfreeze takes that back.
import gc
import weakref


class Node:
    pass


def ring(size):
    nodes = [Node() for _ in range(size)]
    for number, node in enumerate(nodes):
        node.next = nodes[number - 1]
    return nodes


gc.disable()
gc.collect()
print(gc.get_freeze_count())
nodes = ring(5)
watch = weakref.ref(nodes[0])
gc.freeze()
print(gc.get_freeze_count() > 5, len(gc.get_objects(generation=2)) == 0)
del nodes
gc.collect()
print("frozen garbage stays:", watch() is not None)
nodes = ring(3)
young = weakref.ref(nodes[0])
del nodes
gc.collect()
print("what was made later does not:", young())
gc.unfreeze()
print(gc.get_freeze_count())
gc.collect()
print("thawed garbage goes:", watch())

# Frozen objects still die by count, and can still be changed.
table = {"key": Node()}
watch = weakref.ref(table["key"])
gc.freeze()
table["key"] = None
print("by count:", watch())
gc.unfreeze()
gc.enable()
print(gc.isenabled(), gc.get_threshold())
gc.set_threshold(50, 5)
print(gc.get_threshold())
gc.set_threshold(700, 10, 10)
print(gc.is_tracked([]), gc.is_tracked({}), gc.is_tracked({"a": 1}), gc.is_tracked({"a": []}),
      gc.is_tracked(()), gc.is_tracked(Node()), gc.is_tracked(3), gc.is_tracked("text"))
# SPDX-License-Identifier: MIT
