from __future__ import annotations
import dataclasses
from dataclasses import dataclass, field, asdict, astuple, replace, fields
from typing import List, Optional, Dict, ClassVar
@dataclass
class Point:
    x: int
    y: int = 0
    def dist(self) -> float: return (self.x ** 2 + self.y ** 2) ** .5
p = Point(3, 4); print(p, p.dist(), p == Point(3, 4), p != Point(1), Point(x=1, y=2), Point.__annotations__, p.__dict__)
try: Point()
except TypeError as e: print(e)
try: Point(1, 2, 3)
except TypeError as e: print(e)
try: hash(p)
except TypeError as e: print(e)
@dataclass(order=True, frozen=True)
class V:
    a: int
    b: str = field(default="z", compare=False)
    kind: ClassVar[int] = 7
print(sorted([V(3), V(1), V(2)]), V(1) < V(2), hash(V(1)) == hash(V(1)), V(1) == V(1, "q"), V.kind)
try: V(1).a = 5
except dataclasses.FrozenInstanceError as e: print(type(e).__name__, e)
try: del V(1).a
except AttributeError as e: print(e)
@dataclass
class Node:
    name: str
    children: List[Node] = field(default_factory=list, repr=False)
    parent: Optional[Node] = None
    def __post_init__(self): self.n = len(self.name)
n = Node("root"); n.children.append(Node("kid", parent=n)); print(n, n.n, n.children[0].parent is n, Node("a").children is not Node("b").children)
@dataclass
class Sub(Point):
    z: int = 5
print(Sub(1), [f.name for f in fields(Sub)], asdict(Sub(1, 2)), astuple(Sub(1, 2, 3)), replace(Sub(1), z=9))
print(asdict(Node("a", [Node("b")])))
try:
    @dataclass
    class Bad:
        x: list = []
except ValueError as e: print(e)
try:
    @dataclass
    class Bad2:
        x: int = 1
        y: int
except TypeError as e: print(e)
@dataclass
class Rec:
    me: object = None
r = Rec(); r.me = r; print(r)
@dataclass(slots=True)
class Sl:
    a: int
    b: int = 2
s = Sl(1); print(s, Sl.__slots__, hasattr(s, "__dict__"))
@dataclass(kw_only=True)
class K:
    a: int
    b: int = 1
print(K(a=1))
try: K(1)
except TypeError as e: print(e)
print(dataclasses.is_dataclass(K), dataclasses.is_dataclass(K(a=1)), dataclasses.is_dataclass(int))
C = dataclasses.make_dataclass("C", ["x", ("y", int, 5)]); print(C(1))
@dataclass(eq=False)
class NoEq: x: int = 1
print(NoEq() == NoEq(), isinstance(hash(NoEq()), int))
@dataclass(unsafe_hash=True)
class UH: x: int = 1
print(hash(UH()) == hash(UH()))
import gc, weakref
w = weakref.ref(n); del n; print(w() is not None); gc.collect(); print(w())


from dataclasses import dataclass, field, make_dataclass
import collections, typing
@dataclass
class Documented:
    a: int
    b: typing.List[int]
    c: collections.deque = field(default_factory=collections.deque)
    d: str = "x"
    e: list[int] = None
    f: typing.Optional[int] = 5
    g: int | None = None
print(Documented.__doc__)
def attempt(f):
    try: f()
    except (TypeError, AttributeError) as e: print(e)
def hashed():
    @dataclass(unsafe_hash=True)
    class D:
        a: int
        def __hash__(self): return 1
def slotted():
    @dataclass(slots=True)
    class E:
        __slots__ = ("a",)
        a: int
for f in (hashed, slotted, lambda: make_dataclass("F", ["a", "a"]), lambda: make_dataclass("F", ["1a"]), lambda: make_dataclass("F", [("b c", int)])): attempt(f)
print(make_dataclass("G", ["a", ("b", int), ("c", int, 5)])(1, 2))
