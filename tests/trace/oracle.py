#!/usr/bin/env python3
"""Run heap traces (heaptrace.md) on CPython and print the log: the reference for a heap under test.

usage: oracle.py FILE...          print the log of each trace
       oracle.py --check CMD FILE...   run `CMD FILE` on each and compare its output with the reference log
"""
import ctypes
import gc
import subprocess
import sys
import weakref

gc.disable()
untrack = ctypes.pythonapi.PyObject_GC_UnTrack
untrack.argtypes, untrack.restype = [ctypes.py_object], None
SLOTS = 8


class Node:
    __slots__ = ("s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "label", "__weakref__")


class FinNode(Node):
    __slots__ = ("action",)

    def __del__(self):
        run_action(self.action, "fin", self.label, self)


class WeakRef(weakref.ref):
    __slots__ = ("label",)

    def __new__(cls, target, callback, label):
        self = super().__new__(cls, target, callback)
        self.label = label
        return self

    def __init__(self, target, callback, label):
        super().__init__(target, callback)


class Unraisable(Exception):
    pass


class Bad(Exception):
    pass


def is_node(o):
    return isinstance(o, Node)


class Roots:
    """Named strong references. The collector does not see what holds them, as it does not see a program's variables:
    were they in a dictionary, it would examine the dictionary too, and put what that holds into another order."""

    def __init__(self):
        self.places = {}
        self.cells = []
        untrack(self.cells)

    def get(self, name):
        place = self.places.get(name)
        return None if place is None else self.cells[place]

    def put(self, name, obj):
        place = self.places.get(name)
        if place is None:
            self.places[name] = len(self.cells)
            self.cells.append(obj)
        else:
            self.cells[place] = obj

    def drop(self, name):
        if name in self.places:
            self.cells[self.places[name]] = None

    def __iter__(self):
        """The names, in the order in which they were first stored to."""
        return iter(list(self.places))


class Machine:
    def __init__(self):
        self.roots = Roots()
        self.events = []
        self.out = []
        self.callbacks = []
        self.finalizers = {}
        self.disorder = False
        self.done = False

    def put(self, name, obj):
        # The new value is stored before the old one dies, as a store through a variable does.
        self.roots.put(name, obj)

    def need(self, name):
        obj = self.roots.get(name)
        if obj is None:
            raise Bad
        return obj


M = None


def run_action(action, kind, label, self=None):
    M.events.append(f"{kind} {label}")
    verb, _, arg = action.partition(":")
    if verb == "log":
        return
    if verb == "raise":
        raise Unraisable(label)
    if verb == "keep":
        M.put(arg, self)
    elif verb == "drop":
        M.roots.drop(arg)
    elif verb == "new":
        n = Node()
        n.label = arg
        M.put(arg, n)
    elif verb in ("cut", "link"):
        root, _, i = arg.partition(".")
        n = M.roots.get(root)
        if n is not None and is_node(n):
            if verb == "link":
                setattr(n, "s" + i, self)
            elif hasattr(n, "s" + i):
                delattr(n, "s" + i)
    elif verb == "collect":
        M.disorder = True
        gc.collect()
    elif verb == "deref":
        w = M.roots.get(arg)
        t = w() if isinstance(w, WeakRef) else None
        M.events.append("sees " + (t.label if t is not None else "-"))


def unraisable_hook(u):
    if isinstance(u.exc_value, Unraisable):
        M.events.append("unraisable " + u.exc_value.args[0])
    else:
        sys.__unraisablehook__(u)


def excepthook_in_finalize(*args):
    e = args[1]
    if isinstance(e, Unraisable):
        M.events.append("unraisable " + e.args[0])
    else:
        sys.__excepthook__(*args)


sys.unraisablehook = unraisable_hook
sys.excepthook = excepthook_in_finalize


def slot(spec):
    root, dot, i = spec.partition(".")
    if not dot or i not in ("0", "1", "2", "3", "4", "5", "6", "7"):
        raise Bad
    n = M.need(root)
    if not is_node(n):
        raise Bad
    return n, "s" + i


FIN_ACTIONS = {"log", "raise", "keep", "drop", "new", "cut", "link", "collect", "deref"}
CB_ACTIONS = FIN_ACTIONS - {"keep", "link"}


def action_of(words, key, allowed):
    if not words:
        return None
    if len(words) > 1 or not words[0].startswith(key + "="):
        raise Bad
    action = words[0][len(key) + 1:]
    verb, _, arg = action.partition(":")
    if verb not in allowed:
        raise Bad
    if (verb in ("log", "raise", "collect")) != (arg == ""):
        raise Bad
    if verb in ("cut", "link"):
        root, dot, i = arg.partition(".")
        if not dot or i not in ("0", "1", "2", "3", "4", "5", "6", "7"):
            raise Bad
    return action


def labels(objs):
    return " ".join(sorted(o.label for o in objs if is_node(o) or isinstance(o, WeakRef))) or "-"


def nodes(objs):
    return " ".join(sorted(o.label for o in objs if is_node(o))) or "-"


def need_dict(name, cls):
    d = M.need(name)
    if type(d) is not cls:
        raise Bad
    return d


def need_fin(name):
    if name not in M.finalizers:
        raise Bad
    return M.finalizers[name]


def target(name):
    o = M.need(name)
    if not (is_node(o) or isinstance(o, WeakRef)):
        raise Bad
    return o


def weakable(name):
    o = M.need(name)
    if not is_node(o):
        raise Bad
    return o


def execute(words):
    """Do one operation; the returned text, if any, is logged after the events."""
    op, args = words[0], words[1:]

    def want(n):
        if len(args) != n:
            raise Bad

    if op == "new":
        if not args:
            raise Bad
        action = action_of(args[1:], "fin", FIN_ACTIONS)
        n = FinNode() if action else Node()
        if action:
            n.action = action
        n.label = args[0]
        M.put(args[0], n)
    elif op == "let":
        want(2)
        M.put(args[0], target(args[1]))
    elif op == "set":
        want(2)
        n, name = slot(args[0])
        if args[1] == "-":
            if hasattr(n, name):
                delattr(n, name)
        else:
            setattr(n, name, target(args[1]))
    elif op == "get":
        want(2)
        n, name = slot(args[1])
        value = getattr(n, name, None)
        text = f"get {args[0]} {args[1]} -> " + (value.label if value is not None else "-")
        n = None
        if value is None:
            M.roots.drop(args[0])
        else:
            M.put(args[0], value)
        return text
    elif op == "drop":
        want(1)
        M.need(args[0])
        M.roots.drop(args[0])
    elif op == "weak":
        if len(args) < 2:
            raise Bad
        t = weakable(args[1])
        action = action_of(args[2:], "cb", CB_ACTIONS)
        callback = None
        if action:
            label = args[0]
            callback = lambda _, a=action, l=label: run_action(a, "cb", l)
            M.callbacks.append(callback)
        M.put(args[0], WeakRef(t, callback, args[0]))
    elif op == "deref":
        want(1)
        w = M.need(args[0])
        if not isinstance(w, WeakRef):
            raise Bad
        t = w()
        return f"deref {args[0]} -> " + (t.label if t is not None else "-")
    elif op == "weakcount":
        want(1)
        return f"weakcount {args[0]} -> {weakref.getweakrefcount(weakable(args[0]))}"
    elif op == "refcount":
        want(1)
        target(args[0])
        return f"refcount {args[0]} -> {sys.getrefcount(M.roots.get(args[0])) - 1}"
    elif op == "collect":
        if len(args) > 1 or (args and args[0] not in ("0", "1", "2")):
            raise Bad
        g = int(args[0]) if args else 2
        M.disorder = True
        return f"collect {g} -> {gc.collect(g)}"
    elif op == "referrers":
        want(1)
        return f"referrers {args[0]} -> " + nodes(gc.get_referrers(target(args[0])))
    elif op == "referents":
        want(1)
        n = M.need(args[0])
        if not is_node(n):
            raise Bad
        return f"referents {args[0]} -> " + labels(gc.get_referents(n))
    elif op == "tracked":
        want(1)
        return f"tracked {args[0]} -> {int(gc.is_tracked(target(args[0])))}"
    elif op == "finalized":
        want(1)
        return f"finalized {args[0]} -> {int(gc.is_finalized(target(args[0])))}"
    elif op == "objects":
        want(1)
        if args[0] not in ("0", "1", "2"):
            raise Bad
        return f"objects {args[0]} -> " + nodes(gc.get_objects(int(args[0])))
    elif op in ("freeze", "unfreeze"):
        want(0)
        getattr(gc, op)()
    elif op == "saveall":
        want(1)
        if args[0] not in ("on", "off"):
            raise Bad
        gc.set_debug(gc.DEBUG_SAVEALL if args[0] == "on" else 0)
    elif op == "garbage":
        if args == ["clear"]:
            M.disorder = True
            gc.garbage.clear()
        elif args:
            raise Bad
        else:
            return "garbage -> " + labels(gc.garbage)
    elif op in ("wvd", "wkd", "wset"):
        want(1)
        cls = {"wvd": weakref.WeakValueDictionary, "wkd": weakref.WeakKeyDictionary, "wset": weakref.WeakSet}[op]
        M.put(args[0], cls())
    elif op.startswith("wvd_"):
        return op_wvd(op, args, want)
    elif op.startswith("wkd_"):
        return op_wkd(op, args, want)
    elif op.startswith("wset_"):
        return op_wset(op, args, want)
    elif op == "finalize":
        if len(args) < 2 or args[0] in M.finalizers:
            raise Bad
        t = weakable(args[1])
        action = action_of(args[2:], "cb", CB_ACTIONS) or "log"
        M.finalizers[args[0]] = weakref.finalize(t, run_action, action, "finalize", args[0])
        M.finalizers[args[0]].atexit = True
    elif op == "fin_call":
        want(1)
        f = need_fin(args[0])
        alive = f.alive
        try:
            f()
        except Unraisable as e:
            M.events.append("unraisable " + e.args[0])
        return f"fin_call {args[0]} -> {int(alive)}"
    elif op == "fin_alive":
        want(1)
        return f"fin_alive {args[0]} -> {int(need_fin(args[0]).alive)}"
    elif op == "fin_detach":
        want(1)
        return f"fin_detach {args[0]} -> {int(need_fin(args[0]).detach() is not None)}"
    elif op == "fin_atexit":
        want(2)
        if args[1] not in ("on", "off"):
            raise Bad
        need_fin(args[0]).atexit = args[1] == "on"
    elif op == "exit":
        want(0)
        M.done = True
        finish()
        return "exit"
    else:
        raise Bad
    return None


def op_wvd(op, args, want):
    cls = weakref.WeakValueDictionary
    if op == "wvd_set":
        want(3)
        need_dict(args[0], cls)[args[1]] = weakable(args[2])
    elif op == "wvd_get":
        want(2)
        v = need_dict(args[0], cls).get(args[1])
        return f"wvd_get {args[0]} {args[1]} -> " + (v.label if v is not None else "-")
    elif op == "wvd_del":
        want(2)
        need_dict(args[0], cls).pop(args[1], None)
    elif op == "wvd_keys":
        want(1)
        return f"wvd_keys {args[0]} -> " + (" ".join(sorted(need_dict(args[0], cls).keys())) or "-")
    elif op == "wvd_len":
        want(1)
        return f"wvd_len {args[0]} -> {len(need_dict(args[0], cls))}"
    else:
        raise Bad


def op_wkd(op, args, want):
    cls = weakref.WeakKeyDictionary
    if op == "wkd_set":
        want(3)
        need_dict(args[0], cls)[weakable(args[1])] = weakable(args[2])
    elif op == "wkd_get":
        want(2)
        v = need_dict(args[0], cls).get(weakable(args[1]))
        return f"wkd_get {args[0]} {args[1]} -> " + (v.label if v is not None else "-")
    elif op == "wkd_del":
        want(2)
        need_dict(args[0], cls).pop(weakable(args[1]), None)
    elif op == "wkd_keys":
        want(1)
        return f"wkd_keys {args[0]} -> " + nodes(need_dict(args[0], cls).keys())
    elif op == "wkd_len":
        want(1)
        return f"wkd_len {args[0]} -> {len(need_dict(args[0], cls))}"
    else:
        raise Bad


def op_wset(op, args, want):
    cls = weakref.WeakSet
    if op == "wset_add":
        want(2)
        need_dict(args[0], cls).add(weakable(args[1]))
    elif op == "wset_discard":
        want(2)
        need_dict(args[0], cls).discard(weakable(args[1]))
    elif op == "wset_has":
        want(2)
        return f"wset_has {args[0]} {args[1]} -> {int(weakable(args[1]) in need_dict(args[0], cls))}"
    elif op == "wset_len":
        want(1)
        return f"wset_len {args[0]} -> {len(need_dict(args[0], cls))}"
    elif op == "wset_labels":
        want(1)
        return f"wset_labels {args[0]} -> " + nodes(need_dict(args[0], cls))
    else:
        raise Bad


def finish():
    M.disorder = True
    gc.set_debug(0)
    for name in reversed(list(M.finalizers)):
        f = M.finalizers[name]
        if f.alive and f.atexit:
            try:
                f()
            except Unraisable as e:
                M.events.append("unraisable " + e.args[0])
    # Finalizers may store into roots while the roots are dropped: go on until nothing is left or nothing changes.
    for _ in range(3):
        for name in M.roots:
            M.roots.drop(name)
        gc.garbage.clear()
        gc.unfreeze()
        gc.collect()


def flush(text):
    events, M.events = M.events, []
    if M.disorder:
        events.sort()
    M.disorder = False
    M.out.extend(events)
    if text is not None:
        M.out.append(text)


def step(line):
    text = None
    try:
        text = execute(line.split())
    except Bad:
        text = "error " + " ".join(line.split())
    return text


def run(path):
    global M
    gc.set_debug(0)
    # What the last trace left dies as its machine does, and may run actions on the next one.
    for _ in range(3):
        M = Machine()
    with open(path, encoding="utf-8") as f:
        lines = f.read().split("\n")
    gc.collect()
    gc.freeze()  # the oracle's own objects take no part in what follows
    M.events.clear()
    for line in lines:
        line = line.partition("#")[0].strip()
        if not line or M.done:
            continue
        flush(step(line))
    if not M.done:
        flush(step("exit"))
    out = "".join(s + "\n" for s in M.out)
    for f in M.finalizers.values():
        f.detach()
    return out


def check(command, paths):
    bad = 0
    for path in paths:
        want = run(path)
        got = subprocess.run(command.split() + [path], capture_output=True, text=True, timeout=120)
        if got.stdout != want or got.returncode != 0:
            bad += 1
            print(f"FAIL {path} (exit {got.returncode})")
            if bad <= 5:
                w, g = want.split("\n"), got.stdout.split("\n")
                at = next((i for i, (a, b) in enumerate(zip(w, g)) if a != b), min(len(w), len(g)))
                print(f"  first difference at log line {at + 1}")
                print("  want:", w[at:at + 3])
                print("  got: ", g[at:at + 3])
                if got.stderr:
                    print("  stderr:", got.stderr[-400:])
    print(f"{len(paths) - bad} of {len(paths)} traces agree with CPython {sys.version.split()[0]}")
    return bad


if __name__ == "__main__":
    argv = sys.argv[1:]
    if argv and argv[0] == "--check":
        sys.exit(1 if check(argv[1], argv[2:]) else 0)
    if not argv or argv[0].startswith("-"):
        sys.exit(__doc__)
    for p in argv:
        sys.stdout.write(run(p))
