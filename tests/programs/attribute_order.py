# instance attributes in odd orders
import gc, copy
class A:
    def __init__(self): self.a = 1; self.b = 2; self.c = 3
x = A(); del x.a; x.a = 5; print(x.__dict__, vars(x))
y = A(); y.__dict__; del y.b; y.b = 9; print(y.__dict__)
class B: pass
p = B(); p.x = 1; p.y = 2
q = B(); q.y = 1; q.x = 2; print(vars(q), vars(p)); 
q = B(); q.y = 1; q.x = 2; q.y = 5; print(q.y, q.x); del q.y; print(vars(q))
q = B(); q.y = 1; q.x = 2; del q.x; del q.y; q.x = 1; q.y = 2; q.z = 3; print(vars(q))
for i in range(40): setattr(q, f"n{i}", i)
print(list(vars(q))[:6], len(vars(q)))
class C:
    __slots__ = ("s", "__dict__")
c = C(); c.b = 1; c.a = 2; c.s = 3; d = C(); d.a = 1; d.b = 2; d.s = 4; del d.a; d.a = 3; print(vars(d), vars(c), d.s)
r = B(); r.y = 1; r.x = 2
s = copy.copy(r); print(vars(s))
class D(B): pass
t = D(); t.y = 1; t.x = 3; print(vars(t)); t.__class__ = B; print(vars(t), t.x)
class E:
    def __del__(self): print("del", self.__dict__)
e = E(); e.b = 1; e.a = 2; del e
e1 = E(); e1.a = 1; e1.b = 2; e2 = E(); e2.b = e1; e2.a = 3; e1.me = e2; del e1, e2
gc.collect()
w = B(); w.y = 1; w.x = 2; w.__dict__ = {"n": 1}; print(vars(w)); w.y = 3; print(vars(w))
v = B(); v.y = 1; v.x = 2
print([k for k in dir(v) if not k.startswith("__")], hasattr(v, "y"), hasattr(v, "zz"))
print(gc.get_referents(v)[:2])
class Many:
    def __init__(self, order):
        for k in order: setattr(self, k, k)
ref = Many("abcdefghijklmnop")
m = Many("ponmlkjihgfedcba"); print("".join(vars(m)))
m = Many("bacd"); m2 = Many("dcba"); print("".join(vars(m)), "".join(vars(m2)))
m = Many("dcba"); del m.c; m.c = 1; del m.d; m.e = 3; print("".join(vars(m)))
# SPDX-License-Identifier: MIT
