# Classes: inheritance, the order of bases, super, descriptors, slots, hooks.
class Root:
    made = []

    def __init_subclass__(cls, tag=None, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.tag = tag
        Root.made.append(cls.__name__)

    def who(self):
        return ["Root"]


class Left(Root, tag="l"):
    def who(self):
        return ["Left"] + super().who()


class Right(Root):
    def who(self):
        return ["Right"] + super().who()


class Both(Left, Right, tag="both"):
    def who(self):
        return ["Both"] + super().who()


print(Both().who(), [cls.__name__ for cls in Both.__mro__], Both.tag, Right.tag, Root.made)
try:
    class Twisted(Root, Left):
        pass
except TypeError as error:
    print(error)


class Typed:
    def __init__(self, kind):
        self.kind = kind

    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner):
        return self if instance is None else getattr(instance, self.name)

    def __set__(self, instance, value):
        if not isinstance(value, self.kind):
            raise TypeError(f"{self.name[1:]} must be {self.kind.__name__}")
        setattr(instance, self.name, value)


class Point:
    x, y = Typed(int), Typed(int)
    __slots__ = ("_x", "_y", "__weakref__")

    def __init__(self, x, y):
        self.x, self.y = x, y

    @property
    def norm(self):
        """The square of the length."""
        return self.x ** 2 + self.y ** 2

    @norm.setter
    def norm(self, value):
        self.x = self.y = value

    @classmethod
    def origin(cls):
        return cls(0, 0)

    @staticmethod
    def dot(a, b):
        return a.x * b.x + a.y * b.y


point = Point(3, 4)
print(point.norm, Point.origin().x, Point.dot(point, point), type(Point.x).__name__, Point.norm.__doc__)
point.norm = 7
print(point.x, point.y)
for attempt in ("point.x = 'a'", "point.z = 1", "point.missing", "Point.missing", "Point(1)", "Root().tag()",
                "super().x", "Point.origin(1)", "int.x = 1"):
    try:
        exec(attempt)
    except (TypeError, AttributeError, RuntimeError) as error:
        print(f"{type(error).__name__}: {error}")


class Dynamic:
    def __init__(self):
        self.log = []

    def __getattr__(self, name):
        if name.startswith("get_"):
            return lambda: name[4:]
        raise AttributeError(name)

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)
        if name != "log":
            self.log.append(name)

    def __delattr__(self, name):
        self.log.append(f"-{name}")
        object.__delattr__(self, name)


dynamic = Dynamic()
dynamic.a = dynamic.b = 1
del dynamic.a
print(dynamic.get_color(), dynamic.log, sorted(vars(dynamic)), hasattr(dynamic, "a"), getattr(dynamic, "zz", None))
Made = type("Made", (Root,), {"value": 42, "double": lambda self: self.value * 2})
print(Made().double(), Made.__name__, Made.__bases__[0].__name__, isinstance(Made(), Root), issubclass(Made, Left))
Made.value = 5
print(Made().double(), Root.__subclasses__()[-1] is Made, Both.__base__.__name__, Point.__qualname__, type(type).__name__)


class Tagged:
    tags = []

    def __init_subclass__(cls, tag=None, **others):
        super().__init_subclass__(**others)
        Tagged.tags.append((cls.__name__, tag))


class One(Tagged, tag="one"):
    pass


for code in ("class Two(Tagged, tagged='two'): pass", "class Three(object, tag='three'): pass", "class Four(One, Tagged, One): pass",
             "class Five(object, One): pass"):
    try:
        exec(code)
    except TypeError as error:
        print(error)
print(Tagged.tags, [lambda: 0 for _ in "a"][0].__qualname__, {k: lambda: 0 for k in "a"}["a"].__qualname__)
# SPDX-License-Identifier: MIT
