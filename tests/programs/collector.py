import gc, weakref, sys
gc.collect()
class N:
    def __init__(self, n): self.n = n
    def __repr__(self): return f"N{self.n}"
class D(N):
    def __del__(self): print("del", self.n)
a, b = D(1), D(2); a.o = b; b.o = a; r = weakref.ref(a, lambda r: print("cb", r()))
del a, b; print(gc.collect(), r())
n = N(1); n.me = n; del n; print(gc.collect())
l = []; l.append(l); del l; print(gc.collect())
d = {}; d[1] = d; del d; print(gc.collect())
def mk():
    def f(): return f
    return f
mk(); print(gc.collect())
class C: pass
C.me = C(); del C; print(gc.collect() > 0)
def g():
    me = yield
    yield me
x = g(); next(x); x.send(x); del x; print(gc.collect())
def e():
    try: 1/0
    except ZeroDivisionError as ex:
        self = ex
e(); print(gc.collect())
print(gc.is_tracked(1), gc.is_tracked("a"), gc.is_tracked([]), gc.is_tracked({}), gc.is_tracked({"a":[]}), gc.is_tracked(N(1)), gc.is_tracked(object()))
print(gc.get_referents([1,2,"a"]), gc.get_threshold(), gc.isenabled())
class R:
    keep = []
    def __del__(self): R.keep.append(self); print("resurrect")
r = R(); r.me = r; del r; print(gc.collect()); print(len(R.keep), gc.is_finalized(R.keep[0])); R.keep.clear(); print(gc.collect())
wr = weakref.ref(N(5)); print(wr())
n = N(6); w1 = weakref.ref(n); w2 = weakref.ref(n); print(w1 is w2, weakref.getweakrefcount(n), weakref.getweakrefs(n) == [w1], hash(w1) == hash(n), w1 == w2)
p = weakref.proxy(n); print(p.n, repr(p)[:13], p is weakref.proxy(n)); del n
try: p.n
except ReferenceError as ex: print(ex)
class F:
    def __del__(self): raise ValueError("in del")
F()
def cb(o): raise KeyError("cb")
z = N(7); zr = weakref.ref(z, cb); del z
fin = N(8); ff = weakref.finalize(fin, print, "finalized", 8); print(ff.alive); del fin; print(ff.alive)
k = N(9); weakref.finalize(k, print, "atexit fin")
gc.callbacks.append(lambda p, i: print(p, sorted(i)))
gc.collect(1); gc.callbacks.clear()
print(gc.get_count()[1:], gc.get_stats()[2]["collections"] > 0)
m = D(99)
# SPDX-License-Identifier: MIT
