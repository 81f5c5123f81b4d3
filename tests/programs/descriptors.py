# Descriptors, attributes, and subclasses of builtin classes.
class NonData:
    def __get__(self, o, t=None): return ('nd', o is None, t.__name__)
class Data:
    def __get__(self, o, t=None): return ('d', o is None)
    def __set__(self, o, v): o.__dict__['dd'] = v
class ReadOnly:
    def __get__(self, o, t=None): return 1
    def __set__(self, o, v): raise AttributeError('read only!')
class A:
    nd = NonData(); dd = Data(); ro = ReadOnly()
a = A(); print(a.nd, A.nd, a.dd, A.dd); a.nd = 5; a.dd = 6; print(a.nd, a.dd, a.__dict__)
try: a.ro = 5
except AttributeError as e: print(e)
a.__dict__['ro'] = 9; print(a.ro)
class B(A): pass
print(B.nd, B().nd); A.nd = 'replaced'; print(B.nd); del A.nd
try: B.nd
except AttributeError as e: print(e)
try: del B.zz
except AttributeError as e: print(e)
try: B.dd = 4; print(B.dd, A.dd)
except AttributeError as e: print(e)
class Lazy:
    def __init__(self, f): self.f = f
    def __set_name__(self, o, n): self.n = n
    def __get__(self, o, t):
        if o is None: return self
        v = o.__dict__[self.n] = self.f(o); return v
class C:
    @Lazy
    def val(self): print('compute'); return 7
c = C(); print(c.val, c.val, vars(c))
class Typed:
    def __init__(self, t): self.t = t
    def __set_name__(self, o, n): self.n = '_' + n
    def __get__(self, o, t=None): return getattr(o, self.n, None) if o else self
    def __set__(self, o, v):
        if not isinstance(v, self.t): raise TypeError(f'{self.n[1:]} must be {self.t.__name__}, got {type(v).__name__}')
        setattr(o, self.n, v)
class P:
    x = Typed(int); y = Typed((str))
    def __init__(self, x, y): self.x = x; self.y = y
print(P(1, 'a').x)
try: P('q', 1)
except TypeError as e: print(e)
class BadName:
    def __set_name__(self, o, n): raise ValueError('bad name')
try:
    class X: z = BadName()
except RuntimeError as e: print(e, repr(e.__cause__))
except ValueError as e: print('VE', e)
class Fn:
    def __get__(self, o, t=None): return lambda *a: ('called', o is not None, a)
class Y:
    m = Fn(); __call__ = Fn() if False else (lambda self, q: ('call', q))
    __len__ = lambda self: 42
print(Y().m(1), Y.m(2), Y()(3), len(Y()))
y = Y(); y.__len__ = lambda: 1; print(len(y)); y.__call__ = lambda q: 'inst'; print(y(5))
class Cl:
    @classmethod
    def a(cls): return cls.__name__
    @staticmethod
    def b(x): return x
    c = classmethod(lambda cls: cls.a())
    @property
    def d(self): return self._d
    @d.setter
    def d(self, v): self._d = v * 2
    e = property(lambda s: 'e', doc='docs')
class Cl2(Cl):
    @classmethod
    def a(cls): return 'sub ' + super().a()
    @property
    def d(self): return super().d + 1
    @d.setter
    def d(self, v): Cl.d.fset(self, v)
print(Cl2.a(), Cl2().a(), Cl2.b(3), Cl2.c(), Cl.e.__doc__); o = Cl2(); o.d = 5; print(o.d, type(Cl.__dict__['a']), Cl.__dict__['b'].__func__(9), Cl.d.fget.__name__, isinstance(Cl.d, property))
try: o.e = 1
except AttributeError as e: print(e)
class Slot:
    __slots__ = ['a', '__dict__']
s = Slot(); s.a = 1; s.zz = 2; print(s.a, s.__dict__)
class Slot2(Slot): __slots__ = ('b',)
s = Slot2(); s.b = 3; print(s.b, Slot2.__slots__, Slot.a.__get__(s) if hasattr(s, 'a') else 'unset')
try:
    class Bad: __slots__ = ('a',); a = 1
except ValueError as e: print(e)
try:
    class Bad2(int): __slots__ = ('a',)
