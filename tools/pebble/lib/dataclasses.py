"""Classes whose methods are written from the annotations of their variables."""
import copy as _copy
import types as _types

__all__ = ["dataclass", "field", "Field", "FrozenInstanceError", "InitVar", "KW_ONLY", "MISSING",
           "fields", "asdict", "astuple", "replace", "is_dataclass", "make_dataclass"]

_FIELDS = "__dataclass_fields__"
_running = []  # the ids of the instances whose repr is being made


class FrozenInstanceError(AttributeError):
    pass


class _Sign:
    def __init__(self, text):
        self._text = text

    def __repr__(self):
        return self._text


MISSING, KW_ONLY = _Sign("MISSING"), _Sign("KW_ONLY")
_HAS_DEFAULT_FACTORY = _Sign("<factory>")


class InitVar:
    """Marks a parameter of __init__ that goes to __post_init__ and is no field."""

    def __init__(self, type):
        self.type = type

    def __class_getitem__(cls, type):
        return cls(type)

    def __repr__(self):
        return f"dataclasses.InitVar[{getattr(self.type, '__name__', self.type)}]"


class Field:
    __slots__ = ("name", "type", "default", "default_factory", "init", "repr", "hash", "compare",
                 "metadata", "kw_only", "_init_only")

    def __init__(self, default, default_factory, init, repr, hash, compare, metadata, kw_only):
        self.name = self.type = None
        self.default, self.default_factory = default, default_factory
        self.init, self.repr, self.hash, self.compare = init, repr, hash, compare
        self.metadata = _types.MappingProxyType({} if metadata is None else metadata)
        self.kw_only = kw_only
        self._init_only = False

    def __repr__(self):
        parts = ",".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__[:-1])
        return f"Field({parts})"

    @property
    def _has_default(self):
        return self.default is not MISSING or self.default_factory is not MISSING


def field(*, default=MISSING, default_factory=MISSING, init=True, repr=True, hash=None,
          compare=True, metadata=None, kw_only=MISSING):
    if default is not MISSING and default_factory is not MISSING:
        raise ValueError("cannot specify both default and default_factory")
    return Field(default, default_factory, init, repr, hash, compare, metadata, kw_only)


def _is_class_variable(annotation):
    text = annotation if isinstance(annotation, str) else repr(annotation)
    return text.startswith(("typing.ClassVar", "ClassVar"))


def _own_fields(cls, kw_only):
    found = []
    for name, annotation in cls.__dict__.get("__annotations__", {}).items():
        if annotation is KW_ONLY:
            kw_only = True
            continue
        if _is_class_variable(annotation):
            continue
        default = getattr(cls, name, MISSING)
        if not isinstance(default, Field):
            if isinstance(default, _types.MemberDescriptorType):
                default = MISSING  # of __slots__
            default = field(default=default)
        made = default
        made.name, made.type = name, annotation
        made._init_only = isinstance(annotation, InitVar)
        made.kw_only = kw_only if made.kw_only is MISSING else made.kw_only
        if made.default is not MISSING and type(made.default).__hash__ is None:
            raise ValueError(f"mutable default {type(made.default)} for field {name} is not "
                             "allowed: use default_factory")
        if isinstance(cls.__dict__.get(name), Field):
            if made.default is MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, made.default)
        found.append(made)
    for name, value in cls.__dict__.items():
        if isinstance(value, Field) and name not in cls.__dict__.get("__annotations__", {}):
            raise TypeError(f"{name!r} is a field but has no type annotation")
    return found


def _define(cls, name, parameters, body, names):
    """Compiles a method, so that calls are bound, and refused, as those of any function."""
    scope = dict(names)
    exec(f"def {name}({', '.join(parameters)}):\n" + "".join(f"    {line}\n" for line in body), scope)
    function = scope[name]
    function.__qualname__ = f"{cls.__qualname__}.{name}"
    function.__module__ = cls.__module__
    return function


