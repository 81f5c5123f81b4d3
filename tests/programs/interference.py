# Every operation of the containers that calls code of the program, while that code changes the
# container: at its first call, its second ... A line is an operation and a digest of all outcomes;
# with the name of an operation as argument they are shown whole.
import collections
import functools
import gc
import sys

CALLS = 3  # the change comes at one of so many calls


class Trap:
    """One change, which waits for a call of the program's code, or for a death."""

    def __init__(self):
        self.disarm()

    def arm(self, kind, after, change):
        self.kind, self.after, self.change = kind, after, change

    def disarm(self):
        self.kind = self.change = None
        self.after = 0

    def spring(self, kind):
        if self.kind != kind:
            return
        if self.after == 0:
            change = self.change
            self.disarm()
            change()
        else:
            self.after -= 1


trap = Trap()


class Item:
    """Equal to its like; all share two hashes, so that searches compare."""

    def __init__(self, n):
        self.n = n

    def __hash__(self):
        trap.spring("call")
        return self.n % 2

    def __eq__(self, other):
        trap.spring("call")
        return isinstance(other, Item) and self.n == other.n

    def __lt__(self, other):
        trap.spring("call")
        return self.n < other.n

    def __index__(self):
        trap.spring("call")
        return self.n

    def __bool__(self):
        trap.spring("call")
        return self.n != 0

    def __repr__(self):
        trap.spring("call")
        return f"i{self.n}"

    def __add__(self, other):
        trap.spring("call")
        return other

    __radd__ = __add__

    def __del__(self):
        trap.spring("death")


class Name(str):
    """A key of a call's keywords that is compared by code."""

    def __hash__(self):
        trap.spring("call")
        return 1

    def __eq__(self, other):
        trap.spring("call")
        return str.__eq__(self, other)


def items(*numbers):
    return [Item(n) for n in numbers]


def stream(*numbers):
    for n in numbers:
        trap.spring("call")
        yield Item(n)


class Series:
    """An iterable and an iterator by its own methods."""

    def __init__(self, *numbers):
        self.rest = list(numbers)

    def __iter__(self):
        trap.spring("call")
        return self

    def __next__(self):
        trap.spring("call")
        if not self.rest:
            raise StopIteration
        return Item(self.rest.pop(0))

    def __len__(self):
        trap.spring("call")
        return len(self.rest)


class Pairs:
    """A mapping by its own methods."""

    def keys(self):
        trap.spring("call")
        return Series(1, 2, 3, 6)

    def __getitem__(self, key):
        trap.spring("call")
        return Item(key.n + 10)


def key(item):
    trap.spring("call")
    return item


def even(item):
    trap.spring("call")
    return item.n % 2 == 0


class Garbage:
    """A cycle whose finalizer makes the change."""

    def __init__(self, change):
        self.change = change
        self.me = self

    def __del__(self):
        self.change()


def collect_with(change):
    Garbage(change)
    gc.collect()


def show(value, depth=0):
    if isinstance(value, Item):
        return value.n
    if depth > 3:
        return "..."
    if isinstance(value, (list, tuple, collections.deque)):
        return [show(each, depth + 1) for each in value]
    if isinstance(value, (set, frozenset)):
        return sorted(each.n if isinstance(each, Item) else each for each in value)
    if isinstance(value, dict):
        return [[show(each, depth + 1) for each in pair] for pair in value.items()]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return type(value).__name__


def unpack(c):
    a, b, *rest = c
    return [a, b, rest]


def assign(c, at, value):
    c[at] = value


def delete(c, at):
    del c[at]


def add_to(c, other):
    c += other


def multiply(c, n):
    c *= n


def join(c, other):
    c |= other


def meet(c, other):
    c &= other


def take(c, other):
    c -= other


def differ(c, other):
    c ^= other


def loop(c):
    seen = []
    for item in c:
        trap.spring("call")
        seen.append(item)
    return seen


