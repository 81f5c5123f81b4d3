"""Functions that work on functions."""
from collections import deque as _deque, namedtuple as _namedtuple

WRAPPER_ASSIGNMENTS = ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__")
WRAPPER_UPDATES = ("__dict__",)
_missing = object()


def update_wrapper(wrapper, wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    for name in assigned:
        value = getattr(wrapped, name, _missing)
        if value is not _missing:
            setattr(wrapper, name, value)
    for name in updated:
        getattr(wrapper, name).update(getattr(wrapped, name, {}))
    wrapper.__wrapped__ = wrapped
    return wrapper


def wraps(wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    return partial(update_wrapper, wrapped=wrapped, assigned=assigned, updated=updated)


def reduce(function, iterable, initial=_missing, /):
    items = iter(iterable)
    if initial is _missing:
        for initial in items:
            break
        else:
            raise TypeError("reduce() of empty iterable with no initial value")
    for item in items:
        initial = function(initial, item)
    return initial


class partial:
    """A function with some of its arguments given."""

    def __init__(self, func, /, *args, **keywords):
        if not callable(func):
            raise TypeError("the first argument must be callable")
        if isinstance(func, partial):
            args = func.args + args
            keywords = {**func.keywords, **keywords}
            func = func.func
        self.func, self.args, self.keywords = func, args, keywords

    def __call__(self, /, *args, **keywords):
        return self.func(*self.args, *args, **{**self.keywords, **keywords})

    def __repr__(self):
        words = [repr(self.func), *map(repr, self.args)]
        words += [f"{name}={value!r}" for name, value in self.keywords.items()]
        cls = type(self)
        name = "functools.partial" if cls is partial else cls.__qualname__
        return f"{name}({', '.join(words)})"


class partialmethod:
    """partial() for a method: what is given comes after self."""

    def __init__(self, func, /, *args, **keywords):
        if not callable(func) and not hasattr(func, "__get__"):
            raise TypeError(f"{func!r} is not callable or a descriptor")
        if isinstance(func, partialmethod):
            args, keywords, func = func.args + args, {**func.keywords, **keywords}, func.func
        self.func, self.args, self.keywords = func, args, keywords

    def __get__(self, obj, cls=None):
        bound = self.func.__get__(obj, cls) if hasattr(self.func, "__get__") else self.func
        if bound is not self.func:
            return partial(bound, *self.args, **self.keywords)

        def method(cls_or_self, /, *args, **keywords):
            return bound(cls_or_self, *self.args, *args, **{**self.keywords, **keywords})
        return method.__get__(obj, cls)

    def __repr__(self):
        words = [repr(self.func), *map(repr, self.args)]
        words += [f"{name}={value!r}" for name, value in self.keywords.items()]
        return f"functools.partialmethod({', '.join(words)})"


_CacheInfo = _namedtuple("CacheInfo", "hits misses maxsize currsize")


class _Call:
    """The arguments of a call as a key: its hash is computed once."""

    __slots__ = ("_values", "_hash")

    def __init__(self, args, kwargs, typed):
        values = (args, tuple(kwargs.items()))
        if typed:
            values += tuple(map(type, args)), tuple(map(type, kwargs.values()))
        self._values = values
        self._hash = hash(values)

    def __hash__(self):
        return self._hash

    def __eq__(self, other):
        return self._values == other._values


class _lru_cache_wrapper:
    """A function and its results: key → [result, time of its last use].

    The uses lie in a queue, the oldest first, and count if they are their entry's last: so a hit
    does not change the dict, in which a program's __eq__ may be at work.
    """

    def __init__(self, function, maxsize, typed):
        self._function, self._maxsize, self._typed = function, maxsize, typed
        self._hits = self._misses = self._clock = 0
        self._results = {}
        self._uses = _deque()
        update_wrapper(self, function)

    def __call__(self, /, *args, **kwargs):
        if self._maxsize == 0:
            self._misses += 1
            return self._function(*args, **kwargs)
        key = _Call(args, kwargs, self._typed)
        entry = self._results.get(key)
        if entry is not None:
            self._hits += 1
        else:
            self._misses += 1
            result = self._function(*args, **kwargs)
            # The function may have called itself with the same arguments.
            entry = self._results.get(key)
            if entry is None:
                entry = self._results[key] = [result, 0]
        if self._maxsize is not None:
            self._clock += 1
            entry[1] = self._clock
            self._uses.append((self._clock, key, entry))
            # What is put out dies at the end of the call: its finalizer may call the function.
            dropped = self._put_out()
        return entry[0]

    def _put_out(self):
        dropped = []
        while len(self._results) > self._maxsize and self._uses:
            use = self._uses.popleft()
            if use[2][1] == use[0] and self._results.get(use[1]) is use[2]:
                self._results.pop(use[1], None)
            dropped.append(use)
        # Uses that do not count any more go when they are more than those that do. A comparison or
        # a finalizer may change the queue at any step.
        if len(self._uses) > 2 * self._maxsize + 8:
            for _ in range(len(self._uses)):
                use = self._uses.popleft() if self._uses else None
                if use and use[2][1] == use[0]:
                    self._uses.append(use)
        return dropped

    def __get__(self, obj, cls=None):
        return self if obj is None else _method(self, obj)

    def __repr__(self):
        return f"<functools._lru_cache_wrapper object at {id(self):#x}>"

    def cache_info(self):
        return _CacheInfo(self._hits, self._misses, self._maxsize, len(self._results))

    def cache_parameters(self):
        return {"maxsize": self._maxsize, "typed": self._typed}

    def cache_clear(self):
        self._hits = self._misses = 0
        self._results.clear()
        self._uses.clear()

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


def lru_cache(maxsize=128, typed=False):
    if callable(maxsize):
        return _lru_cache_wrapper(maxsize, 128, typed)
    if maxsize is not None and not isinstance(maxsize, int):
        raise TypeError("Expected first argument to be an integer, a callable, or None")
    return lambda function: _lru_cache_wrapper(function, maxsize and max(maxsize, 0), typed)


def cache(user_function, /):
    return lru_cache(maxsize=None)(user_function)


class cached_property:
    """A property computed at its first use, then an attribute of the instance."""

    def __init__(self, func):
        self.func = func
        self.attrname = None
        self.__doc__ = func.__doc__

    def __set_name__(self, owner, name):
        if self.attrname is not None and self.attrname != name:
            raise TypeError("Cannot assign the same cached_property to two different names "
                            f"({self.attrname!r} and {name!r}).")
        self.attrname = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        if self.attrname is None:
            raise TypeError(
                "Cannot use cached_property instance without calling __set_name__ on it.")
        try:
            cache = instance.__dict__
        except AttributeError:
            raise TypeError(f"No '__dict__' attribute on {type(instance).__name__!r} instance to "
                            f"cache {self.attrname!r} property.") from None
        value = cache.get(self.attrname, _missing)
        if value is _missing:
            value = cache[self.attrname] = self.func(instance)
        return value


def _order(root, other_way, negate, both):
    """An ordering from another: `not root`, `root or ==`, and the like."""
    def compare(self, other):
        result = getattr(type(self), root)(self, other)
        if result is NotImplemented:
            return result
        if negate:
            result = not result
        if both == "or":
            return result or self == other
        if both == "and":
            return result and self != other
        return result
    compare.__name__ = other_way
    return compare


_ORDERS = {
    "__lt__": (("__gt__", True, "and"), ("__le__", False, "or"), ("__ge__", True, "")),
    "__le__": (("__ge__", True, "or"), ("__lt__", False, "and"), ("__gt__", True, "")),
    "__gt__": (("__lt__", True, "and"), ("__ge__", False, "or"), ("__le__", True, "")),
    "__ge__": (("__le__", True, "or"), ("__gt__", False, "and"), ("__lt__", True, "")),
}


def total_ordering(cls):
    """Fills in the orderings that a class does not define from one that it does."""
    own = [name for name in _ORDERS if getattr(cls, name) is not getattr(object, name)]
    if not own:
        raise ValueError("must define at least one ordering operation: < > <= >=")
    root = max(own)
    for name, negate, both in _ORDERS[root]:
        if name not in own:
            setattr(cls, name, _order(root, name, negate, both))
    return cls


def cmp_to_key(mycmp):
    class K:
        __slots__ = ("obj",)

        def __init__(self, obj):
            self.obj = obj

        def __lt__(self, other):
            return mycmp(self.obj, other.obj) < 0

        def __gt__(self, other):
            return mycmp(self.obj, other.obj) > 0

        def __eq__(self, other):
            return mycmp(self.obj, other.obj) == 0

        def __le__(self, other):
            return mycmp(self.obj, other.obj) <= 0

        def __ge__(self, other):
            return mycmp(self.obj, other.obj) >= 0
    return K


def singledispatch(func):
    """A function that chooses an implementation by the class of its first argument."""
    registry = {object: func}

    def dispatch(cls):
        for base in cls.__mro__:
            if base in registry:
                return registry[base]
        for base in registry:
            if base is not object and issubclass(cls, base):
                return registry[base]
        return func

    def register(cls, function=None):
        if function is None:
            if isinstance(cls, type):
                return lambda function: register(cls, function)
            hints = list(getattr(cls, "__annotations__", {}).values())
            if not hints:
                raise TypeError(f"Invalid first argument to `register()`: {cls!r}. Use either "
                                "`@register(some_class)` or plain `@register` on an annotated "
                                "function.")
            function, cls = cls, hints[0]
            if isinstance(cls, str):
                cls = eval(cls, function.__globals__)
        registry[cls] = function
        return function

    def wrapper(*args, **kwargs):
        if not args:
            raise TypeError(f"{func.__name__} requires at least 1 positional argument")
        return dispatch(type(args[0]))(*args, **kwargs)

    update_wrapper(wrapper, func)
    wrapper.register, wrapper.dispatch, wrapper.registry = register, dispatch, registry
    return wrapper


class singledispatchmethod:
    """singledispatch() for a method: the class of the argument after self chooses."""

    def __init__(self, func):
        if not callable(func) and not hasattr(func, "__get__"):
            raise TypeError(f"{func!r} is not callable or a descriptor")
        self.dispatcher = singledispatch(func)
        self.func = func

    def register(self, cls, method=None):
        return self.dispatcher.register(cls, method)

    def __get__(self, obj, cls=None):
        def method(*args, **kwargs):
            return self.dispatcher.dispatch(type(args[0])).__get__(obj, cls)(*args, **kwargs)
        method.register = self.register
        return update_wrapper(method, self.func)


_method = type(_Call((), {}, False).__hash__)
# SPDX-License-Identifier: MIT
