# When callbacks run: after the referent's death, before memory is gone, and what they may do.
import gc
import weakref

log = []


class Node:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(f"del {self.name}")


def note(text):
    return lambda ref: log.append(f"{text}, referent {ref()}")


def show(title):
    print(f"{title}:")
    for line in log:
        print("   ", line)
    log.clear()


node = Node("one")
ref = weakref.ref(node, note("callback of one"))
del node
show("by count: finalizer, then callback")

a, b = Node("a"), Node("b")
a.other, b.other = b, a
outside = weakref.ref(a, note("outside a"))
b.inside = weakref.ref(a, note("inside, dies with the cycle"))
del a, b
gc.collect()
show("by collection: callback, then finalizers")

# A callback that makes a new object in the place of the old one.
pool = {}


def refill(ref):
    replacement = Node("replacement")
    pool["node"] = replacement
    log.append("refilled")


node = Node("original")
ref = weakref.ref(node, refill)
del node
show("refill")
print(pool["node"].name)
pool.clear()
show("emptied")

# A callback that drops another object, whose callback runs inside it.
inner = Node("inner")
inner_ref = weakref.ref(inner, note("inner callback"))
holder = [inner]
del inner


def drop(ref):
    log.append("outer callback begins")
    holder.clear()
    log.append("outer callback ends")


outer = Node("outer")
outer_ref = weakref.ref(outer, drop)
del outer
show("nested")

# A callback may remove its own reference from a registry, as registries do.
registry = {}


def enrol(node):
    def forget(ref, name=node.name):
        del registry[name]
        log.append(f"forgot {name}")

    registry[node.name] = weakref.ref(node, forget)


members = [Node(name) for name in ("x", "y", "z")]
for member in members:
    enrol(member)
print(sorted(registry))
del member
members.pop(1)
print(sorted(registry))
members.clear()
print(sorted(registry))
show("registry")
# SPDX-License-Identifier: MIT
