# more language coverage
import gc, weakref
def deco(f):
    def w(*a, **k):
        print("call", f.__name__); return f(*a, **k)
    return w
@deco
@deco
def foo(x): return x
print(foo(3))
@property
def nothing(): pass
class Outer:
    class Inner:
        def __repr__(self): return "Inner"
    def __repr__(self): return f"<{self.__class__.__qualname__} {Outer.Inner()}>"
print(Outer(), Outer.Inner.__qualname__, Outer.__module__)
def fn():
    def loc(): pass
    return loc
print(fn().__qualname__, fn.__name__)
x = [1, 2, 3]
x[0], x[1] = x[1], x[0]; print(x)
for i, (a, b) in enumerate([(1, 2), (3, 4)]): print(i, a, b)
while x:
    if x.pop() == 1: break
else: print("exhausted")
print(x)
try: [][1]
except (KeyError, IndexError) as e: print(type(e).__name__, e)
try: {}["k"]
except LookupError as e: print(repr(e), e.args)
def gen():
    try: yield 1
    finally: print("gen closed")
g = gen(); next(g); g.close(); g = gen(); next(g); del g
def gen2():
    x = yield from [1, 2]
    return x
print(list(gen2()))
try:
    raise StopIteration(5)
except StopIteration as e: print(e.value)
class Ctx:
    def __enter__(self): return self
    def __exit__(self, *a): return True
with Ctx(): raise ValueError
print("swallowed")
def nested():
    for i in range(3):
        try:
            try:
                if i == 1: raise ValueError(i)
                yield i
            except ValueError as e:
                yield ("err", e.args)
                continue
        finally:
            yield "f%d" % i
print(list(nested()))
def early():
    for i in range(5):
        with Ctx():
            try:
                if i == 3: return i
            finally:
                if i == 2: break
    return "broke"
print(early())
class Desc:
    def __set_name__(self, o, n): self.n = "_" + n
    def __get__(self, o, t=None): return self if o is None else getattr(o, self.n, "unset")
    def __set__(self, o, v): setattr(o, self.n, v)
class UD: d = Desc()
u = UD(); print(u.d); u.d = 3; print(u.d, vars(u))
class L(list):
    def append(self, x): super().append(x * 2)
l = L([1]); l.append(2); l.tag = "t"; print(l, l.tag, len(l), isinstance(l, list), l + [5], l[0:1])
class Dd(dict):
    def __missing__(self, k): return "missing " + k
dd = Dd(a=1); print(dd["a"], dd["z"], dd)
class I(int):
    def __add__(self, o): return I(int(self) + o + 100)
print(I(1) + 1, I(5) * 2, type(I(3)).__name__, I(3) == 3, {I(3): 1}[3])
class St(str):
    def shout(self): return self.upper() + "!"
print(St("abc").shout(), St("a") + "b", len(St("xyz")))
class T(tuple):
    def __new__(cls, a, b): return super().__new__(cls, (a, b))
    @property
    def a(self): return self[0]
print(T(1, 2), T(1, 2).a, T(1,2) == (1,2))
class Ex(Exception):
    def __init__(self, code): super().__init__("code %d" % code); self.code = code
try: raise Ex(7)
except Ex as e: print(e, e.code, e.args, repr(e))
class Single:
    _i = None
    def __new__(cls, *a):
        if cls._i is None: cls._i = super().__new__(cls)
        return cls._i
    def __init__(self, v): self.v = v