def _init(cls, all_fields, frozen):
    names = {"_missing": _HAS_DEFAULT_FACTORY, "_set": object.__setattr__}
    plain, keyword, body = [], [], []
    defaults_begun = False
    for f in all_fields:
        if f.init:
            if not f.kw_only and not f._has_default and defaults_begun:
                raise TypeError(f"non-default argument {f.name!r} follows default argument")
            defaults_begun = defaults_begun or (f._has_default and not f.kw_only)
            text = f.name
            if f.default is not MISSING:
                names[f"_default_{f.name}"] = f.default
                text += f"=_default_{f.name}"
            elif f.default_factory is not MISSING:
                text += "=_missing"
            (keyword if f.kw_only else plain).append(text)
        if f.default_factory is not MISSING:
            names[f"_factory_{f.name}"] = f.default_factory
            value = f"_factory_{f.name}()"
            if f.init:
                value += f" if {f.name} is _missing else {f.name}"
        elif f.init:
            value = f.name
        else:
            continue
        if not f._init_only:
            body.append(f"_set(self, {f.name!r}, {value})" if frozen else f"self.{f.name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append(f"self.__post_init__({', '.join(f.name for f in all_fields if f._init_only)})")
    parameters = ["self", *plain] + (["*", *keyword] if keyword else [])
    return _define(cls, "__init__", parameters, body or ["pass"], names)


def _repr(shown):
    def __repr__(self):
        if id(self) in _running:
            return "..."
        _running.append(id(self))
        try:
            parts = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        finally:
            _running.remove(id(self))
        return f"{type(self).__qualname__}({parts})"
    return __repr__


def _comparison(name, compared):
    operators = {"__eq__": lambda a, b: a == b, "__lt__": lambda a, b: a < b,
                 "__le__": lambda a, b: a <= b, "__gt__": lambda a, b: a > b,
                 "__ge__": lambda a, b: a >= b}
    operator = operators[name]

    def method(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return operator(tuple([getattr(self, f) for f in compared]),
                        tuple([getattr(other, f) for f in compared]))
    method.__name__ = name
    return method


def _freeze(cls, names):
    def __setattr__(self, name, value):
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def __delattr__(self, name):
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    return __setattr__, __delattr__


def _with_slots(cls, all_fields):
    if "__slots__" in cls.__dict__:
        raise TypeError(f"{cls.__name__} already specifies __slots__")
    inherited = {name for base in cls.__mro__[1:] for name in base.__dict__.get("__slots__", ())}
    body = {name: value for name, value in cls.__dict__.items()
            if name not in ("__dict__", "__weakref__")}
    names = [f.name for f in all_fields if f.name not in inherited and not f._init_only]
    for name in names:
        body.pop(name, None)
    body["__slots__"] = tuple(names)
    body["__qualname__"] = cls.__qualname__
    return type(cls)(cls.__name__, cls.__bases__, body)


def _type_text(kind, cls):
    """As a signature shows an annotation of the class."""
    if not isinstance(kind, type) or hasattr(kind, "__origin__"):
        text = repr(kind)
        return text.replace("typing.", "") if type(kind).__module__ == "typing" else text
    outside = kind.__module__ not in ("builtins", cls.__module__)
    return f"{kind.__module__}.{kind.__qualname__}" if outside else kind.__qualname__


def _default_text(f):
    if f.default_factory is not MISSING:
        return " = <factory>"
    return "" if f.default is MISSING else f" = {f.default!r}"


def _process(cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots):
    known = {}
    for base in reversed(cls.__mro__[1:]):
        known.update(getattr(base, "__dict__", {}).get(_FIELDS, {}))
        parameters = base.__dict__.get("__dataclass_params__")
        if parameters is not None and parameters.frozen != frozen:
            raise TypeError("cannot inherit frozen dataclass from a non-frozen one" if frozen else
                            "cannot inherit non-frozen dataclass from a frozen one")
    for f in _own_fields(cls, kw_only):
        known[f.name] = f
    all_fields = list(known.values())
    kept = [f for f in all_fields if not f._init_only]
    compared = [f.name for f in kept if f.compare]
    setattr(cls, _FIELDS, known)
    cls.__dataclass_params__ = _types.SimpleNamespace(
        init=init, repr=repr, eq=eq, order=order, unsafe_hash=unsafe_hash, frozen=frozen)
    own = cls.__dict__
    explicit_hash = own.get("__hash__", MISSING) not in (MISSING, None) or (
        "__hash__" in own and "__eq__" not in own)
    made = {}
    if init:
        cls.__init__ = _init(cls, all_fields, frozen)
    if repr:
        made["__repr__"] = _repr([f.name for f in kept if f.repr])
    if order and not eq:
        raise ValueError("eq must be true if order is true")
    if eq:
        made["__eq__"] = _comparison("__eq__", compared)
    for name, method in made.items():
        if name not in own:
            method.__qualname__ = f"{cls.__qualname__}.{name}"
            setattr(cls, name, method)
    for name in ("__lt__", "__le__", "__gt__", "__ge__") if order else ():
        if name in own:
            raise TypeError(f"Cannot overwrite attribute {name} in class {cls.__name__}. "
                            "Consider using functools.total_ordering")
        setattr(cls, name, _comparison(name, compared))
    if frozen:
        for method in _freeze(cls, {f.name for f in kept}):
            if method.__name__ in own:
                raise TypeError(f"Cannot overwrite attribute {method.__name__} in class {cls.__name__}")
            setattr(cls, method.__name__, method)
    hashed = [f.name for f in kept if (f.compare if f.hash is None else f.hash)]
    if unsafe_hash and explicit_hash:
        raise TypeError(f"Cannot overwrite attribute __hash__ in class {cls.__name__}")
    if unsafe_hash or (eq and frozen and not explicit_hash):
        cls.__hash__ = lambda self: hash(tuple([getattr(self, name) for name in hashed]))
    elif eq and not explicit_hash:
        cls.__hash__ = None
    if match_args:
        cls.__match_args__ = tuple([f.name for f in all_fields if f.init and not f.kw_only])
    if cls.__doc__ is None:
        shown = [f"{f.name}: {_type_text(f.type, cls)}{_default_text(f)}" for f in all_fields if f.init]
        cls.__doc__ = f"{cls.__name__}({', '.join(shown)})"
    return _with_slots(cls, all_fields) if slots else cls


def dataclass(cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False,
              frozen=False, match_args=True, kw_only=False, slots=False, weakref_slot=False):
    def wrap(cls):
        return _process(cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots)
    return wrap if cls is None else wrap(cls)


def fields(class_or_instance):
    try:
        known = getattr(class_or_instance, _FIELDS)
    except AttributeError:
        raise TypeError("must be called with a dataclass type or instance") from None
    return tuple([f for f in known.values() if not f._init_only])


def is_dataclass(obj):
    return hasattr(obj if isinstance(obj, type) else type(obj), _FIELDS)


def _plain(value, convert):
    """A copy with each dataclass instance inside converted."""
    if is_dataclass(value) and not isinstance(value, type):
        return convert(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*[_plain(item, convert) for item in value])
    if isinstance(value, (list, tuple)):
        return type(value)([_plain(item, convert) for item in value])
    if isinstance(value, dict):
        return type(value)((_plain(k, convert), _plain(v, convert)) for k, v in value.items())
    return _copy.deepcopy(value)


def asdict(instance, *, dict_factory=dict):
    if not is_dataclass(instance) or isinstance(instance, type):
        raise TypeError("asdict() should be called on dataclass instances")

    def convert(value):
        return dict_factory([(f.name, _plain(getattr(value, f.name), convert)) for f in fields(value)])
    return convert(instance)


def astuple(instance, *, tuple_factory=tuple):
    if not is_dataclass(instance) or isinstance(instance, type):
        raise TypeError("astuple() should be called on dataclass instances")

    def convert(value):
        return tuple_factory([_plain(getattr(value, f.name), convert) for f in fields(value)])
    return convert(instance)


def replace(instance, /, **changes):
    if not is_dataclass(instance) or isinstance(instance, type):
        raise TypeError("replace() should be called on dataclass instances")
    for f in getattr(instance, _FIELDS).values():
        if not f.init:
            if f.name in changes:
                raise ValueError(f"field {f.name} is declared with init=False, it cannot be "
                                 "specified with replace()")
        elif f.name not in changes:
            if f._init_only and f.default is MISSING:
                raise ValueError(f"InitVar {f.name!r} must be specified with replace()")
            changes[f.name] = getattr(instance, f.name)
    return type(instance)(**changes)


def make_dataclass(cls_name, fields, *, bases=(), namespace=None, **options):
    body, annotations = dict(namespace or {}), {}
    for item in fields:
        name, *rest = (item, "typing.Any") if isinstance(item, str) else item
        if not isinstance(name, str) or not name.isidentifier():
            raise TypeError(f"Field names must be valid identifiers: {name!r}")
        if name in annotations:
            raise TypeError(f"Field name duplicated: {name!r}")
        annotations[name] = rest[0]
        if len(rest) > 1:
            body[name] = rest[1]
    body["__annotations__"] = annotations
    return dataclass(type(cls_name, bases, body), **options)