def fill(c):
    for n in range(20, 50):
        c.append(Item(n))


def fill_set(c):
    for n in range(20, 50):
        c.add(Item(n))


def fill_dict(c):
    for n in range(20, 50):
        c[Item(n)] = Item(n)


def drop_first(c):
    for first in c:
        break
    else:
        return
    if isinstance(c, dict):
        del c[first]
    elif isinstance(c, set):
        c.discard(first)
    else:
        del c[0]


def put_first(c):
    for first in c:
        break
    else:
        return
    if isinstance(c, dict):
        c[first] = Item(77)
    elif isinstance(c, set):
        c.discard(first)
        c.add(Item(first.n))
    else:
        c[0] = Item(first.n)


def enter(c, n):
    if isinstance(c, dict):
        c[Item(n)] = Item(n)
    elif isinstance(c, set):
        c.add(Item(n))
    else:
        c.append(Item(n))


def grow(c):
    (fill_dict if isinstance(c, dict) else fill_set if isinstance(c, set) else fill)(c)


CHANGES = {
    "clear": lambda c: c.clear(),
    "enter": lambda c: enter(c, 50),
    "same": lambda c: enter(c, 4),
    "drop": drop_first,
    "replace": put_first,
    "grow": grow,
    "clear and grow": lambda c: (c.clear(), grow(c)),
    "collect": lambda c: gc.collect(),
    "collect and clear": lambda c: collect_with(c.clear),
    "collect and grow": lambda c: collect_with(lambda: grow(c)),
}

LIST = {
    "in": lambda c: Item(9) in c,
    "index": lambda c: c.index(Item(3)),
    "index from": lambda c: c.index(Item(3), Item(1), Item(4)),
    "count": lambda c: c.count(Item(3)),
    "remove": lambda c: c.remove(Item(3)),
    "remove last": lambda c: c.remove(Item(5)),
    "==": lambda c: c == items(0, 1, 2, 3, 4, 5),
    "!=": lambda c: c != items(0, 1, 2, 3, 9, 5),
    "<": lambda c: c < items(0, 1, 2, 4, 4, 5),
    "== itself": lambda c: [c, Item(1)] == [c, Item(2)],
    "sort": lambda c: c.sort(),
    "sort key": lambda c: c.sort(key=key, reverse=True),
    "sorted": lambda c: sorted(c, key=key),
    "min": lambda c: min(c),
    "max key": lambda c: max(c, key=key),
    "get": lambda c: c[Item(2)],
    "get last": lambda c: c[Item(-1)],
    "set": lambda c: assign(c, Item(2), Item(8)),
    "delete": lambda c: delete(c, Item(2)),
    "get slice": lambda c: c[Item(1):Item(5):Item(2)],
    "get slice back": lambda c: c[Item(4):Item(0):Item(-1)],
    "delete slice": lambda c: delete(c, slice(Item(1), Item(5))),
    "delete strided": lambda c: delete(c, slice(Item(0), Item(6), Item(2))),
    "set slice": lambda c: assign(c, slice(1, 3), stream(7, 8, 9)),
    "set slice of itself": lambda c: assign(c, slice(Item(1), Item(2)), c),
    "insert": lambda c: c.insert(Item(3), Item(8)),
    "pop": lambda c: c.pop(Item(2)),
    "extend": lambda c: c.extend(stream(7, 8, 9)),
    "extend series": lambda c: c.extend(Series(7, 8, 9)),
    "+=": lambda c: add_to(c, Series(7, 8, 9)),
    "*=": lambda c: multiply(c, Item(3)),
    "*": lambda c: c * Item(2),
    "repr": lambda c: repr(c),
    "sum": lambda c: sum(c, Item(0)),
    "all": lambda c: all(c[1:]) and all(c),
    "any": lambda c: any(c),
    "filter": lambda c: list(filter(even, c)),
    "map": lambda c: list(map(key, c)),
    "zip": lambda c: list(zip(c, stream(7, 8, 9, 10))),
    "enumerate": lambda c: [pair for pair in enumerate(c) if even(pair[1])],
    "reversed": lambda c: [item for item in reversed(c) if even(item)],
    "loop": loop,
    "unpack": lambda c: unpack(map(key, c)),
    "star": lambda c: [*c, *stream(7, 8), *c],
    "comprehension": lambda c: [key(item) for item in c],
    "clear": lambda c: c.clear(),
    "drop all": lambda c: delete(c, slice(None)),
    "drop some": lambda c: delete(c, slice(1, 4)),
    "put over": lambda c: assign(c, slice(1, 4), items(7)),
    "put one over": lambda c: assign(c, 1, Item(7)),
    "init": lambda c: c.__init__(stream(7, 8)),
    "tuple": lambda c: tuple(map(key, c)),
    "tuple hash": lambda c: hash(tuple(c)) != 0,
    "tuple in": lambda c: Item(9) in tuple(c),
    "join": lambda c: ",".join(map(repr, c)),
    "format": lambda c: "%r %r" % (c[0], c) + f"{c!r}",
    "reduce": lambda c: functools.reduce(lambda a, b: key(b), c),
}

