# What calls with wrong arguments say, and other messages that name what they are about.
import collections
import weakref


def f(a, b=1, *, c=2, d=3):
    return a, b, c, d


def g(a, b, /, c):
    pass


class P:
    x = property(lambda self: 1)
    y = property()

    def method(self):
        pass


class Slots:
    __slots__ = ("s",)


for text in """
f()
f(1, 2, 3)
f(1, 2, 3, c=1)
f(1, 2, 3, c=1, d=2)
f(1, a=1)
f(1, e=1)
f(1, **{'b': 2}, **{'b': 3})
f(**{'b': 2}, b=3, a=1)
f(1, **{1: 2})
f(1, *5)
f(1, **5)
[*5]
{**5}
g(a=1, b=2, c=3)
g()
P.method()
P().method(1)
[].append()
[].clear(1)
{}.keys(1)
print(1, sep=5)
print(1, foo=1)
int('5', 40)
P().y
int | 5
int[3]
isinstance(1, 5)
[1] * 'a'
'a' * 1.5
collections.deque().foo
hash(collections.deque())
weakref.ref(P).foo
Slots().s
''.join(['a', 1])
format(1, ',s')
format('a', ',')
format('a', 'z')
format(1, 'z')
float('nan').as_integer_ratio()
float('inf').as_integer_ratio()
""".strip().splitlines():
    try:
        print(text, "->", eval(text))
    except Exception as problem:
        print(text, "->", type(problem).__name__, problem)
for text in ("P().x = 1", "del P().x", "P().y = 1", "del Slots().s",
             "class A: __slots__ = ('1x',)", "class A: __slots__ = (1,)"):
    try:
        exec(text)
    except Exception as problem:
        print(text, "->", type(problem).__name__, problem)

# Types made from types.
print(int | str, int | None, list[int], dict[str, int] | P, tuple[int, ...], (int | str) == (str | int))
print(isinstance(1, int | str), isinstance(None, int | None), issubclass(bool, str | int))
print(list[int]([1, 2]), list[int].__origin__, (int | str).__args__)

# Methods of str and float, hidden characters.
print("abc".translate(str.maketrans("ab", "xy", "c")), "ab".translate({97: None, 98: "ZZ"}))
print((0.5).as_integer_ratio(), (-3.75).as_integer_ratio(), (1e30).as_integer_ratio(), (0.0).as_integer_ratio())
print((1.5).hex(), (-0.1).hex(), (0.0).hex(), 1e-320.hex(), f"{-0.0:z} {-0.4:z.0f} {-1.5:z.1f}")
print(repr("a\u200bb\ufeff\u2028\x9f\u00a0\U000e0001"))
print(f.__module__, P.__module__, type(f).__module__, f.__code__.co_kwonlyargcount, g.__code__.co_posonlyargcount)
for problem in (OSError(2, "x"), OSError(13, "x", "name"), OSError("a")):
    print(repr(problem), problem, problem.args, problem.filename)
print((5).real, (5).imag, (5).denominator, (5).conjugate(), (5).as_integer_ratio(), True.real, True.as_integer_ratio())
print((2.5).real, (2.5).imag, (2.5).conjugate())
# SPDX-License-Identifier: MIT
