"""Names for annotations. They say nothing to the interpreter, and check nothing."""
import collections as _collections
import collections.abc as _abc

TYPE_CHECKING = False


class _Alias:
    """What `Special[arguments]` gives."""

    def __init__(self, name, origin, args):
        self._name, self.__origin__, self.__args__ = name, origin, args

    def __repr__(self):
        return f"{self._name}[{', '.join(map(_shown, self.__args__))}]"

    def __eq__(self, other):
        if not isinstance(other, _Alias):
            return NotImplemented
        return (self._name, self.__args__) == (other._name, other.__args__)

    def __hash__(self):
        return hash((self._name, self.__args__))

    def __call__(self, *args, **kwargs):
        if self.__origin__ is None:
            raise TypeError(f"Cannot instantiate {self!r}")
        return self.__origin__(*args, **kwargs)

    def __getitem__(self, args):
        return self

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]


class _Special:
    """A name that takes arguments in brackets."""

    def __init__(self, name, origin=None):
        self._name, self.__origin__ = f"typing.{name}", origin

    def __repr__(self):
        return self._name

    def __getitem__(self, args):
        return _Alias(self._name, self.__origin__, args if isinstance(args, tuple) else (args,))

    def __call__(self, *args, **kwargs):
        if self.__origin__ is None:
            raise TypeError(f"Cannot instantiate {self!r}")
        return self.__origin__(*args, **kwargs)

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]


def _shown(item):
    if item is ...:
        return "..."
    if item is None:
        return "None"
    if isinstance(item, list):
        return f"[{', '.join(map(_shown, item))}]"
    if isinstance(item, type):
        where = item.__module__
        return item.__qualname__ if where == "builtins" else f"{where}.{item.__qualname__}"
    return repr(item)


class _Union(_Special):
    def __getitem__(self, args):
        members = []
        for item in args if isinstance(args, tuple) else (args,):
            inner = item.__args__ if isinstance(item, _UnionAlias) else (item,)
            for member in inner:
                member = type(None) if member is None else member
                if member not in members:
                    members.append(member)
        return members[0] if len(members) == 1 else _UnionAlias("typing.Union", Union,
                                                                tuple(members))


class _UnionAlias(_Alias):
    def __repr__(self):
        rest = [item for item in self.__args__ if item is not type(None)]
        if len(rest) == 1 and len(self.__args__) == 2:
            return f"typing.Optional[{_shown(rest[0])}]"
        return super().__repr__()


class _Optional(_Special):
    def __getitem__(self, item):
        return Union[item, None]


class TypeVar:
    def __init__(self, name, *constraints, bound=None, covariant=False, contravariant=False):
        self.__name__, self.__constraints__, self.__bound__ = name, constraints, bound
        self.__covariant__, self.__contravariant__ = covariant, contravariant

    def __repr__(self):
        sign = "+" if self.__covariant__ else "-" if self.__contravariant__ else "~"
        return sign + self.__name__


class ParamSpec(TypeVar):
    args = kwargs = None


class Generic:
    """A base of classes that may be written with arguments in brackets."""

    __slots__ = ()

    def __class_getitem__(cls, args):
        return cls


class Protocol(Generic):
    __slots__ = ()


class NewType:
    def __init__(self, name, tp):
        self.__name__, self.__supertype__ = name, tp

    def __call__(self, x):
        return x

    def __repr__(self):
        return f"{__name__}.{self.__name__}"


Any, NoReturn, Never, Self, LiteralString = map(
    _Special, ("Any", "NoReturn", "Never", "Self", "LiteralString"))
Literal, ClassVar, Final, Annotated, Callable, TypeGuard, Concatenate = map(
    _Special, ("Literal", "ClassVar", "Final", "Annotated", "Callable", "TypeGuard", "Concatenate"))
TypeAlias = _Special("TypeAlias")
Union, Optional = _Union("Union"), _Optional("Optional")
List, Dict, Set, FrozenSet, Tuple, Type = (
    _Special(origin.__name__.title().replace("Frozenset", "FrozenSet"), origin)
    for origin in (list, dict, set, frozenset, tuple, type))
Deque, DefaultDict, OrderedDict, Counter, ChainMap = (
    _Special(name, getattr(_collections, origin)) for name, origin in
    (("Deque", "deque"), ("DefaultDict", "defaultdict"), ("OrderedDict", "OrderedDict"),
     ("Counter", "Counter"), ("ChainMap", "ChainMap")))
(Iterable, Iterator, Generator, Sequence, MutableSequence, Mapping, MutableMapping, Collection,
 Container, Hashable, Sized, Reversible, KeysView, ValuesView, ItemsView, MutableSet) = (
    _Special(name, getattr(_abc, name, None)) for name in
    ("Iterable", "Iterator", "Generator", "Sequence", "MutableSequence", "Mapping",
     "MutableMapping", "Collection", "Container", "Hashable", "Sized", "Reversible", "KeysView",
     "ValuesView", "ItemsView", "MutableSet"))
ContextManager, Awaitable, Coroutine, AsyncIterator, AsyncIterable = map(
    _Special, ("ContextManager", "Awaitable", "Coroutine", "AsyncIterator", "AsyncIterable"))
IO, TextIO, BinaryIO = map(_Special, ("IO", "TextIO", "BinaryIO"))
AnyStr, Text = TypeVar("AnyStr", str, bytes), str


def cast(typ, val):
    return val


def overload(func):
    def refused(*args, **kwargs):
        raise NotImplementedError("You should not call an overloaded function.")
    return refused


def _unchanged(arg):
    return arg


final = no_type_check = runtime_checkable = _unchanged


def get_type_hints(obj, globalns=None, localns=None):
    hints = {}
    classes = reversed(obj.__mro__) if isinstance(obj, type) else (obj,)
    for holder in classes:
        for name, value in holder.__dict__.get("__annotations__", {}).items() if isinstance(
                holder, type) else getattr(holder, "__annotations__", {}).items():
            if isinstance(value, str):
                value = eval(value, globalns or getattr(holder, "__globals__", {}), localns)
            hints[name] = type(None) if value is None else value
    return hints


def get_origin(tp):
    return getattr(tp, "__origin__", None)


def get_args(tp):
    return getattr(tp, "__args__", ())


class NamedTuple(tuple):
    """A base whose subclasses become named tuples of their annotated variables."""

    __slots__ = ()

    def __new__(cls, typename, fields=(), /):
        return _collections.namedtuple(typename, [name for name, _ in fields])

    def __init_subclass__(cls):
        if NamedTuple in cls.__bases__:
            names = list(cls.__dict__.get("__annotations__", ()))
            defaults = [cls.__dict__[name] for name in names if name in cls.__dict__]
            model = _collections.namedtuple(cls.__name__, names, defaults=defaults)
            for name, value in model.__dict__.items():
                if name in names or name == "__new__" or name not in cls.__dict__:
                    setattr(cls, name, value)


class TypedDict(dict):
    """A base of classes that say what a dict has."""
