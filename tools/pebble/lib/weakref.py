"""Weak references, and containers that hold what is in them weakly."""
from _weakref import (ref, proxy, ReferenceType, ProxyType, CallableProxyType, getweakrefcount,
                      getweakrefs)
from collections.abc import MutableMapping as _MutableMapping
from _weakrefset import WeakSet

import _weakref
import atexit as _atexit

ProxyTypes = (ProxyType, CallableProxyType)
_missing = object()


class _WeakMapping(_MutableMapping):
    """What the two weak dictionaries share: `data` is the heap's own weak map."""

    def __init__(self, other=(), /, **kwargs):
        self.data = _weakref.Map(self._kind)
        self.update(other, **kwargs)

    def __getitem__(self, key):
        return self.data[key]

    def __setitem__(self, key, value):
        self.data[key] = value

    def __delitem__(self, key):
        del self.data[key]

    def __contains__(self, key):
        return key in self.data

    def __len__(self):
        return len(self.data)

    def get(self, key, default=None):
        return self.data.get(key, default)

    def __iter__(self):
        return self.keys()

    def values(self):
        for key, value in self.items():
            yield value

    def popitem(self):
        return self.data.popitem()

    def pop(self, key, *args):
        try:
            value = self.data[key]
        except KeyError:
            if args:
                return args[0]
            raise
        del self.data[key]
        return value

    def clear(self):
        self.data.clear()

    def copy(self):
        new = type(self)()
        for key, value in self.items():
            new[key] = value
        return new

    __copy__ = copy

    def __or__(self, other):
        if not hasattr(other, "keys"):
            return NotImplemented
        new = self.copy()
        new.update(other)
        return new

    def __ror__(self, other):
        if not hasattr(other, "keys"):
            return NotImplemented
        new = type(self)()
        new.update(other)
        new.update(self)
        return new

    def __ior__(self, other):
        self.update(other)
        return self

    def __repr__(self):
        return f"<{type(self).__name__} at {id(self):#x}>"


class KeyedRef(ref):
    """A weak reference that knows the key under which its referent is stored."""

    __slots__ = ("key",)

    def __new__(cls, referent, callback, key):
        self = ref.__new__(cls, referent, callback)
        self.key = key
        return self

    def __init__(self, referent, callback, key):
        super().__init__(referent, callback)


class WeakValueDictionary(_WeakMapping):
    """A mapping whose entries go when their value dies."""

    _kind = _weakref.VALUE_MAP

    def items(self):
        for key in self.data.keys():
            value = self.data.get(key, _missing)
            if value is not _missing:
                yield key, value
                value = None

    def keys(self):
        for key, value in self.items():
            value = None
            yield key

    def valuerefs(self):
        return list(self.itervaluerefs())

    def itervaluerefs(self):
        for key, value in self.items():
            keyed = KeyedRef(value, None, key)
            value = None
            yield keyed

    def __deepcopy__(self, memo):
        from copy import deepcopy
        new = type(self)()
        for key, value in self.items():
            new[deepcopy(key, memo)] = value
        return new


class WeakKeyDictionary(_WeakMapping):
    """A mapping whose entries go when their key dies. A value may refer to its key."""

    _kind = _weakref.KEY_MAP

    def __init__(self, dict=None):
        super().__init__(() if dict is None else dict)

    def keys(self):
        for weak in self.data.refs():
            key = weak()
            if key is not None:
                yield key
                key = None

    def items(self):
        for key in self.keys():
            value = self.data.get(key, _missing)
            if value is not _missing:
                yield key, value
            key = value = None

    def keyrefs(self):
        return self.data.refs()

    def __deepcopy__(self, memo):
        from copy import deepcopy
        new = type(self)()
        for key, value in self.items():
            new[key] = deepcopy(value, memo)
        return new


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

    def __ne__(self, other):
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    __hash__ = ref.__hash__


class finalize(_weakref.Finalizer):
    """Calls a function when an object dies, or at the end of the program."""

    __slots__ = ()
    _watching = False

    def __init__(self, obj, func, /, *args, **kwargs):
        if not finalize._watching:
            finalize._watching = True
            _atexit.register(_weakref.run_finalizers)
        self._watch(obj, func, args, kwargs or None)
# SPDX-License-Identifier: MIT
