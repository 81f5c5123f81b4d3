"""The module collections."""
import gc
import weakref
from collections.abc import Callable, Collection, Generator, Reversible
from collections import (ChainMap, Counter, OrderedDict, UserDict, UserList, UserString,
                         defaultdict, deque, namedtuple)


def attempt(action):
    try:
        return action()
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"


# deque: ends, bounds, the middle.
d = deque("abc")
d.append("d")
d.appendleft("z")
print(d, len(d), d[0], d[-1], d[2], "c" in d, "q" in d)
print(d.pop(), d.popleft(), d)
d.extend([1, 2, 3])
d.extendleft([7, 8])
print(d, d.index("b"), d.count(2), d.maxlen)
d.rotate(2)
print(d)
d.rotate(-3)
print(d)
d.insert(1, "new")
d.insert(-1, "late")
d.insert(100, "last")
d.remove("new")
del d[0]
d[1] = "set"
d.reverse()
print(d, list(reversed(d)))
print(attempt(lambda: d.remove("nothing")), "|", attempt(lambda: d.index("nothing")))
print(attempt(lambda: d[99]), "|", attempt(deque().pop), "|", attempt(deque().popleft))
bounded = deque(range(10), maxlen=3)
bounded.append(10)
bounded.appendleft(0)
print(bounded, attempt(lambda: bounded.insert(0, 1)), bounded.maxlen)
print(deque(maxlen=0), attempt(lambda: deque([1], -1)), attempt(lambda: deque(5)))
print(deque([1, 2]) == deque([1, 2]), deque([1]) < deque([2]), deque([1, 2]) + deque([3]))
print(deque([1, 2]) * 2, 2 * deque([1], 1), deque() == [], attempt(lambda: deque([1]) + [2]))
twice = deque([1, 2])
twice += twice
twice *= 2
print(twice, twice.copy() is twice, bool(deque()), deque.__hash__)
print(attempt(lambda: [d.append(1) for _ in d]), type(iter(d)), type(reversed(d)))
nested = deque([1])
nested.append(nested)
print(nested)
ring = deque()
for i in range(1000):
    ring.append(i)
    if i % 3 == 0:
        ring.popleft()
print(len(ring), ring[0], ring[-1], sum(ring))


class Stack(deque):
    def top(self):
        return self[-1]


stack = Stack([1, 2, 3])
stack.note = "kept"
print(stack.top(), stack, stack.copy(), type(stack.copy()), stack.note)


# A deque is a container to the collector.
class Node:
    pass


node = Node()
node.waiting = deque([node, 1, "two"])
seen = weakref.ref(node, lambda r: print("node died"))
print(gc.is_tracked(node.waiting), any(r is node for r in gc.get_referents(node.waiting)))
del node
gc.collect()
print(seen() is None)
last = deque([Node() for _ in range(3)], maxlen=3)
watched = [weakref.ref(n) for n in last]
last.append(1)
print([w() is None for w in watched])
last.clear()
print([w() is None for w in watched])

# defaultdict
dd = defaultdict(list)
dd["a"].append(1)
dd["b"].extend([2, 3])
print(dd, dict(dd), dd.get("c"), "c" in dd, dd.default_factory)
print(attempt(lambda: defaultdict()["x"]), attempt(lambda: defaultdict(5)))
copied = dd.copy()
copied["c"].append(9)
print(sorted(copied), sorted(dd), type(copied), defaultdict(int, a=1) | {"b": 2})
words = defaultdict(int)
for word in "the cat the dog the end".split():
    words[word] += 1
print(sorted(words.items()))

# OrderedDict
od = OrderedDict(a=1, b=2, c=3)
od.move_to_end("a")
od.move_to_end("c", last=False)
print(od, od.popitem(), od.popitem(last=False), list(reversed(od)))
print(OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1), OrderedDict(a=1, b=2) == dict(b=2, a=1))
print(OrderedDict.fromkeys("xyz", 0), OrderedDict(), attempt(lambda: OrderedDict().popitem()))

# Counter
c = Counter("abracadabra")
print(c, c["a"], c["nothing"], c.most_common(2), c.total())
c.subtract("aab")
c.update({"z": 3}, q=1)
print(c, sorted(c.elements()), +c, -c)
print(Counter(a=3, b=1) + Counter(a=1, c=2), Counter(a=3, b=1) - Counter(a=1, b=5))
print(Counter(a=3, b=1) | Counter(a=1, c=2), Counter(a=3, b=1) & Counter(a=1, b=5))
print(Counter(a=1) == Counter(a=1, b=0), Counter(a=1) <= Counter(a=2), Counter(a=1) < Counter(a=1))
del c["never there"]
print(Counter(), Counter(a=0))

