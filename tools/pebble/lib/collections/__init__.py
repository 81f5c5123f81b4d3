"""Containers beyond the builtin ones."""
import _collections
from _collections import deque
from collections.named import namedtuple
from collections.abc import (Mapping as _Mapping, MutableMapping as _MutableMapping,
                             MutableSequence as _MutableSequence, Sequence as _Sequence)


def _or(self, other):
    """`|` of kinds of dict that can copy themselves."""
    if not isinstance(other, dict):
        return NotImplemented
    new = self.copy()
    new.update(other)
    return new


class OrderedDict(dict):
    """A dict that can move its entries. Plain dicts keep their order too."""

    def move_to_end(self, key, last=True):
        _collections.move_to_end(self, key, last)

    def popitem(self, last=True):
        return _collections.pop_end(self, last)

    def copy(self):
        return type(self)(self)

    __copy__ = copy
    __or__ = _or

    def __ror__(self, other):
        if not isinstance(other, dict):
            return NotImplemented
        new = type(self)(other)
        new.update(self)
        return new

    @classmethod
    def fromkeys(cls, iterable, value=None):
        new = cls()
        for key in iterable:
            new[key] = value
        return new

    def __eq__(self, other):
        if isinstance(other, OrderedDict):
            return dict.__eq__(self, other) and list(self) == list(other)
        return dict.__eq__(self, other)

    def __ne__(self, other):
        return not self == other

    def __repr__(self):
        if not self:
            return f"{type(self).__name__}()"
        return f"{type(self).__name__}({list(self.items())!r})"


class defaultdict(dict):
    """A dict that makes a value for a key that it is asked for and does not have."""

    def __init__(self, default_factory=None, /, *args, **kwargs):
        if default_factory is not None and not callable(default_factory):
            raise TypeError("first argument must be callable or None")
        self.default_factory = default_factory
        super().__init__(*args, **kwargs)

    def __missing__(self, key):
        if self.default_factory is None:
            raise KeyError(key)
        value = self[key] = self.default_factory()
        return value

    def copy(self):
        return type(self)(self.default_factory, self)

    __copy__ = copy
    __or__ = _or

    def __ror__(self, other):
        if not isinstance(other, dict):
            return NotImplemented
        new = type(self)(self.default_factory, other)
        new.update(self)
        return new

    def __reduce__(self):
        return type(self), (self.default_factory,), None, None, iter(self.items())

    def __repr__(self):
        return f"{type(self).__name__}({self.default_factory!r}, {dict.__repr__(self)})"


class Counter(dict):
    """How often each key occurs."""

    def __init__(self, iterable=None, /, **kwargs):
        super().__init__()
        self.update(iterable, **kwargs)

    def __missing__(self, key):
        return 0

    def update(self, iterable=None, /, **kwargs):
        self._count(iterable, kwargs, 1)

    def subtract(self, iterable=None, /, **kwargs):
        self._count(iterable, kwargs, -1)

    def _count(self, iterable, kwargs, sign):
        if hasattr(iterable, "items"):
            if not self and sign > 0:
                dict.update(self, iterable)
                iterable = {}
            for key, number in iterable.items():
                self[key] = self.get(key, 0) + sign * number
        else:
            for key in () if iterable is None else iterable:
                self[key] = self.get(key, 0) + sign
        if kwargs:
            self._count(kwargs, {}, sign)

    def __delitem__(self, key):
        if key in self:
            super().__delitem__(key)

    def most_common(self, n=None):
        pairs = sorted(self.items(), key=lambda pair: pair[1], reverse=True)
        return pairs if n is None else pairs[:n]

    def elements(self):
        return (key for key, number in self.items() for _ in range(number))

    def total(self):
        return sum(self.values())

    def copy(self):
        return type(self)(self)

    __copy__ = copy

    @classmethod
    def fromkeys(cls, iterable, v=None):
        raise NotImplementedError(
            "Counter.fromkeys() is undefined.  Use Counter(iterable) instead.")

    def _combine(self, other, operation):
        """A counter of what stays above nothing, the keys of `self` first."""
        if not isinstance(other, Counter):
            return NotImplemented
        result = Counter()
        for key in [*self, *(key for key in other if key not in self)]:
            number = operation(self[key], other[key])
            if number > 0:
                result[key] = number
        return result

    def __add__(self, other):
        return self._combine(other, lambda a, b: a + b)

    def __sub__(self, other):
        return self._combine(other, lambda a, b: a - b)

    def __or__(self, other):
        return self._combine(other, max)

    def __and__(self, other):
        return self._combine(other, min)

    def __pos__(self):
        return self + Counter()

    def __neg__(self):
        return Counter() - self

    def _assign(self, result):
        if result is NotImplemented:
            return result
        self.clear()
        dict.update(self, result)
        return self

    def __iadd__(self, other):
        return self._assign(self + other)

    def __isub__(self, other):
        return self._assign(self - other)

    def __ior__(self, other):
        return self._assign(self | other)

    def __iand__(self, other):
        return self._assign(self & other)

    def _compare(self, other, test):
        if not isinstance(other, Counter):
            return NotImplemented
        return all(test(self[key], other[key]) for key in [*self, *other])

    def __eq__(self, other):
        return self._compare(other, lambda a, b: a == b)

    def __ne__(self, other):
        return not self == other

    def __le__(self, other):
        return self._compare(other, lambda a, b: a <= b)

    def __ge__(self, other):
        return self._compare(other, lambda a, b: a >= b)

    def __lt__(self, other):
        return self._compare(other, lambda a, b: a <= b) and not self == other

    def __gt__(self, other):
        return self._compare(other, lambda a, b: a >= b) and not self == other

    def __repr__(self):
        if not self:
            return f"{type(self).__name__}()"
        return f"{type(self).__name__}({dict(self.most_common())!r})"


