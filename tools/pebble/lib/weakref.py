"""Weak references, and containers that hold what is in them weakly."""
from _weakref import ref, ReferenceType, getweakrefcount, getweakrefs

import atexit as _atexit


class WeakMethod(ref):
    """A weak reference to a bound method, which would die at once by itself."""

    def __new__(cls, method, callback=None):
        try:
            receiver = method.__self__
            function = method.__func__
        except AttributeError:
            raise TypeError(f"argument should be a bound method, not {type(method)}") from None

        def part_died(part):
            self = weak_self()
            if self is not None and self._alive:
                self._alive = False
                if callback is not None:
                    callback(self)

        self = ref.__new__(cls, receiver, part_died)
        self._function = ref(function, part_died)
        self._type = type(method)
        self._alive = True
        weak_self = ref(self)
        return self

    def __init__(self, method, callback=None):
        super().__init__(method, callback)

    def __call__(self):
        receiver = super().__call__()
        function = self._function()
        if receiver is None or function is None:
            return None
        return self._type(function, receiver)

    def __eq__(self, other):
        if not isinstance(other, WeakMethod):
            return NotImplemented
        if not self._alive or not other._alive:
            return self is other
        return ref.__eq__(self, other) and self._function == other._function

    __hash__ = ref.__hash__


class finalize:
    """Calls a function when an object dies, or at the end of the program."""

    __slots__ = ()
    _registry = {}
    _index = 0
    _watching = False

    class _Info:
        __slots__ = ("weakref", "func", "args", "kwargs", "atexit", "index")

    def __init__(self, obj, func, /, *args, **kwargs):
        if not finalize._watching:
            finalize._watching = True
            _atexit.register(finalize._run_all)
        info = finalize._Info()
        info.weakref = ref(obj, self)
        info.func = func
        info.args = args
        info.kwargs = kwargs or None
        info.atexit = True
        info.index = finalize._index
        finalize._index += 1
        finalize._registry[self] = info

    def __call__(self, _=None):
        info = finalize._registry.pop(self, None)
        if info is not None:
            return info.func(*info.args, **(info.kwargs or {}))

    def detach(self):
        info = finalize._registry.get(self)
        obj = info and info.weakref()
        if obj is not None and finalize._registry.pop(self, None):
            return (obj, info.func, info.args, info.kwargs or {})

    def peek(self):
        info = finalize._registry.get(self)
        obj = info and info.weakref()
        if obj is not None:
            return (obj, info.func, info.args, info.kwargs or {})

    @property
    def alive(self):
        return self in finalize._registry

    @property
    def atexit(self):
        info = finalize._registry.get(self)
        return bool(info) and info.atexit

    @atexit.setter
    def atexit(self, value):
        info = finalize._registry.get(self)
        if info:
            info.atexit = bool(value)

    @classmethod
    def _run_all(cls):
        import sys
        while True:
            waiting = [(info.index, f) for f, info in cls._registry.items() if info.atexit]
            if not waiting:
                break
            last = max(waiting, key=lambda pair: pair[0])[1]
            try:
                last()
            except Exception:
                sys.excepthook(*sys.exc_info())
