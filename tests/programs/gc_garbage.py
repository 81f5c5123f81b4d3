# gc.DEBUG_SAVEALL: what was found is kept in gc.garbage instead of freed, to be looked at.
import gc
import weakref


class Node:
    def __init__(self, name):
        self.name = name
        self.links = []

    def __repr__(self):
        return f"Node({self.name})"


def ring(*names):
    nodes = [Node(name) for name in names]
    for node, following in zip(nodes, nodes[1:] + nodes[:1]):
        node.links.append(following)
    return [weakref.ref(node) for node in nodes]


gc.disable()
gc.collect()
print(gc.get_debug(), gc.garbage)
gc.set_debug(gc.DEBUG_SAVEALL)
refs = ring("a", "b", "c")
gc.collect()
saved = sorted((item for item in gc.garbage if isinstance(item, Node)), key=lambda node: node.name)
print(saved, [ref() for ref in refs])
print("whole, to be looked at:", saved[0].links[0].links[0].links[0] is saved[0])
print(sorted({type(item).__name__ for item in gc.garbage}))
gc.set_debug(0)
watch = [weakref.ref(node) for node in saved]
saved.clear()
gc.garbage.clear()
gc.collect()
print("freed after all:", [ref() for ref in watch], gc.garbage)


# A leak, found by counting objects of a class before and after.
def count(kind):
    return sum(type(item) is kind for item in gc.get_objects())


registry = []


def handle(request):
    node = Node(request)
    node.links.append(node)
    if request % 3 == 0:
        registry.append(node.links)


before = count(Node)
for request in range(12):
    handle(request)
gc.collect()
print("more than before:", count(Node) - before)
leaked = [item for item in gc.get_objects() if type(item) is Node]
holders = [holder for holder in gc.get_referrers(leaked[0]) if isinstance(holder, list) and holder is not leaked]
print(len(holders), any(holder is entry for holder in holders for entry in registry))
del leaked, holders
registry.clear()
gc.collect()
print("after the registry was emptied:", count(Node) - before)
# SPDX-License-Identifier: MIT
