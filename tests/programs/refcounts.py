import sys, gc, weakref
class A:
    def __init__(self): print("init", sys.getrefcount(self))
    def m(self, x): print("m", sys.getrefcount(self), sys.getrefcount(x)); return self
    def __del__(self): print("del A")
a = A()
print(sys.getrefcount(a))
def f(x): return sys.getrefcount(x)
print(f(a), f(x=a), f(*[a]))
def f2(x, *args, **kw): return sys.getrefcount(x), sys.getrefcount(kw)
print(f2(a), f2(a, 1, k=2))
b = a.m(a)
print(sys.getrefcount(a))
bm = a.m
print(sys.getrefcount(a), sys.getrefcount(bm))
bm(a)
l = [a, a]; t = (a,); d = {"k": a}; s = {1: a}
print(sys.getrefcount(a))
for x in l: print(sys.getrefcount(x))
print([sys.getrefcount(x) for x in l])
print(list(map(sys.getrefcount, l)))
del l, t, d, s, x, b, bm
print(sys.getrefcount(a))
def g():
    loc = a
    print(sys.getrefcount(a))
    def inner(): return loc
    return inner
i = g()
print(sys.getrefcount(a)); del i; print(sys.getrefcount(a))
def gen(v):
    yield sys.getrefcount(v)
    yield sys.getrefcount(v)
gg = gen(a); print(next(gg), next(gg), sys.getrefcount(a)); del gg
print(sys.getrefcount(a))
try:
    def thrower(q): raise ValueError(1)
    thrower(a)
except ValueError as e:
    print(sys.getrefcount(a))
    tb = e.__traceback__
print(sys.getrefcount(a)); 
del tb
print(sys.getrefcount(a))
print(sys.getrefcount(A), sys.getrefcount(f))
class B: pass
print(sys.getrefcount(B))
x = B(); print(sys.getrefcount(B), sys.getrefcount(x), sys.getrefcount(x.__dict__))
del a
print("end")
def tmp():
    A()
    print("after tmp")
    z = A()
    z = None
    print("after rebinding")
    w = A()
tmp()
print(f(A()))
print([A(), 1][1])
A().m([])
_ = None
for q in [A(), A()]:
    print("loop")
print("loop done")
del q
print("q deleted")


# What enumerate, zip and dict.items() have given last they still hold, in a tuple that they use again.
class Thing:
    pass


things = [Thing(), Thing(), Thing()]
print([sys.getrefcount(thing) for _, thing in enumerate(things)], [sys.getrefcount(thing) for thing, _ in zip(things, "abc")],
      [sys.getrefcount(thing) for _, thing in {1: things[0], 2: things[1]}.items()], [sys.getrefcount(thing) for thing in things])
pairs = enumerate(things)
first = next(pairs)
second = next(pairs)
print(first is second, first[0], second[0], sys.getrefcount(first), sys.getrefcount(second))
del first, second, pairs
alive = [weakref.ref(thing) for thing in things]
for index, thing in enumerate(things):
    things[index] = thing = None
    print([ref() is not None for ref in alive])
# SPDX-License-Identifier: MIT
