from typing import *
import typing, collections
T = TypeVar("T"); K = TypeVar("K")
print(T, List[int], Dict[str, int], Optional[int], Union[int, str, None], Callable[[int], str], Tuple[int, ...], Any, Optional[List[str]], Union[int], Iterable[T])
class Stack(Generic[T]):
    def __init__(self) -> None: self.items: List[T] = []
    def push(self, item: T) -> None: self.items.append(item)
    def pop(self) -> T: return self.items.pop()
s = Stack[int](); s.push(1); print(s.pop(), Stack.push.__annotations__ is not None)
def f(a: int, b: "str" = "x", *args: float, c: bool = True, **kw: Any) -> Optional[int]: return None
print(f.__annotations__)
x: int = 5
y: str
print(__annotations__)
class A:
    a: int
    b: "List[int]" = []
    if True: c: str = "c"
    (d): int = 3
print(A.__annotations__, A.b)
class P(NamedTuple):
    x: int
    y: int = 3
    def total(self): return self.x + self.y
p = P(1); print(p, p.total(), p._asdict(), p._replace(x=5), P._fields, isinstance(p, tuple), p == (1, 3))
a, b = p; print(a, b)
E2 = NamedTuple("E2", [("q", int), ("r", str)]); print(E2(1, "a"))
UserId = NewType("UserId", int); print(UserId(5))
print(cast(int, "a"), TYPE_CHECKING, get_type_hints(f)["b"], get_origin(List[int]), get_args(Dict[str, int]))
class TD(TypedDict):
    name: str
print(TD(name="a"))
@overload
def g(a: int) -> int: ...
def g(a): return a
print(g(3))
def h(x: int | None, y: list[int]) -> dict[str, int]: ...
print(h.__annotations__)
class Proto(Protocol):
    def meth(self) -> int: ...
def local():
    z: undefined_thing = 3
    q: also_undefined
    return z
print(local())
try:
    def bad(a: nothing_here): pass
except NameError as e: print(e)
class Me:
    def m(self) -> "Me": return self
print(Me.m.__annotations__, (lambda: 0).__annotations__)
from functools import singledispatch
@singledispatch
def sd(x): return "obj"
@sd.register
def _(x: int): return "int"
@sd.register
def _(x: str) -> str: return "str"
print(sd(1), sd("a"), sd([]))
