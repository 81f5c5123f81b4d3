# SPDX-License-Identifier: MIT
# What the programs of generate.py are written in. Every function takes what it is given: where it
# makes no sense it does nothing, so that a program from which lines were removed is one.
import collections
import gc
import sys
import weakref

S = [None] * 8  # objects
R = [None] * 6  # weak references
Z = [None] * 4  # registered finalizers
M = [None] * 3  # weak containers
actions = []  # what user code does, by number
runs = {}
serial = 0
counting = True  # what collections find is printed
depth = 0  # actions that run
closing = 0  # generators that run their last lines
finalizing = 0  # registered finalizers that run
walks = 0  # loops over weak containers that are open
said = 0
quiet = None  # or a list of lines, to be shown later


def say(*words):
    global said
    said += 1
    if quiet is not None:
        quiet.append(" ".join(map(str, words)))
    elif said < 2000:
        print(*words)


def name(x):
    if isinstance(x, Named):
        return getattr(x, "name", "emptied")
    return type(x).__name__


def act(number, me=None):
    """User code: a few lines of the program, at most three times."""
    global depth
    if number is None or number >= len(actions) or runs.get(number, 0) >= 3:
        return
    runs[number] = runs.get(number, 0) + 1
    depth += 1
    try:
        actions[number](me)
    finally:
        depth -= 1


class Trouble(Exception):
    pass


class Named:
    __slots__ = ()

    def hello(self):
        return self


class Node(Named):
    def __init__(self, number=None):
        global serial
        serial += 1
        self.name = f"n{serial}"
        self.act = number

    def links(self):
        # Pebble makes room in its instances for what methods set.
        self.a = self.b = self.c = None


class Fin(Node):
    def __del__(self):
        say("del", getattr(self, "name", "emptied"))
        act(getattr(self, "act", None), self)


class Slots(Named):
    __slots__ = ("name", "act", "a", "b", "c", "__weakref__")

    def __init__(self, number=None):
        global serial
        serial += 1
        self.name = f"s{serial}"
        self.act = number

    def __del__(self):
        say("del", getattr(self, "name", "emptied"))
        act(getattr(self, "act", None), self)


def generator(a, b, number):
    global closing
    try:
        yield a
        yield b
    finally:
        say("finally", number)
        closing += 1
        try:
            act(number)
        finally:
            closing -= 1


def raising(a, number):
    inner = [a, number]
    raise Trouble(len(inner))


def closure(a):
    def get():
        return a
    return get


def make_generator(a, b, number):
    made = generator(a, b, number)
    next(made)
    return made


def make_error(a, b, number):
    if finalizing:
        return None  # In CPython its frames would be those of the module weakref too.
    try:
        raising(a, number)
    except Trouble as error:
        return error


def make_ordered(a, b, number):
    made = collections.OrderedDict()
    made[0] = a
    made[1] = b
    return made


MAKERS = {
    "node": lambda a, b, number: Node(number),
    "fin": lambda a, b, number: Fin(number),
    "slots": lambda a, b, number: Slots(number),
    "list": lambda a, b, number: [a, b],
    "dict": lambda a, b, number: {0: a, 1: b},
    "tuple": lambda a, b, number: (a,),
    "generator": make_generator,
    "fresh generator": generator,
    "error": make_error,
    "closure": lambda a, b, number: closure(a),
    "method": lambda a, b, number: a.hello if isinstance(a, Named) else None,
    "deque": lambda a, b, number: collections.deque([a, b]),
    "ordered": make_ordered,
    "set": lambda a, b, number: {a} if isinstance(a, Named) else set(),
    "iterator": lambda a, b, number: iter([a, b]),
    "view": lambda a, b, number: iter({0: a, 1: b}.values()),
    "enumerate": lambda a, b, number: enumerate([a, b]),
    "map": lambda a, b, number: map(name, [a, b]),
    "weak keys": lambda a, b, number: weakref.WeakKeyDictionary(),
    "weak values": lambda a, b, number: weakref.WeakValueDictionary(),
    "weak set": lambda a, b, number: weakref.WeakSet(),
}
REFERABLE = ("function", "deque", "set", "WeakKeyDictionary", "WeakValueDictionary",
             "WeakSet", "method", "OrderedDict")


def make(kind, a=None, b=None, number=None):
    return MAKERS[kind](a, b, number)


def referable(x):
    # CPython refuses others; Cairn does not.
    return isinstance(x, Named) or type(x).__name__ in REFERABLE


def link(x, key, value):
    kind = type(x).__name__
    if isinstance(x, Named) or kind in ("function", "Trouble"):
        setattr(x, "abc"[key], value)
    elif kind == "list" and x:
        x[key % len(x)] = value
    elif kind == "deque":
        x.append(value)
    elif kind in ("dict", "OrderedDict"):
        x[key] = value


def unlink(x, key):
    kind = type(x).__name__
    if isinstance(x, Named) or kind in ("function", "Trouble"):
        if hasattr(x, "abc"[key]):
            delattr(x, "abc"[key])
    elif kind in ("list", "deque") and x:
        x.pop()
    elif kind in ("dict", "OrderedDict"):
        x.pop(key, None)


def ring(*members):
    members = [x for x in members if x is not None]
    for i, x in enumerate(members):
        link(x, i % 3, members[i - 1])


def drop(*numbers):
    for i in numbers:
        S[i] = None


def empty(x):
    if type(x).__name__ in ("list", "deque", "dict", "OrderedDict", "set"):
        x.clear()