class ChainMap(_MutableMapping):
    """Several mappings as one: the first that has a key answers, and the first takes all changes."""

    def __init__(self, *maps):
        self.maps = list(maps) or [{}]

    def __missing__(self, key):
        raise KeyError(key)

    def __getitem__(self, key):
        for mapping in self.maps:
            try:
                return mapping[key]
            except KeyError:
                pass
        return self.__missing__(key)

    def get(self, key, default=None):
        return self[key] if key in self else default

    def __len__(self):
        return len(list(iter(self)))

    def __iter__(self):
        keys = {}
        for mapping in reversed(self.maps):
            keys.update(dict.fromkeys(mapping))
        return iter(keys)

    def __contains__(self, key):
        return any(key in mapping for mapping in self.maps)

    def __bool__(self):
        return any(self.maps)

    def __setitem__(self, key, value):
        self.maps[0][key] = value

    def __delitem__(self, key):
        try:
            del self.maps[0][key]
        except KeyError:
            raise KeyError(f"Key not found in the first mapping: {key!r}") from None

    def pop(self, key, *args):
        try:
            return self.maps[0].pop(key, *args)
        except KeyError:
            raise KeyError(f"Key not found in the first mapping: {key!r}") from None

    def clear(self):
        self.maps[0].clear()

    def new_child(self, m=None, **kwargs):
        return type(self)({**({} if m is None else m), **kwargs} if m is None or kwargs else m,
                          *self.maps)

    @property
    def parents(self):
        return type(self)(*self.maps[1:])

    def copy(self):
        return type(self)(self.maps[0].copy(), *self.maps[1:])

    def __or__(self, other):
        if not isinstance(other, (dict, _Mapping)):
            return NotImplemented
        return type(self)({**self.maps[0], **dict(other)}, *self.maps[1:])

    def __ror__(self, other):
        if not isinstance(other, (dict, _Mapping)):
            return NotImplemented
        return type(self)({**dict(other), **dict(self)})

    def __ior__(self, other):
        self.maps[0].update(other)
        return self

    __copy__ = copy

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(map(repr, self.maps))})"


