"""Copies, of one object or of all that it reaches."""
import weakref as _weakref


class Error(Exception):
    pass


error = Error

_atomic = {type(None), type(...), type(NotImplemented), int, float, type(1j), bool, str, bytes, type,
           range, property, type(len), type(lambda: None), type((lambda: None).__code__),
           _weakref.ref, type(str.join)}
_plain = {list, dict, set, bytearray, tuple, frozenset, slice} | _atomic


def _slot_names(cls):
    for base in cls.__mro__:
        slots = base.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__"):
                private = name.startswith("__") and not name.endswith("__")
                yield f"_{base.__name__.lstrip('_')}{name}" if private else name


def _state_of(x):
    """(attributes, slots) of an instance."""
    slots = {name: getattr(x, name) for name in _slot_names(type(x)) if hasattr(x, name)}
    return getattr(x, "__dict__", {}), slots


def _builtin_base(cls):
    for base in cls.__mro__:
        if base in (list, dict, set, frozenset, tuple, str, int, float, bytes):
            return base
    return BaseException if issubclass(cls, BaseException) else None


def _set_state(new, state):
    if hasattr(new, "__setstate__"):
        new.__setstate__(state)
        return
    attributes, slots = state if isinstance(state, tuple) else (state, {})
    for name, value in (attributes or {}).items():
        new.__dict__[name] = value
    for name, value in (slots or {}).items():
        setattr(new, name, value)


def _rebuild(x, copied, memo, function, args, state=None, items=None, pairs=None):
    """A new object from what __reduce__ gave; `copied` treats each part."""
    new = function(*map(copied, args))
    if memo is not None:
        memo[id(x)] = new
    if state is not None:
        _set_state(new, copied(state))
    for item in items or ():
        new.append(copied(item))
    for key, value in pairs or ():
        new[copied(key)] = copied(value)
    return new


def _reduced(x):
    """What a __reduce_ex__ or __reduce__ of the program's own says; None: there is none."""
    cls = type(x)
    for name, args in (("__reduce_ex__", (4,)), ("__reduce__", ())):
        method = getattr(cls, name, None)
        if method is not None and method is not getattr(object, name, None):
            return method(x, *args)
    return None


def _new_like(x, copied, memo=None):
    """An instance with the same class, contents and attributes, each treated by `copied`."""
    cls = type(x)
    base = _builtin_base(cls)
    if hasattr(x, "__getnewargs_ex__"):
        args, kwargs = x.__getnewargs_ex__()
        new = cls.__new__(cls, *map(copied, args), **kwargs)
    elif hasattr(x, "__getnewargs__"):
        new = cls.__new__(cls, *map(copied, x.__getnewargs__()))
    elif base in (tuple, frozenset):
        new = cls.__new__(cls, [copied(item) for item in base(x)])
    elif base in (str, int, float, bytes):
        new = cls.__new__(cls, base(x))
    elif base is BaseException:
        new = cls.__new__(cls, *map(copied, x.args))
    else:
        new = cls.__new__(cls)
    if memo is not None:
        memo[id(x)] = new
    if hasattr(cls, "__getstate__") and cls.__getstate__ is not getattr(object, "__getstate__",
                                                                        None):
        state = x.__getstate__()
        if state is not None:
            _set_state(new, copied(state))
    else:
        state = _state_of(x)
        if state[0] or state[1]:
            _set_state(new, tuple(copied(part) for part in state) if state[1]
                       else copied(state[0]))
    if base is list:
        for item in list.__iter__(x):
            new.append(copied(item))
    elif base is set:
        for item in set.__iter__(x):
            new.add(copied(item))
    elif base is dict:
        for key, value in dict.items(x):
            new[copied(key)] = copied(value)
    return new


def copy(x):
    cls = type(x)
    if cls in _atomic or cls is tuple or cls is frozenset or cls is slice:
        return x
    if cls in _plain:
        return x.copy()
    if isinstance(x, type):
        return x
    if hasattr(cls, "__copy__"):
        return cls.__copy__(x)
    parts = _reduced(x)
    if parts is not None:
        return x if isinstance(parts, str) else _rebuild(x, lambda part: part, None, *parts)
    _refuse(x)
    return _new_like(x, lambda part: part)


def deepcopy(x, memo=None, _nil=[]):
    cls = type(x)
    if cls in _atomic:
        return x
    memo = {} if memo is None else memo
    done = memo.get(id(x), _nil)
    if done is not _nil:
        return done
    new = _deep(x, cls, memo)
    if new is not x:
        memo[id(x)] = new
        # The original must live as long as its id is a key.
        memo.setdefault(id(memo), []).append(x)
    return new


def _deep(x, cls, memo):
    def copied(part):
        return deepcopy(part, memo)

    if cls is list:
        new = memo[id(x)] = []
        for item in x:
            new.append(deepcopy(item, memo))
        return new
    if cls is dict:
        new = memo[id(x)] = {}
        for key, value in x.items():
            new[deepcopy(key, memo)] = deepcopy(value, memo)
        return new
    if cls is tuple:
        items = [deepcopy(item, memo) for item in x]
        # The tuple may have been copied meanwhile, by way of what it holds.
        if id(x) in memo:
            return memo[id(x)]
        return x if all(a is b for a, b in zip(items, x)) else tuple(items)
    if cls is bytearray:
        return x.copy()
    if cls is set or cls is frozenset:
        return cls([deepcopy(item, memo) for item in x])
    if isinstance(x, type):
        return x
    if hasattr(cls, "__deepcopy__"):
        return cls.__deepcopy__(x, memo)
    if cls is type(copied.__get__(x)):
        return cls(x.__func__, deepcopy(x.__self__, memo))
    parts = _reduced(x)
    if parts is not None:
        return x if isinstance(parts, str) else _rebuild(x, copied, memo, *parts)
    if cls.__name__ == "deque":
        new = memo[id(x)] = cls((), x.maxlen)
        new.extend(map(copied, x))
        return new
    _refuse(x)
    return _new_like(x, copied, memo)


def _refuse(x):
    """Some things cannot be made a second time."""
    if type(x).__name__ in ("generator", "module", "frame", "traceback", "TextIOWrapper", "cell"):
        raise TypeError(f"cannot pickle '{type(x).__name__}' object")
# SPDX-License-Identifier: MIT
