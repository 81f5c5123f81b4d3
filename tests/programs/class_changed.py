# Attributes and methods that go while they are looked up, bound, called or set: the code of a
# descriptor, of an attribute's death or of a collection changes the class or the object.
import gc
import sys


class Noisy:
    """Does something at its death."""

    def __init__(self, action):
        self.action = action

    def __del__(self):
        self.action()


def collecting(action):
    """Garbage whose finalizer acts in the next collection."""
    noisy = Noisy(action)
    noisy.me = noisy


# A descriptor that takes itself away.
class Vanishing:
    def __get__(self, object, owner=None):
        if "gone" in owner.__dict__:
            del owner.gone
        gc.collect()
        return self.__class__.__name__

    def __set__(self, object, value):
        del type(object).stored
        gc.collect()
        object.__dict__["stored"] = value

    def __delete__(self, object):
        del type(object).deleted
        gc.collect()


class Holder:
    gone = Vanishing()
    stored = Vanishing()
    deleted = Vanishing()

    @property
    def own(self):
        del Holder.own
        gc.collect()
        return "property"

    @classmethod
    def made(cls):
        del cls.made
        return cls.__name__

    def method(self, n):
        del Holder.method
        return n if n == 0 else Holder.again(self, n)

    def again(self, n):
        Holder.again = lambda self, n: f"other {n}"
        return self.again(n)


holder = Holder()
print(holder.gone, hasattr(holder, "gone"))
holder.stored = 3
print(holder.stored, hasattr(Holder, "stored"))
del holder.deleted
print(hasattr(Holder, "deleted"))
print(holder.own, hasattr(holder, "own"))
print(Holder.made(), hasattr(Holder, "made"))
print(holder.method(2), hasattr(holder, "method"))


# The old value of an attribute dies while the new one is there already.
class Box:
    kind = None


seen = []
box = Box()
Box.kind = Noisy(lambda: seen.append(Box.kind))
Box.kind = "new"
box.value = Noisy(lambda: seen.append(box.value))
box.value = "newer"
box.__dict__["value"] = Noisy(lambda: seen.append(box.__dict__["value"]))
box.__dict__["value"] = "newest"
del Box.kind
print(seen)
box.value = Noisy(lambda: (box.__dict__.clear(), seen.append("cleared")))
del box.value
print(seen, vars(box))


# The class's own dict, found through the collector.
thing = object()


class Found:
    x = thing

    def f(self):
        return 1


d, = [r for r in gc.get_referrers(thing) if isinstance(r, dict) and "f" in r]
found = Found()


class Derived(Found):
    pass


derived = Derived()
print([found.f() for i in range(3)], derived.f())
d["new"] = "new"
print(found.new, derived.new)
if sys.implementation.name != "cpython":  # which crashes here
    d["f"] = lambda self: 2
    gc.collect()
print(found.f() in (1, 2), derived.f() in (1, 2))


# Attributes move into a dict while a collection sets others.
class Plain:
    pass


for change in (lambda o: setattr(o, "b", 5), lambda o: o.__dict__, lambda o: delattr(o, "a"), lambda o: vars(o).clear()):
    plain = Plain()
    plain.a, plain.b, plain.c = 1, 2, 3
    collecting(lambda: change(plain))
    gc.collect(0)
    collecting(lambda: change(plain) if "a" in plain.__dict__ else None)
    attributes = plain.__dict__
    gc.collect()
    print(sorted(attributes.items()), attributes is plain.__dict__)


# A special method that replaces itself, and one that makes its object another class's.
class Changing:
    def __len__(self):
        Changing.__len__ = lambda self: 2
        gc.collect()
        return 1

    def __eq__(self, other):
        del Changing.__eq__
        gc.collect()
        return True

    def __iter__(self):
        Changing.__iter__ = lambda self: iter((7,))
        return self

    def __next__(self):
        del Changing.__next__
        self.__class__ = Other
        gc.collect()
        return 0

    def __call__(self):
        del Changing.__call__
        gc.collect()
        return "called"


class Other:
    def __next__(self):
        raise StopIteration


changing = Changing()
print(len(changing), len(changing), changing == 1, changing == 1, callable(changing), changing(), callable(changing))
print(list(changing), type(changing).__name__)


# Names that a class announces, and bases that change while a subclass is made.
class Announced:
    def __set_name__(self, owner, name):
        for other in [each for each in vars(owner) if each.startswith("field")]:
            delattr(owner, other)
        gc.collect()
        print("set_name", name)


class Base:
    def __init_subclass__(cls):
        del Base.__init_subclass__
        gc.collect()
        print("init_subclass", cls.__name__)


class Made(Base):
    field_1 = Announced()
    field_2 = Announced()


print([name for name in vars(Made) if name.startswith("field")], hasattr(Base, "here"))
# SPDX-License-Identifier: MIT