SET = {
    "add": lambda c: c.add(Item(4)),
    "add new": lambda c: c.add(Item(8)),
    "discard": lambda c: c.discard(Item(4)),
    "remove": lambda c: c.remove(Item(8)),
    "in": lambda c: Item(6) in c,
    "update": lambda c: c.update(items(4, 6, 8)),
    "update stream": lambda c: c.update(stream(4, 6), Series(8, 10)),
    "update set": lambda c: c.update({Item(4), Item(6)}, {Item(7)}),
    "|=": lambda c: join(c, {Item(4), Item(6)}),
    "&=": lambda c: meet(c, {Item(4), Item(6)}),
    "-=": lambda c: take(c, {Item(4), Item(6)}),
    "^=": lambda c: differ(c, {Item(4), Item(6)}),
    "|": lambda c: c | {Item(4), Item(6)},
    "&": lambda c: c & {Item(4), Item(6)},
    "-": lambda c: c - {Item(4), Item(6)},
    "^": lambda c: {Item(4), Item(6)} ^ c,
    "union": lambda c: c.union(stream(4, 6), items(8)),
    "intersection": lambda c: c.intersection(stream(4, 6)),
    "difference": lambda c: c.difference(stream(4, 6)),
    "symmetric_difference": lambda c: c.symmetric_difference(items(4, 6)),
    "intersection_update": lambda c: c.intersection_update(stream(4, 6)),
    "difference_update": lambda c: c.difference_update(stream(4, 6)),
    "symmetric_difference_update": lambda c: c.symmetric_difference_update(items(4, 6)),
    "issubset": lambda c: c.issubset(items(0, 1, 2, 3, 4, 5)),
    "issuperset": lambda c: c.issuperset(stream(0, 1)),
    "isdisjoint": lambda c: c.isdisjoint(stream(8, 9, 1)),
    "==": lambda c: c == {Item(n) for n in range(6)},
    "<=": lambda c: c <= {Item(n) for n in range(6)},
    ">": lambda c: c > {Item(n) for n in range(3)},
    "copy": lambda c: c.copy(),
    "set": lambda c: set(c),
    "frozenset": lambda c: frozenset(map(key, c)),
    "frozenset hash": lambda c: hash(frozenset(c)) != 0,
    "frozenset in": lambda c: frozenset(c) in {frozenset(c)},
    "init": lambda c: c.__init__(stream(7, 8)),
    "loop": loop,
    "min": lambda c: min(c),
    "sorted": lambda c: sorted(c),
    "repr": lambda c: len(repr(c)) > 0,
    "display": lambda c: {*c, *stream(4, 6)},
    "comprehension": lambda c: {key(item) for item in c},
    "clear": lambda c: c.clear(),
    "pop": lambda c: c.pop() is None,
    "drop one": lambda c: [c.remove(item) for item in list(c)[:1]],
}