# namedtuple
Point = namedtuple("Point", "x y")
p = Point(1, y=2)
print(p, p.x, p[1], p == (1, 2), p._asdict(), p._replace(y=5), Point._make([7, 8]), Point._fields)
x, y = p
print(x, y, len(p), hash(p) == hash((1, 2)), isinstance(p, tuple), Point.__doc__)
print(attempt(lambda: Point(1)), "|", attempt(lambda: Point(1, 2, 3)))
print(attempt(lambda: setattr(p, "x", 1)), "|", attempt(lambda: p._replace(z=1)))
print(attempt(lambda: Point._make([1])), "|", attempt(lambda: namedtuple("P", "a a")))
print(attempt(lambda: namedtuple("P", "class")), "|", attempt(lambda: namedtuple("P", "_x")))
Row = namedtuple("Row", ["a", "b", "c"], defaults=[10, 20])
print(Row(1), Row._field_defaults, namedtuple("R", "a class a", rename=True)._fields)


class Point3(namedtuple("Base", "x y z")):
    __slots__ = ()

    def length(self):
        return (self.x ** 2 + self.y ** 2 + self.z ** 2) ** 0.5


print(Point3(2, 3, 6), Point3(2, 3, 6).length())

# ChainMap
base = {"a": 1, "b": 2}
chain = ChainMap({"b": 20}, base)
chain["c"] = 3
print(chain, chain["a"], chain["b"], len(chain), sorted(chain), "c" in base, chain.parents)
child = chain.new_child({"a": 100})
print(child["a"], child.maps[0], dict(child) == {"a": 100, "b": 20, "c": 3})
print(attempt(lambda: chain["nope"]), attempt(lambda: chain.pop("a")), chain.get("nope", 5))


# UserDict, UserList, UserString
class Lower(UserDict):
    def __setitem__(self, key, value):
        super().__setitem__(key.lower(), value)

    def __missing__(self, key):
        return f"no {key}"


lower = Lower({"A": 1}, B=2)
lower.update(C=3)
print(lower, lower["zzz"], "a" in lower, sorted(lower.items()), lower.pop("a"), len(lower))
print(UserDict(a=1) | {"b": 2}, UserDict(a=1) == {"a": 1}, UserDict.fromkeys("ab").data)
ul = UserList([3, 1, 2])
ul.append(0)
ul.sort()
print(ul, ul[1:3], type(ul[1:3]), ul + [9], [9] + ul, ul * 2, ul == [0, 1, 2, 3], 2 in ul)
ul += [5]
ul.insert(0, "i")
print(ul.pop(), ul, ul.index(1), ul.count(1), ul.data, list(reversed(ul)))
us = UserString("Hello")
print(us, us + " you", us.upper(), type(us.upper()), us[1:3], "ell" in us, us == "Hello", len(us))
print(us.split("l"), us.startswith("He"), us.replace("l", "L"), repr(us), hash(us) == hash("Hello"))
print({"b": 2} | defaultdict(int, a=1), {"b": 2} | OrderedDict(a=1), defaultdict(int, a=1) | OrderedDict(b=1))
print(OrderedDict(a=1, b=2) != OrderedDict(b=2, a=1), Counter(a=0) != Counter(), Counter(a=None), Point.x)
print(ChainMap({"a": 1}, {"b": 2}) | {"c": 3}, {"a": 5} | ChainMap({"a": 1}, {"b": 2}))
print([isinstance(x, Callable) for x in (len, int, attempt, "".join, [].append, 5)],
      isinstance({}.values(), Collection), isinstance(reversed, Reversible), isinstance([], Reversible))


class Private:
    __slots__ = ("__hidden", "open")

    def __init__(self):
        self.__hidden = "in a slot"

    def show(self):
        return self.__hidden, hasattr(self, "__dict__"), hasattr(Private, "_Private__hidden")


class Counting(Generator):
    n = 0

    def send(self, value):
        self.n += 1
        return self.n

    def throw(self, kind, value=None, trace=None):
        raise kind


counting = Counting()
print(Private().show(), next(counting), next(counting), counting.close(), iter(counting) is counting)
# SPDX-License-Identifier: MIT