except TypeError as e: print(e)
class E1: __slots__ = 'one'
try: E1().two = 1
except AttributeError as e: print(e)
class G:
    def __getattribute__(self, n):
        if n == 'x': raise AttributeError('from ga')
        return object.__getattribute__(self, n)
    def __getattr__(self, n): return f'fallback {n}'
print(G().x, G().y)
class H:
    def __getattr__(self, n): raise KeyError(n)
try: H().q
except KeyError as e: print('KeyError', e)
try: hasattr(H(), 'q')
except KeyError as e: print('KE', e)
class I:
    a = 1
    def __dir__(self): return ['z', 'a']
    def __delattr__(self, n): print('del', n)
i = I(); del i.a; print(dir(i), i.a); 
class J:
    def __init__(self): self.__secret = 1
    def get(self): return self.__secret
    def __priv(self): return 'priv'
    def call(self): return self.__priv()
print(J().get(), J().__dict__, J().call(), [n for n in dir(J) if 'priv' in n])
print(type('T', (A,), {'m': lambda self: 'dyn', '__doc__': 'd'})().m(), B.__mro__, B.__base__, B.__bases__, object.__bases__, type(B), B.__class__, B().__class__.__name__)
k = A(); k.__class__ = B; print(type(k).__name__)
try: k.__class__ = int
except TypeError as e: print(e)
A.later = lambda self: 'added later'; print(k.later())
print(getattr(k, 'nope', None), vars(k), isinstance(k, A), A in type(k).__mro__)
class Callable:
    def __call__(self, *a, **k): return a, k
print(callable(Callable()), Callable()(1, x=2), list(map(Callable(), [1])))
class NoInit:
    def __init__(self, x): pass
try: NoInit()
except TypeError as e: print(e)
try: NoInit(1, 2)
except TypeError as e: print(e)
try: object(1)
except TypeError as e: print(e)
class NI(object): pass
try: NI(1, a=2)
except TypeError as e: print(e)
class NN:
    def __new__(cls, x): o = super().__new__(cls); o.x = x; return o
print(NN(5).x)
try: super().x
except RuntimeError as e: print(e)
class Sub(int):
    def __new__(cls, v): return super().__new__(cls, v + 1)
    def __add__(self, o): return Sub(int(self) + o)
    def __repr__(self): return f'Sub({int(self)})'
print(Sub(1), Sub(1) + 1, Sub(5) * 2, type(Sub(5) * 2), sum([Sub(1)]), Sub(3) == 4, hash(Sub(3)) == hash(4), f'{Sub(1)}', f'{Sub(1):03d}', '%d' % Sub(1), [1, 2, 3][Sub(0)], str(Sub(1)))
class Str2(str):
    def __eq__(self, o): return str.__eq__(self, o.lower()) if isinstance(o, str) else NotImplemented
    __hash__ = str.__hash__
    def shout(self): return self.upper() + '!'
print(Str2('abc') == 'ABC', Str2('x').shout(), type(Str2('a') + 'b'), Str2('a').join(['1', '2']), {Str2('k'): 1}['k'], isinstance(Str2(''), str), len(Str2('abc')), Str2('ab')[0], repr(Str2('q')))
class L2(list):
    def __getitem__(self, i): return ('got', super().__getitem__(i))
    def append(self, x): super().append(x * 2)
l = L2([1]); l.append(5); print(l, l[0], l[1], [x for x in l], len(l), l == [1, 10], L2([3]) + [4], sorted(L2([2, 1])))
class D2(dict):
    def __setitem__(self, k, v): super().__setitem__(k, v + 1)
d = D2(a=1); d['b'] = 1; d.update(c=1); print(d, d.copy(), type(d.copy()), {**d}, dict(d), 'a' in d, d.setdefault('z', 0))
class T2(tuple):
    def __new__(cls, *a): return super().__new__(cls, a)
    def first(self): return self[0]
print(T2(1, 2), T2(1, 2).first(), T2(1) + (2,), type(T2(1)[:]), hash(T2(1)) == hash((1,)), T2(1) == (1,))
class Exc2(Exception):
    code = 5
    def __init__(self, msg, **kw): super().__init__(msg); self.kw = kw
try: raise Exc2('m', a=1)
except Exc2 as e: print(e, e.code, e.kw, e.args, repr(e))
# SPDX-License-Identifier: MIT
