# __slots__ in plain classes and in subclasses of builtin ones, and weak sets with everything a set has.
import copy
import weakref


class Point:
    __slots__ = ("x", "y")


class Point3(Point):
    pass


class Names(list):
    __slots__ = ("owner",)


class Table(dict):
    __slots__ = "owner", "__dict__"


class Ref(weakref.ref):
    __slots__ = ("key",)


class Failure(Exception):
    __slots__ = ("code",)


class MoreNames(Names):
    pass


for make in (Point, Point3, Names, Table, Failure, MoreNames, lambda: Ref(Point3)):
    thing = make()
    for name in ("x", "owner", "key", "code", "other"):
        try:
            setattr(thing, name, 1)
            print(type(thing).__name__, name, getattr(thing, name), end="; ")
            delattr(thing, name)
            print(hasattr(thing, name))
        except AttributeError as error:
            print(type(thing).__name__, error)
    print(hasattr(thing, "__dict__"))

names = Names("ab")
names.owner = names
print(names.owner is names, Names.owner, names == ["a", "b"])


class Item:
    def __init__(self, n):
        self.n = n

    def __repr__(self):
        return f"Item({self.n})"


class Marked(weakref.WeakSet):
    __slots__ = ("mark",)


def numbers(items):
    return sorted(item.n for item in items)


items = [Item(n) for n in range(6)]
low = weakref.WeakSet(items[:4])
high = weakref.WeakSet(items[2:])
print(numbers(low | high), numbers(low & high), numbers(low - high), numbers(low ^ high))
print(numbers(low.union(items[5:])), numbers(low.intersection(items[3:])), numbers(low.difference(items[:2])))
print(numbers(low.symmetric_difference(items[3:])), low.isdisjoint(items[4:]), low.issubset(items), low.issuperset(items))
print(low == high, low < low | high, low <= low, low == weakref.WeakSet(items[:4]), low == set(items[:4]), low != high)
low &= high
high -= low
low ^= weakref.WeakSet(items[3:5])
low |= {items[0]}
print(numbers(low), numbers(high), low, weakref.WeakSet(), 1 in low)
for bad in (lambda: low.add(1), lambda: low.discard(1), lambda: low.remove(items[5]), weakref.WeakSet().pop, lambda: hash(low)):
    try:
        print(bad())
    except (TypeError, KeyError) as error:
        print(type(error).__name__)
marked = Marked(items)
marked.mark = ["m"]
marked.note = ["n"]
for other in (copy.copy(marked), copy.deepcopy(marked)):
    print(numbers(other), other.mark, other.note, other.mark is marked.mark, other.note is marked.note, type(other).__name__)
del items[3:], other
print(numbers(marked), numbers(low))
# SPDX-License-Identifier: MIT
