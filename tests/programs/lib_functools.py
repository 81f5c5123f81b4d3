"""The modules functools and operator."""
import operator
from functools import *


def attempt(action):
    try:
        return action()
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"


def power(base, exponent=2):
    "Raises."
    return base ** exponent


print(reduce(operator.add, [1, 2, 3]), reduce(operator.add, [], 5), attempt(lambda: reduce(min, [])))
cube = partial(power, exponent=3)
print(cube(2), cube.func is power, cube.args, cube.keywords, cube(2, exponent=1))
print(partial(partial(max, 1), 5)(3), repr(partial(int, "10", base=2)), attempt(lambda: partial(5)))


def loud(f):
    @wraps(f)
    def inner(*args):
        "Inner."
        return str(f(*args)) + "!"
    return inner


power.tag = "t"
wrapped = loud(power)
print(wrapped(3), wrapped.__name__, wrapped.__doc__, wrapped.__wrapped__ is power, wrapped.tag)


@lru_cache(maxsize=2)
def square(n):
    print("computing", n)
    return n * n


print([square(n) for n in (1, 2, 1, 3, 1, 2)], square.cache_info(), square.__name__)
square.cache_clear()
print(square.cache_info(), square.cache_parameters())


@cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(80), fib.cache_info(), attempt(lambda: fib([])))


@lru_cache
def typed(*args, **kwargs):
    return args, kwargs


print(typed(1, a=2), typed(1, a=2), typed(b=1, a=2), typed.cache_info().hits)


class Circle:
    def __init__(self, radius):
        self.radius = radius

    @cached_property
    def area(self):
        print("area")
        return 3 * self.radius ** 2

    @lru_cache
    def scaled(self, n):
        return self.radius * n

    def at(self, x, y):
        return self.radius, x, y

    at_origin = partialmethod(at, 0, y=0)
    from_static = partialmethod(staticmethod(lambda *args: args), 8)

    @singledispatchmethod
    def tell(self, value):
        return "something", self.radius

    @tell.register(int)
    def _(self, value):
        return "int", value, self.radius


circle = Circle(2)
print(circle.area, circle.area, circle.__dict__, circle.scaled(3), circle.scaled(3), circle.at_origin())
print(circle.from_static(1), circle.tell("x"), circle.tell(3))
print(Circle.scaled.cache_info(), type(Circle.area).__name__)


@total_ordering
class Version:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return self.n == other.n

    def __lt__(self, other):
        return self.n < other.n if isinstance(other, Version) else NotImplemented


one, two = Version(1), Version(2)
print(one < two, one <= two, one > two, one >= two, two >= two, attempt(lambda: one > 3))
print(sorted([3, 1, 2], key=cmp_to_key(lambda a, b: b - a)))


@singledispatch
def describe(value):
    return "something"


@describe.register(int)
def _(value):
    return f"int {value}"


describe.register(list, lambda value: f"list of {len(value)}")
print(describe(5), describe([1, 2]), describe("x"), describe(True), describe.dispatch(int) is not None)

print(operator.add(1, 2), operator.contains([1], 1), operator.not_(0), operator.is_(None, None))
print(operator.itemgetter(1)("abc"), operator.itemgetter(0, 2)("abc"), repr(operator.itemgetter(1)))
print(operator.attrgetter("radius")(circle), operator.attrgetter("__class__.__name__")(circle))
print(operator.methodcaller("split", "-")("a-b"), repr(operator.methodcaller("f", 1, k=2)))
print(operator.countOf([1, 2, 1], 1), operator.indexOf("abc", "c"), operator.index(7), operator.length_hint([1]))
data = [1, 2]
operator.setitem(data, 0, 9)
operator.delitem(data, 1)
print(data, operator.iadd(data, [3]), data, operator.concat([1], [2]), operator.truth([]))
# SPDX-License-Identifier: MIT