DICT = {
    "get": lambda c: c.get(Item(4)),
    "[]": lambda c: c[Item(4)],
    "[]=": lambda c: assign(c, Item(4), Item(8)),
    "[]= new": lambda c: assign(c, Item(8), Item(8)),
    "del": lambda c: delete(c, Item(4)),
    "in": lambda c: Item(6) in c,
    "pop": lambda c: c.pop(Item(4)),
    "pop other": lambda c: c.pop(Item(6), None),
    "popitem": lambda c: c.popitem(),
    "setdefault": lambda c: c.setdefault(Item(4), Item(8)),
    "setdefault new": lambda c: c.setdefault(Item(6), Item(8)),
    "update": lambda c: c.update({Item(4): Item(8), Item(6): Item(8)}),
    "update from it": lambda c: {Item(4): Item(8)}.update(c),
    "update pairs": lambda c: c.update([(Item(4), Item(8)), (Item(6), Item(8))]),
    "update stream": lambda c: c.update((item, item) for item in stream(4, 6)),
    "update mapping": lambda c: c.update(Pairs()),
    "|": lambda c: c | {Item(4): Item(8), Item(6): Item(9)},
    "|=": lambda c: join(c, {Item(4): Item(8), Item(6): Item(9)}),
    "==": lambda c: c == {Item(n): Item(n) for n in range(6)},
    "!=": lambda c: c != {Item(n): Item(n) for n in range(6)},
    "dict": lambda c: dict(c),
    "dict pairs": lambda c: dict(map(key, c.items())),
    "copy": lambda c: c.copy(),
    "fromkeys": lambda c: dict.fromkeys(map(key, c)),
    "repr": lambda c: repr(c),
    "loop": loop,
    "loop items": lambda c: loop(c.items()),
    "loop values": lambda c: loop(c.values()),
    "loop back": lambda c: loop(reversed(c)),
    "keys in": lambda c: Item(6) in c.keys(),
    "values in": lambda c: Item(6) in c.values(),
    "items in": lambda c: (Item(4), Item(5)) in c.items(),
    "keys ==": lambda c: c.keys() == {Item(n) for n in range(6)},
    "items <=": lambda c: c.items() <= {Item(n): Item(n) for n in range(6)}.items(),
    "keys &": lambda c: c.keys() & stream(4, 6),
    "keys |": lambda c: c.keys() | stream(4, 6),
    "keys -": lambda c: c.keys() - stream(4, 6),
    "keys ^": lambda c: c.keys() ^ items(4, 6),
    "keys isdisjoint": lambda c: c.keys().isdisjoint(items(8, 9, 1)),
    "display": lambda c: {**c, Item(4): Item(8), Item(6): Item(8)},
    "comprehension": lambda c: {key(k): v for k, v in c.items()},
    "sorted": lambda c: sorted(c),
    "min": lambda c: min(c),
    "clear": lambda c: c.clear(),
    "put over": lambda c: [assign(c, k, Item(9)) for k in list(c)[1:3]],
    "drop one": lambda c: [delete(c, k) for k in list(c)[:1]],
    "init": lambda c: c.__init__([(Item(4), Item(8))]),
}

