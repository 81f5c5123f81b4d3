# Operators of classes of one's own: forward, reflected, in place, compared, called, iterated.
class Vector:
    def __init__(self, *items):
        self.items = list(items)

    def __repr__(self):
        return f"V{tuple(self.items)}"

    def __add__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return Vector(*(a + b for a, b in zip(self.items, other.items)))

    def __mul__(self, by):
        return Vector(*(item * by for item in self.items)) if isinstance(by, (int, float)) else NotImplemented

    __rmul__ = __mul__

    def __matmul__(self, other):
        return sum(a * b for a, b in zip(self.items, other.items))

    def __iadd__(self, other):
        self.items = (self + other).items
        return self

    def __neg__(self):
        return self * -1

    def __abs__(self):
        return (self @ self) ** 0.5

    def __bool__(self):
        return any(self.items)

    def __eq__(self, other):
        return isinstance(other, Vector) and self.items == other.items

    def __lt__(self, other):
        return abs(self) < abs(other)

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        return Vector(*self.items[index]) if isinstance(index, slice) else self.items[index]

    def __contains__(self, item):
        return item in self.items

    def __call__(self, function):
        return Vector(*map(function, self.items))

    def __reversed__(self):
        return reversed(self.items)


v, w = Vector(1, 2, 2), Vector(3, 0, 4)
print(v + w, v * 2, 3 * v, v @ w, -v, abs(w), bool(Vector(0, 0)), v == Vector(1, 2, 2), v != w, v < w, w > v)
u = v
u += w
print(u is v, v, len(v), v[0], v[-1], v[1:], 6 in v, [*v], v(str), list(reversed(v)), max(v), sorted([w, v])[0] is w)


class Logged:
    def __init__(self, name):
        self.name = name

    def __getattr__(self, method):
        raise AttributeError(method)


for operator in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lshift", "and", "or", "xor"):
    def forward(self, other, operator=operator):
        return f"{self.name}.{operator}"

    def reflected(self, other, operator=operator):
        return f"{self.name}.r{operator}"

    setattr(Logged, f"__{operator}__", forward)
    setattr(Logged, f"__r{operator}__", reflected)


class Derived(Logged):
    def __radd__(self, other):
        return "the derived class goes first"


a = Logged("a")
print(a + 1, 1 + a, a - 1, 1 - a, a * a, 2 / a, a // 2, 5 % a, a ** 2, 2 ** a, a << 1, a & 1, 1 | a, a ^ a)
print(a + Derived("d"), Derived("d") + a)
a += 1
print(a, divmod(7, 2), 5 .__add__(2), (1).__eq__("x"), 1 < 2 < 3 > 2, 1 < 3 > 5, not 1 == 2)
for attempt in ("v + 1", "1 + v", "v @ 3", "v - w", "-object()", "v < 5", "len(5)", "v['a']", "[] + ()", "{} < {}", "None + 1", "5()",
                "v(1)", "iter(5)", "next([])", "hash(v)", "1 in 5", "~1.5", "abs('a')"):
    try:
        print(eval(attempt))
    except (TypeError, AttributeError) as error:
        print(f"{attempt}: {type(error).__name__}: {error}")


class L:
    def __eq__(self, o): print('L.eq'); return NotImplemented
class R:
    def __eq__(self, o): print('R.eq'); return NotImplemented
    def __ne__(self, o): print('R.ne'); return NotImplemented
print(L() != R())
class B:
    def __eq__(self, o): print('B.eq'); return NotImplemented
class D(B):
    def __ne__(self, o): print('D.ne'); return NotImplemented
print(B() != D())
class A:
    def __divmod__(self, o): print('divmod', o)
    def __rdivmod__(self, o): print('rdivmod', o)
print(divmod(A(), 1), divmod(1, A()), divmod(1.5, A()), divmod('a', A()))
try: divmod('a', 1)
except TypeError as e: print(e)
class C:
    def __rfloordiv__(self, o): return 'rf'
    def __rmod__(self, o): return 'rm'
try: print(divmod(1, C()))
except TypeError as e: print(e)
print(int.__divmod__(7, 2), (7.5).__divmod__(2), (3).__rdivmod__(10), int.__divmod__(7, 'a'), (5).__abs__(), (5).__float__(), (2.5).__abs__(), (2.7).__floor__(), (2.2).__ceil__(), (5).__floor__())
def f():
    global g
    def g(): pass
f(); print(g.__qualname__)
import sys
try: 1/0
except ZeroDivisionError as e: print(type(e.__traceback__.tb_lasti))
class I(int):
    def __abs__(self): return 'own abs'
class F(float): pass
print(abs(I(-1)), abs(-0.0), abs(F(-2.5)), abs(-2**70), abs(True), abs(-5), type(abs(F(1))))
import math
print(math.floor(2.5), math.ceil(2.5), math.floor(5), math.ceil(-2.5), math.floor(1e20), math.trunc(2.9))
# SPDX-License-Identifier: MIT
