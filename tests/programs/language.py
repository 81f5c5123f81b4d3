# closures, generators, exceptions, classes
def counter():
    n = 0
    def inc(k=1):
        nonlocal n
        n += k
        return n
    return inc
c = counter(); c(); print(c(5))
def g():
    try:
        x = yield 1
        print("got", x)
        yield 2
    except ValueError as e:
        print("ve", e)
        yield 99
    finally:
        print("cleanup")
it = g(); print(next(it)); print(it.send("hi")); print(it.throw(ValueError("boo")))
try: next(it)
except StopIteration: print("stop")
def outer():
    r = yield from inner()
    print("inner returned", r)
    return "done"
def inner():
    yield 1
    yield 2
    return 42
o = outer(); print(list(o))
def delegating():
    try:
        yield from inner()
    except RuntimeError as e:
        print("caught in delegating", e); yield "after"
d = delegating(); print(next(d)); print(d.throw(RuntimeError("x")))
class CM:
    def __init__(self, n, swallow=False): self.n=n; self.swallow=swallow
    def __enter__(self): print("enter", self.n); return self
    def __exit__(self, t, v, tb): print("exit", self.n, t and t.__name__, v); return self.swallow
with CM(1) as a, CM(2, True) as b:
    print("in", a.n, b.n)
    raise KeyError("k")
print("after with")
def f(n):
    for i in range(n):
        try:
            if i == 2: continue
            if i == 4: break
            print("i", i)
        finally:
            print("fin", i)
    else:
        print("no break")
    return "ret"
print(f(3), f(6))
def h():
    try:
        return "try"
    finally:
        print("finally runs")
print(h())
def h2():
    for x in [1,2,3]:
        with CM(x):
            if x == 2: return x
print(h2())
try:
    try:
        1/0
    except ZeroDivisionError as e:
        raise ValueError("bad") from e
except ValueError as e:
    print(repr(e), repr(e.__cause__), e.__suppress_context__)
try:
    try: {}["x"]
    except KeyError: int("z")
except ValueError as e:
    print(e, repr(e.__context__))
class Meta0: pass
class Base:
    registry = []
    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        Base.registry.append((cls.__name__, tag))
    def hello(self): return "base " + self.name
    name = "B"
class D1(Base, tag="one"):
    name = "D1"
    def hello(self): return "d1+" + super().hello()
class D2(Base):
    def hello(self): return "d2+" + super().hello()
class E(D1, D2): pass
print(E().hello(), Base.registry, [k.__name__ for k in E.__mro__])
class P:
    def __init__(self): self._x = 1
    @property
    def x(self): return self._x
    @x.setter
    def x(self, v): self._x = v
    @x.deleter
    def x(self): print("del x")
    @staticmethod
    def s(a): return a+1
    @classmethod
    def c(cls, a): return cls.__name__, a
p = P(); p.x = 5; print(p.x, P.s(1), P.c(2), p.c(3)); del p.x
class V:
    def __init__(self, a): self.a=a
    def __add__(self, o): return V(self.a + (o.a if isinstance(o, V) else o))
    __radd__ = __add__
    def __eq__(self, o): return isinstance(o, V) and self.a == o.a
    def __hash__(self): return hash(self.a)
    def __lt__(self, o): return self.a < o.a
    def __repr__(self): return f"V({self.a})"
    def __len__(self): return self.a
    def __bool__(self): return self.a != 0
    def __getitem__(self, i): return i * self.a
    def __contains__(self, x): return x == self.a
    def __call__(self, *a, **k): return (a, k)
    def __iter__(self): return iter(range(self.a))
print(V(1)+V(2), 3+V(4), V(1)==V(1), V(1)!=V(2), sorted([V(3),V(1)]), len(V(3)), bool(V(0)), V(2)[5], 3 in V(3), V(1)(1,k=2), list(V(3)), {V(1):1}[V(1)])
class S:
    __slots__ = ("a", "b")
s = S(); s.a = 1
try: s.c = 2
except AttributeError as e: print(e)
try: s.b
except AttributeError as e: print(e)
class GA:
    def __getattr__(self, n): 
        if n.startswith("x"): return n.upper()
        raise AttributeError(n)
    def __setattr__(self, n, v): object.__setattr__(self, n, v*2)
