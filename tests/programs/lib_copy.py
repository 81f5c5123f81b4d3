"""The modules copy, types and contextlib."""
import copy
import gc
import io
import sys
import types
import weakref
from collections import OrderedDict, defaultdict, deque, namedtuple
from contextlib import *


def attempt(action):
    try:
        return action()
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"


class Node:
    def __init__(self, name, *children):
        self.name = name
        self.children = list(children)

    def __repr__(self):
        return f"{type(self).__name__}({self.name})"


# copy
leaf = Node("leaf")
tree = Node("root", leaf, leaf)
tree.me = tree
shallow, deep = copy.copy(tree), copy.deepcopy(tree)
print(shallow.children is tree.children, deep.children is tree.children, deep.me is deep)
print(deep.children[0] is deep.children[1], deep.children[0] is leaf, deep)
row = [1, [2, 3], (4, [5]), {"k": [6]}, {7}, "s", b"b", None, frozenset([8]), 1.5]
twin = copy.deepcopy(row)
print(twin == row, [a is b for a, b in zip(row, twin)], [a is b for a, b in zip(row, copy.copy(row))])
loop = [1]
loop.append(loop)
again = copy.deepcopy(loop)
print(again[1] is again, again)
pair = ([],)
pair[0].append(pair)
other = copy.deepcopy(pair)
print(other[0][0] is other, other is pair)


class Slotted:
    __slots__ = ("a", "b")


class Special:
    def __init__(self, n):
        self.n = n

    def __copy__(self):
        return Special(self.n + 1)

    def __deepcopy__(self, memo):
        return Special(self.n + 100)


class Stateful:
    def __init__(self):
        self.kept, self.dropped = 1, 2

    def __getstate__(self):
        return {"kept": self.kept}

    def __setstate__(self, state):
        self.__dict__.update(state, restored=True)


class Listy(list):
    pass


class Reduced:
    def __init__(self, n):
        self.n = n

    def __reduce__(self):
        return Reduced, (self.n * 2,)


slotted = Slotted()
slotted.a = [1]
for maker in (copy.copy, copy.deepcopy):
    made = maker(slotted)
    print(made.a, made.a is slotted.a, hasattr(made, "b"), maker(Special(1)).n, vars(maker(Stateful())))
    listy = Listy([1, [2]])
    listy.tag = "t"
    made = maker(listy)
    print(made, type(made).__name__, made.tag, made[1] is listy[1], maker(Reduced(3)).n)
    dd = defaultdict(list, a=[1])
    print(maker(dd), maker(dd)["a"] is dd["a"], maker(OrderedDict(a=1)), maker(deque([1, [2]], 5)))
    P = namedtuple("P", "x y")
    print(maker(P(1, [2])), maker(len) is len, maker(Node) is Node, maker(attempt) is attempt)
    error = ValueError("bad", 1)
    error.extra = "e"
    print(repr(maker(error)), maker(error).extra)
    print(attempt(lambda: maker(i for i in ())))
method = copy.deepcopy(tree.__init__)
print(method.__self__ is tree, method.__func__ is Node.__init__)
target = Node("t")
ref = weakref.ref(target)
print(copy.copy(ref) is ref, copy.deepcopy([ref])[0] is ref)

# types
print(isinstance(attempt, types.FunctionType), isinstance(tree.__init__, types.MethodType),
      isinstance(len, types.BuiltinFunctionType), isinstance((i for i in ()), types.GeneratorType),
      isinstance(sys, types.ModuleType), isinstance(attempt.__code__, types.CodeType),
      isinstance(sys._getframe(), types.FrameType), isinstance(Slotted.a, types.MemberDescriptorType))
space = types.SimpleNamespace(a=1, b=[2])
space.c = space
print(space, space.a, types.SimpleNamespace(x=1) == types.SimpleNamespace(x=1), types.NoneType is type(None))
module = types.ModuleType("made")
module.x = 5
print(module.x, module.__name__, types.MethodType(lambda self: self * 2, 21)())
proxy = types.MappingProxyType({"a": 1})
print(proxy["a"], attempt(lambda: proxy.__setitem__("b", 2)) is not None, len(proxy), dict(proxy))


# contextlib
@contextmanager
def tag(name, swallow=()):
    print("<" + name)
    try:
        yield name.upper()
    except swallow as problem:
        print("swallowed", repr(problem))
    finally:
        print(name + ">")


with tag("a") as got:
    print(got)
with tag("b", ValueError):
    raise ValueError(1)


def fails(kind):
    with tag("c"):
        raise kind("out")


print(attempt(lambda: fails(KeyError)), "|", attempt(lambda: fails(StopIteration)))


@contextmanager
def broken(n):
    for _ in range(n):
        yield


print(attempt(lambda: broken(0).__enter__()), "|", attempt(lambda: broken(2).__enter__()))


@tag("decorated")
def work():
    print("work")


work()
work()
with suppress(KeyError, IndexError):
    [][1]
print("went on")
with redirect_stdout(io.StringIO()) as out:
    print("captured")
print(repr(out.getvalue()))


class Closes:
    def close(self):
        print("closed")


with closing(Closes()) as thing, nullcontext(5) as five:
    print(type(thing).__name__, five)

with ExitStack() as stack:
    print(stack.enter_context(tag("x")), stack.enter_context(tag("y", KeyError)))
    stack.callback(print, "callback", 1, sep="-")
    stack.push(lambda kind, value, trace: print("push", kind))
    raise KeyError("inside")
with ExitStack() as stack:
    stack.callback(print, "never here" if False else "moved")
    later = stack.pop_all()
print("left")
later.close()


def two_errors():
    with ExitStack() as stack:
        stack.callback(lambda: 1 / 0)
        raise KeyError("first")


try:
    two_errors()
except ZeroDivisionError as problem:
    print(repr(problem), repr(problem.__context__))


# A manager's generator holds what its frame does, until it is left.
@contextmanager
def holding(thing):
    yield


target = Node("held")
ref = weakref.ref(target)
manager = holding(target)
manager.__enter__()
del target
print(ref())
manager.__exit__(None, None, None)
del manager
gc.collect()
print(ref())

# Some kinds of objects come from the interpreter alone.
for kind in (type(len), types.GeneratorType, types.FrameType, type({}.items())):
    print(attempt(kind), attempt(lambda: kind.__new__(kind))[:9])
# SPDX-License-Identifier: MIT
