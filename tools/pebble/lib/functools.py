"""Functions that work on functions."""
from collections import OrderedDict as _OrderedDict, namedtuple as _namedtuple

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
        self.func, self.args, self.keywords = func, args, keywords

    def __get__(self, obj, cls=None):
        func = self.func.__get__(obj, cls) if hasattr(self.func, "__get__") else self.func
        if obj is not None:
            return partial(func, *self.args, **self.keywords)

        def method(self_or_cls, /, *args, **keywords):
            return func(self_or_cls, *self.args, *args, **{**self.keywords, **keywords})
        return method


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
    def __init__(self, function, maxsize, typed):
        self._function, self._maxsize, self._typed = function, maxsize, typed
        self._hits = self._misses = 0
        self._results = _OrderedDict()
        update_wrapper(self, function)

    def __call__(self, /, *args, **kwargs):
        if self._maxsize == 0:
            self._misses += 1
            return self._function(*args, **kwargs)
        results = self._results
        key = _Call(args, kwargs, self._typed)
        result = results.get(key, _missing)
        if result is not _missing:
            self._hits += 1
            if self._maxsize is not None:
                results.move_to_end(key)
            return result
        self._misses += 1
        result = self._function(*args, **kwargs)
        if key not in results and self._maxsize is not None and len(results) >= self._maxsize:
            results.popitem(last=False)
        results[key] = result
        return result

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
        value = instance.__dict__.get(self.attrname, _missing)
        if value is _missing:
            value = instance.__dict__[self.attrname] = self.func(instance)
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
            return lambda function: register(cls, function)
        registry[cls] = function
        return function

    def wrapper(*args, **kwargs):
        if not args:
            raise TypeError(f"{func.__name__} requires at least 1 positional argument")
        return dispatch(type(args[0]))(*args, **kwargs)

    update_wrapper(wrapper, func)
    wrapper.register, wrapper.dispatch, wrapper.registry = register, dispatch, registry
    return wrapper


_method = type(_Call((), {}, False).__hash__)