ga = GA(); ga.q = 4; print(ga.q, ga.xyz, hasattr(ga, "no"))
print([x for x in range(3) for y in range(2) if x != y], {x: x*x for x in range(3)}, {x%2 for x in range(5)})
print((lambda x, *y, **z: (x, y, z))(1, 2, 3, a=4))
print([*range(3), *"ab"], {**{"a":1}, "b":2}, (*[1],))
x = y = 5; x += 1; print(x, y, x if x > y else y)
if (n := 10) > 5: print(n)
print(1 < 2 < 3, 1 < 3 < 2, not 1, 1 and 0 or "z")
a, (b, *c), d = 1, (2, 3, 4), 5; print(a, b, c, d)
L = [0,1,2,3,4,5]; L[1:3] = [9]; del L[0]; print(L, L[::-1], L[-2:], L[1::2])
print("%s %d %5.2f %r %x" % ("a", 3, 2.5, "q", 255), "{:>5}|{:<5}|{:^5}|{:05d}|{!r}".format(1,2,3,4,"s"), f"{1000000:,} {0.5:.1%} {255:#x} {x=}")
print("a,b,c".split(","), " x ".strip(), "abc".replace("b","X"), "abc".upper(), "-".join(["1","2"]), "abc"[::-1], "hello".find("l"), "x".zfill(3))
print(10**20, -7//2, -7%3, 7/2, 2**-1, 1e100, 1e16, 123456789.123, 0.1+0.2, float("inf"), round(2.5), round(3.14159, 2), divmod(-7,2), 0xff, 0b101, 1_000)
print(int("42"), int("ff", 16), str(3), float("1.5"), bool([]), list("abc"), tuple([1]), set([1,1]), dict(a=1), dict([(1,2)]))
print(sum([1,2,3]), max(1,5,3), min([4,2]), any([0,1]), all([]), sorted("bca", reverse=True), list(zip([1,2],"ab")), list(map(lambda x:x+1,[1,2])), list(filter(None,[0,1])), list(enumerate("ab",1)), list(reversed([1,2])))
print(isinstance(True, int), type(1).__name__, type(None), issubclass(bool, int), callable(len), abs(-3), hash(1)==hash(1.0), chr(65), ord("a"), hex(255), bin(5), repr("a'b"), repr('a"b\n'))
def kw(a, /, b, *, c, d=4): return a,b,c,d
print(kw(1, 2, c=3), kw(1, b=2, c=3, d=5))
for args in [((), {}), ((1,), {}), ((1,2,3), {}), ((1,2), {"c":1,"e":2}), ((1,),{"a":1,"b":2,"c":3})]:
    try: kw(*args[0], **args[1])
    except TypeError as e: print(e)
global_var = 1
def setg():
    global global_var
    global_var = 2
setg(); print(global_var)
try:
    assert 1 == 2, "msg"
except AssertionError as e: print("AE", e)
def unb():
    print(zz)
    zz = 1
try: unb()
except UnboundLocalError as e: print(e)
class It:
    def __init__(self): self.i=0
    def __iter__(self): return self
    def __next__(self):
        self.i += 1
        if self.i > 3: raise StopIteration
        return self.i
print(list(It()), [*It()], sum(It()), max(It()))
print(type("X", (Base,), {"q": 1}).q)
print([i for i in iter(lambda c=iter([1,2,0,3]): next(c), 0)])
import sys
def rec(n): return rec(n+1)
try: rec(0)
except RecursionError as e: print("RecursionError", e)
print(f"{'nested ' + f'{1+1}'} {{}} {3!r:>4}")
print(b"abc"[0], b"a" + b"b", bytes([65,66]), "é".encode(), b"\xc3\xa9".decode(), len("é"))
print(...) ; print(NotImplemented)
print(dict(zip("ab", range(2))), list({"a":1,"b":2}.items()), {"a":1} | {"b":2}, {1,2}|{3}, {1,2}&{2}, {1,2}-{2}, {1}<{1,2})
print("abc" < "abd", [1,2] < [1,3], (1,) == (1,), [1]*3, "ab"*2)
# SPDX-License-Identifier: MIT
