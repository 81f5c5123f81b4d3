# Annotations: of functions, of classes, of a module; when they are evaluated, and when not.
def function(a: int, b: "str" = "x", *args: float, c: bool = True, **kw: object) -> list[int]:
    return None


print(function.__annotations__)
x: int = 5
y: str
print(__annotations__)


class Point:
    a: int
    b: "list[int]" = []
    if True:
        c: str = "c"
    (d): int = 3


print(Point.__annotations__, Point.b)


def union(x: int | None, y: list[int]) -> dict[str, int]: ...


print(union.__annotations__)


def local():
    z: undefined_thing = 3
    q: also_undefined
    return z


print(local())
try:
    def bad(a: nothing_here):
        pass
except NameError as error:
    print(error)


class Me:
    def m(self) -> "Me":
        return self


print(Me.m.__annotations__, (lambda: 0).__annotations__)
# SPDX-License-Identifier: MIT