print(Single(1) is Single(2), Single(3).v)
print({**{"a": 1}, **{"b": 2}}, [*(1, 2), *[3]], {*[1, 2], 3})
print("{0} {1} {0} {name} {x[0]} {y.real}".format(1, 2, name="n", x=[9], y=3))
print(f"{1:>{5}}|{'x':*^7}|{3.0}|{1e10}|{True}|{None}|{[1]!s:>5}")
a = b = []; a.append(1); print(b); a += [2]; print(b)
def defaults(a, l=[]): l.append(a); return l
defaults(1); print(defaults(2))
print([(i, j) for i in range(3) if i for j in range(i)])
print({k: [v for v in range(k)] for k in range(3)})
print(list(zip(*[(1, 2), (3, 4)])), dict(zip("ab", [1, 2])))
print(sorted([(2, "b"), (1, "z"), (2, "a")], key=lambda p: (-p[0], p[1])))
print("abc" in "xabcx", 3 not in [1, 2], None is None, [] is not [])
print(int("-12"), float("1e3"), bool("a"), str(1.0), repr("\t\x00é"))
print(1 if [] else 2, [] or "d", 0 and 1, not [])
print(round(2.675, 2), 5 // 2, -5 // 2, 5 % -3, 2 ** 10, 7 & 3, 6 | 1, 5 ^ 1, ~5, 1 << 4, 256 >> 2)
print(10 ** 30 // 7, 10 ** 30 % 7, -(10 ** 20), 2 ** 64 - 1, int("123456789012345678901234567890"), hash(2**61), 3.7 // 1, -3.7 % 1)
print(sum([0.1] * 3), 1 / 3, 1e-5, 123456789012345680.0, 1.0, -0.0, float("nan"))
print(type(lambda: 0).__name__, (lambda: 0).__name__, [].__class__, type(type))
print(getattr(1, "real"), hasattr([], "append"), dir(UD())[-2:])
print(list(map(str, range(3))), list(filter(lambda v: v % 2, range(5))), max("abc", key=ord), min([3, 1], default=0), max([], default="none"))
del a
try: a
except NameError as e: print(e)
import sys
print(sys.exc_info())
try:
    try: raise KeyError("inner")
    finally: print("f", sys.exc_info()[0].__name__)
except KeyError: pass
def chain():
    try:
        raise ValueError("a")
    except ValueError:
        try: raise TypeError("b")
        except TypeError as t: return t.__context__
print(repr(chain()))
assert isinstance(3, (str, int))
print(*[1, 2], sep="-", end="!\n")
print(str(b"x"), bytes(2), "%5s|%-5s|%05d|%+d|%.3f|%e" % ("a", "b", 42, 5, 3.14159, 12345.678))
print(" a b ".split(), "a,b".partition(","), "x=1".split("=", 1), "abc".startswith(("a", "z")), "Hello".swapcase(), "a\nb".splitlines())
it = iter([1, 2]); print(next(it), next(it), next(it, "end"))
print(list(range(10, 0, -3)), range(5)[1:3], len(range(0, 10, 3)), 4 in range(0, 10, 2))
lst = list(range(10)); lst[::2] = [0] * 5; print(lst); del lst[1:4]; print(lst); lst.insert(1, "i"); lst.sort(key=str); print(lst); lst.reverse(); print(lst.index(0), lst.count(0))
t = 1, 2; print(t + (3,), t * 2, t[-1])
s = {1, 2, 3}; s.add(4); s.discard(9); s |= {7}; print(s, s - {1}, s ^ {1, 99}, s.issubset(range(10)))
d = {"x": 1}; d.setdefault("y", []).append(1); d.update(z=3); print(d, d.pop("x"), list(d), d.get("q", 0)); d.popitem(); print(d)
print(frozenset([1, 2]) == {1, 2}, hash(frozenset([1])) == hash(frozenset([1])), {frozenset([1]): "f"})
class Cmp:
    def __init__(self, v): self.v = v
    def __eq__(self, o): return self.v == o.v
try: {Cmp(1)}
except TypeError as e: print(e)
try: [1] + (2,)
except TypeError as e: print(e)
try: 1 + "a"
except TypeError as e: print(e)
try: "a" < 1
except TypeError as e: print(e)
try: len(5)
except TypeError as e: print(e)
try: None.foo
except AttributeError as e: print(e)
try: (1, 2)[0] = 5
except TypeError as e: print(e)
try: a, b = 1, 2, 3
except ValueError as e: print(e)
try: a, b, c = [1]
except ValueError as e: print(e)
try: int("x")
except ValueError as e: print(e)
try: for_ = iter(5)
except TypeError as e: print(e)
try: foo.bar
except AttributeError as e: print(e)
try: sorted([1, "a"])
except TypeError as e: print(e)
try: raise "str"
except TypeError as e: print(e)
try: Outer(1)
except TypeError as e: print(e)
exec("y = 5\nprint(y + 1)"); print(eval("1 + 2 * y"), globals()["y"])
print([c for c in "héllo"], "héllo"[1], len("日本"), "日本"[::-1], "ß".upper() and 1)
global_list = [0]
def mod(): global_list[0] += 1; global_list.append(1)
mod(); print(global_list)
print(__name__, type(__builtins__).__name__)
class WithDel:
    def __init__(self, n): self.n = n
    def __del__(self): print("del", self.n)
w = WithDel("in a cycle at exit"); w.me = w  # one alone: several die in the order of their addresses
print("end")
# SPDX-License-Identifier: MIT
