# The order of __del__: by count outside in, by collection in the order of making.
import gc


class Part:
    def __init__(self, name, *parts):
        self.name = name
        self.parts = parts

    def __del__(self):
        order.append(self.name)


def told():
    text = " ".join(order)
    order.clear()
    return text


order = []
gc.disable()
whole = Part("whole", Part("left", Part("left.a"), Part("left.b")), Part("right"))
whole.extra = Part("extra")
del whole
print("parts follow their whole:", sorted(told().split()) == sorted(
    ["whole", "left", "left.a", "left.b", "right", "extra"]))

chain = None
for number in range(5):
    node = Part(str(number))
    node.next = chain
    chain = node
del node, chain
print("a chain from its head:", told())

items = [Part("x"), Part("y"), Part("z")]
items[1] = Part("new")
print("replaced:", told())
del items[0]
print("deleted:", told())
items.pop()
print("popped:", told())
del items
print("the rest:", told())

table = {"a": Part("a"), "b": Part("b"), "c": Part("c")}
table["b"] = None
print("overwritten:", told())
table.clear()
print("cleared:", told())


def scope():
    first, second = Part("first"), Part("second")
    second = Part("third")
    print("in the function:", told())


scope()
print("at its end:", told())

ring = [Part(f"ring{number}") for number in range(4)]
for number, part in enumerate(ring):
    part.next = ring[(number + 1) % 4]
del ring, part
gc.collect()
print("a ring:", told())


class Base:
    def __del__(self):
        order.append("base")


class Derived(Base):
    def __del__(self):
        order.append("derived")
        super().__del__()


Derived()
print("inherited:", told())


class Loud:
    def __del__(self):
        raise ValueError("in a finalizer")


import sys
sys.unraisablehook = lambda info: order.append(f"{info.exc_type.__name__}: {info.exc_value}")
Loud()
print("errors are reported:", told())
part = Part("explicit")
part.__del__()
del part
print("called by hand it runs again:", told())
# SPDX-License-Identifier: MIT