DEQUE = {
    "in": lambda c: Item(9) in c,
    "index": lambda c: c.index(Item(3)),
    "index from": lambda c: c.index(Item(3), Item(1), Item(4)),
    "count": lambda c: c.count(Item(3)),
    "remove": lambda c: c.remove(Item(3)),
    "==": lambda c: c == collections.deque(items(0, 1, 2, 3, 4, 5)),
    "<": lambda c: c < collections.deque(items(0, 1, 2, 4)),
    "get": lambda c: c[Item(2)],
    "set": lambda c: assign(c, Item(2), Item(8)),
    "delete": lambda c: delete(c, Item(2)),
    "insert": lambda c: c.insert(Item(3), Item(8)),
    "extend": lambda c: c.extend(stream(7, 8, 9)),
    "extendleft": lambda c: c.extendleft(Series(7, 8, 9)),
    "+=": lambda c: add_to(c, stream(7, 8, 9)),
    "rotate": lambda c: c.rotate(Item(2)),
    "repr": lambda c: repr(c),
    "loop": loop,
    "reversed": lambda c: loop(reversed(c)),
    "copy": lambda c: c.copy(),
    "clear": lambda c: c.clear(),
    "put one over": lambda c: assign(c, 1, Item(7)),
    "popleft": lambda c: c.popleft() is None,
    "drop one": lambda c: delete(c, 2),
    "init": lambda c: c.__init__(stream(7, 8), 4),
    "sorted": lambda c: sorted(c),
}

FULL = {
    "append": lambda c: c.append(Item(9)),
    "appendleft": lambda c: c.appendleft(Item(9)),
    "extend": lambda c: c.extend(stream(7, 8, 9)),
    "insert": lambda c: c.insert(Item(3), Item(8)),
    "copy": lambda c: c.copy(),
}

ORDERED = {
    "move_to_end": lambda c: c.move_to_end(Item(2)),
    "popitem": lambda c: c.popitem(last=False)[0].n,
    "==": lambda c: c == collections.OrderedDict((Item(n), Item(n)) for n in range(6)),
    "pop": lambda c: c.pop(Item(4)),
    "del": lambda c: delete(c, Item(4)),
    "setdefault": lambda c: c.setdefault(Item(6), Item(8)),
}

KINDS = {
    "list": (lambda: items(0, 1, 2, 3, 4, 5), LIST),
    "set": (lambda: set(items(0, 1, 2, 3, 4, 5)), SET),
    "dict": (lambda: {Item(n): Item(n) for n in range(6)}, DICT),
    "deque": (lambda: collections.deque(items(0, 1, 2, 3, 4, 5)), DEQUE),
    "full": (lambda: collections.deque(items(0, 1, 2, 3, 4, 5), 6), FULL),
    "ordered": (lambda: collections.OrderedDict((Item(n), Item(n)) for n in range(6)), ORDERED),
}

# CPython 3.11 crashes here. Pebble must come through, whatever comes out.
UNDEFINED = {("ordered", name) for name in ("move_to_end", "pop", "del")}


def outcome(make, operation, change, kind, after):
    target = make()
    trap.arm(kind, after, lambda: change(target))
    try:
        result = operation(target)
        # What dies with the result is not what is tried here.
        sprung = trap.kind is None
        trap.disarm()
        result = show(result)
    except (LookupError, RuntimeError, TypeError, ValueError) as error:
        sprung = trap.kind is None
        trap.disarm()
        result = type(error).__name__
    return sprung, result, show(target)


def digest(text):
    number = 0
    for character in text:
        number = (number * 1000003 ^ ord(character)) & 0xFFFFFFFF
    return f"{number:08x}"


def main(wanted):
    for kind, (make, operations) in KINDS.items():
        for name, operation in operations.items():
            if wanted and f"{kind} {name}" not in wanted:
                continue
            outcomes = []
            undefined = (kind, name) in UNDEFINED
            if undefined and sys.implementation.name == "cpython":
                print(f"{kind} {name}: comes through")
                continue
            for changing, change in CHANGES.items():
                for place in ("call", "death"):
                    for after in range(CALLS):
                        sprung, *rest = outcome(make, operation, change, place, after)
                        outcomes.append(f"{changing} at {place} {after}: {sprung} {rest}")
                        if not sprung:
                            break
            if wanted:
                print(*outcomes, sep="\n")
            elif undefined:
                print(f"{kind} {name}: comes through")
            else:
                print(f"{kind} {name}: {digest(';'.join(outcomes))}")


main(sys.argv[1:])
# SPDX-License-Identifier: MIT