def ref(x, number=None):
    if not referable(x):
        return None
    if number is None:
        return weakref.ref(x)

    def callback(dead):
        say("callback", number, dead() is None)
        act(number, dead)
    return weakref.ref(x, callback)


def call(reference):
    x = reference() if reference is not None else None
    say("referent", name(x))
    return x


def finalize(x, number, argument=None):
    if not referable(x):
        return None
    made = weakref.finalize(x, finalized, number, argument)
    made.atexit = False
    return made


def finalized(number, argument):
    global finalizing
    say("finalized", number, name(argument))
    finalizing += 1
    try:
        act(number, argument)
    finally:
        finalizing -= 1
    return number


def use(z, what):
    if z is None:
        return
    if what == "call":
        try:
            say("called", z())
        except Trouble:
            say("called in vain")
    elif what == "detach":
        say("detached", z.detach() is not None)
    elif what == "peek":
        found = z.peek()
        say("peek", name(found[0]) if found else None)
    else:
        say("alive", z.alive)


def change(m, what, key=None, value=None):
    """Changes or reads a weak container."""
    kind = type(m).__name__
    if kind not in ("WeakKeyDictionary", "WeakValueDictionary", "WeakSet") or walks > 0:
        return
    if what == "clear":
        m.clear()
    elif what == "length":
        if depth == 0:
            say("length", len(m))
    elif what == "list":
        members = list(m.keys() if kind == "WeakKeyDictionary" else m.values()
                       if kind == "WeakValueDictionary" else m)
        say("members", *sorted(map(name, members)) if kind == "WeakSet" else map(name, members))
    elif kind == "WeakKeyDictionary" and isinstance(key, Named):
        # A value of its own: one that reaches its key leaks in CPython.
        if what == "set":
            m[key] = Fin(key.act)
        elif what == "pop":
            say("popped", name(m.pop(key, None)))
        elif what == "contains":
            say("contains", key in m)
        elif what == "default":
            say("default", name(m.setdefault(key, value)))
    elif kind == "WeakValueDictionary" and referable(value):
        if what == "set":
            m[name(key)] = value
        elif what == "pop":
            say("popped", name(m.pop(name(key), None)))
        elif what == "contains":
            say("contains", name(key) in m)
        elif what == "default":
            say("default", name(m.setdefault(name(key), value)))
    elif kind == "WeakSet" and isinstance(key, Named):
        if what == "set":
            m.add(key)
        elif what == "pop":
            m.discard(key)
        elif what == "contains":
            say("contains", key in m)


def each(m):
    """Walks over a weak container; meanwhile nothing changes one."""
    global walks
    if type(m).__name__ not in ("WeakKeyDictionary", "WeakValueDictionary"):
        return
    walks += 1
    try:
        for member in m.keys() if type(m).__name__ == "WeakKeyDictionary" else m.values():
            say("each", name(member))
            yield member
    finally:
        walks -= 1


def step(x):
    if type(x).__name__ in ("generator", "list_iterator", "dict_valueiterator", "enumerate", "map"):
        try:
            say("next", name(next(x)))
        except (StopIteration, ValueError, Trouble) as error:
            say("next", type(error).__name__)


def close(x):
    if type(x).__name__ == "generator":
        try:
            x.close()
        except (ValueError, Trouble) as error:
            say("close", type(error).__name__)


def collect(generation):
    if closing:
        return  # CPython looks into a generator that has called a function, and pebble does not.
    found = gc.collect(generation)
    say("collect", generation, found if counting else "")


def look(x):
    say(name(x), gc.is_tracked(x), gc.is_finalized(x), weakref.getweakrefcount(x) if isinstance(x, Named) and finalizing + walks == 0 else "",
        *[name(y) for y in gc.get_referents(x) if isinstance(y, Named)])


def references(x):
    # Inside an action, those on the way to it have some that differ.
    if isinstance(x, Named) and depth == 0:
        say("references", name(x), sys.getrefcount(x))


def churn(count, keep):
    """Births that set off collections. They come at other moments in pebble, so what they cause is
    shown after one more, sorted."""
    global quiet
    quiet = []
    kept = [None] * count
    gc.enable()
    for i in range(count):
        node = Node()
        node.a = node
        if keep:
            kept[i] = node
    gc.disable()
    node = None
    gc.collect()
    lines, quiet = quiet, None
    say("churn", *sorted(lines))


def garbage():
    say("garbage", *[name(x) for x in gc.garbage if isinstance(x, Named)])
    gc.garbage.clear()


def watch(phase, info):
    if quiet is None:
        say("phase", phase, info["generation"], info["collected"] if counting else "")
        act(watch.number)


def trouble(number):
    raise Trouble(number)


def on_unraisable(problem):
    say("unraisable", problem.exc_type.__name__)


def start(title, with_counts, *of_program):
    global serial, counting, said
    print("program", title)
    serial = said = 0
    counting = with_counts
    actions[:] = of_program
    runs.clear()
    gc.collect()


def end():
    for row in (S, R, Z, M):
        for i in range(len(row)):
            row[i] = None
    gc.callbacks.clear()
    gc.set_debug(0)
    gc.unfreeze()
    gc.set_threshold(700, 10, 10)
    actions.clear()
    gc.garbage.clear()
    collect(2)
    for row in (S, R, Z, M):
        for i in range(len(row)):
            row[i] = None
    gc.garbage.clear()
    collect(2)
    collect(2)


# CPython lets only the first thirty instances of a class name new attributes inline.
quiet = []
for kind in (Node, Fin):
    kind().links()
quiet = None
watch.number = None
sys.unraisablehook = on_unraisable
gc.disable()