class UserDict(_MutableMapping):
    """A mapping over a dict `data`, to derive from."""

    def __init__(self, dict=None, /, **kwargs):
        self.data = {}
        if dict is not None:
            self.update(dict)
        self.update(kwargs)

    def __len__(self):
        return len(self.data)

    def __getitem__(self, key):
        if key in self.data:
            return self.data[key]
        if hasattr(type(self), "__missing__"):
            return type(self).__missing__(self, key)
        raise KeyError(key)

    def get(self, key, default=None):
        return self[key] if key in self else default

    def __setitem__(self, key, item):
        self.data[key] = item

    def __delitem__(self, key):
        del self.data[key]

    def __iter__(self):
        return iter(self.data)

    def __contains__(self, key):
        return key in self.data

    def __repr__(self):
        return repr(self.data)

    def __or__(self, other):
        if not isinstance(other, (UserDict, dict)):
            return NotImplemented
        return type(self)({**self.data, **dict(other)})

    def __ror__(self, other):
        return type(self)({**other, **self.data}) if isinstance(other, dict) else NotImplemented

    def __ior__(self, other):
        self.data.update(other)
        return self

    def copy(self):
        new = type(self).__new__(type(self))
        new.__dict__.update(self.__dict__)
        new.data = self.data.copy()
        return new

    __copy__ = copy

    @classmethod
    def fromkeys(cls, iterable, value=None):
        new = cls()
        for key in iterable:
            new[key] = value
        return new


class _UserSequence:
    """What UserList and UserString share: a sequence over `data`."""

    @staticmethod
    def _raw(other):
        return other.data if isinstance(other, _UserSequence) else other

    def __repr__(self):
        return repr(self.data)

    def __eq__(self, other):
        return self.data == self._raw(other)

    def __lt__(self, other):
        return self.data < self._raw(other)

    def __le__(self, other):
        return self.data <= self._raw(other)

    def __gt__(self, other):
        return self.data > self._raw(other)

    def __ge__(self, other):
        return self.data >= self._raw(other)

    def __len__(self):
        return len(self.data)

    def __contains__(self, item):
        return self._raw(item) in self.data

    def __iter__(self):
        return iter(self.data)

    def __add__(self, other):
        return type(self)(self.data + self._like(other))

    def __radd__(self, other):
        return type(self)(self._like(other) + self.data)

    def __mul__(self, n):
        return type(self)(self.data * n)

    __rmul__ = __mul__

    def count(self, item, *bounds):
        return self.data.count(self._raw(item), *bounds)

    def index(self, item, *bounds):
        return self.data.index(self._raw(item), *bounds)


class UserList(_UserSequence, _MutableSequence):
    """A list over a list `data`, to derive from."""

    def __init__(self, initlist=None):
        self.data = [] if initlist is None else list(self._raw(initlist))

    def _like(self, other):
        return list(self._raw(other))

    def __getitem__(self, i):
        return type(self)(self.data[i]) if isinstance(i, slice) else self.data[i]

    def __setitem__(self, i, item):
        self.data[i] = item

    def __delitem__(self, i):
        del self.data[i]

    def __iadd__(self, other):
        self.data += self._like(other)
        return self

    def __imul__(self, n):
        self.data *= n
        return self

    def append(self, item):
        self.data.append(item)

    def insert(self, i, item):
        self.data.insert(i, item)

    def pop(self, i=-1):
        return self.data.pop(i)

    def remove(self, item):
        self.data.remove(item)

    def clear(self):
        self.data.clear()

    def copy(self):
        return type(self)(self)

    __copy__ = copy

    def reverse(self):
        self.data.reverse()

    def sort(self, /, *args, **kwds):
        self.data.sort(*args, **kwds)

    def extend(self, other):
        self.data.extend(self._raw(other))


class UserString(_UserSequence, _Sequence):
    """A text over a str `data`, to derive from: what str's methods give as a text is one of these."""

    def __init__(self, seq):
        self.data = str(self._raw(seq))

    def _like(self, other):
        return str(self._raw(other))

    def __str__(self):
        return self.data

    def __int__(self):
        return int(self.data)

    def __float__(self):
        return float(self.data)

    def __hash__(self):
        return hash(self.data)

    def __getitem__(self, i):
        return type(self)(self.data[i])

    def __mod__(self, args):
        return type(self)(self.data % args)

    def __getattr__(self, name):
        if name == "data" or name.startswith("__"):
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        method = getattr(self.data, name)

        def call(*args, **kwargs):
            result = method(*map(self._raw, args), **kwargs)
            plain = name in ("join", "partition", "rpartition") or not isinstance(result, str)
            return result if plain else type(self)(result)
        return call


_MutableSequence.register(deque)
# SPDX-License-Identifier: MIT
