"""Tuples whose items have names."""
import sys as _sys


class _tuplegetter:
    # An item of a named tuple as an attribute.

    __slots__ = ("_index", "__doc__")

    def __init__(self, index):
        self._index = index
        self.__doc__ = f"Alias for field number {index}"

    def __get__(self, obj, cls=None):
        return self if obj is None else tuple.__getitem__(obj, self._index)

    def __set__(self, obj, value):
        raise AttributeError("can't set attribute")

    def __repr__(self):
        return f"_tuplegetter({self._index}, {self.__doc__!r})"


_KEYWORDS = frozenset("False None True and as assert async await break class continue def del elif "
                      "else except finally for from global if import in is lambda nonlocal not or "
                      "pass raise return try while with yield".split())


def _check_names(typename, names, rename):
    seen = set()
    for i, name in enumerate(names):
        if rename and (not name.isidentifier() or name in _KEYWORDS or name.startswith("_")
                       or name in seen):
            names[i] = f"_{i}"
        seen.add(name)
    for name in [typename, *names]:
        if type(name) is not str:
            raise TypeError("Type names and field names must be strings")
        if not name.isidentifier():
            raise ValueError(f"Type names and field names must be valid identifiers: {name!r}")
        if name in _KEYWORDS:
            raise ValueError(f"Type names and field names cannot be a keyword: {name!r}")
    seen = set()
    for name in names:
        if name.startswith("_") and not rename:
            raise ValueError(f"Field names cannot start with an underscore: {name!r}")
        if name in seen:
            raise ValueError(f"Encountered duplicate field name: {name!r}")
        seen.add(name)


def namedtuple(typename, field_names, *, rename=False, defaults=None, module=None):
    """A class of tuples whose items have names."""
    if isinstance(field_names, str):
        field_names = field_names.replace(",", " ").split()
    names = list(map(str, field_names))
    _check_names(typename, names, rename)
    names = tuple(names)
    defaults = () if defaults is None else tuple(defaults)
    if len(defaults) > len(names):
        raise TypeError("Got more default values than field names")

    row = ", ".join(names) + ("," if names else "")
    scope = {"_new": tuple.__new__, "__name__": f"namedtuple_{typename}"}
    exec(f"def __new__(_cls, {row}): return _new(_cls, ({row}))", scope)
    create = scope["__new__"]
    create.__defaults__ = defaults or None
    create.__qualname__ = f"{typename}.__new__"

    def _make(cls, iterable):
        result = tuple.__new__(cls, iterable)
        if len(result) != len(names):
            raise TypeError(f"Expected {len(names)} arguments, got {len(result)}")
        return result

    def _replace(self, /, **kwds):
        result = self._make(kwds.pop(name, item) for name, item in zip(names, self))
        if kwds:
            raise ValueError(f"Got unexpected field names: {list(kwds)!r}")
        return result

    def _asdict(self):
        return dict(zip(names, self))

    def __repr__(self):
        fields = ", ".join(f"{name}={item!r}" for name, item in zip(names, self))
        return f"{type(self).__name__}({fields})"

    def __getnewargs__(self):
        return tuple(self)

    if module is None:
        module = _sys._getframe(1).f_globals.get("__name__", "__main__")
    body = {"__slots__": (), "__module__": module, "__doc__": f"{typename}({', '.join(names)})",
            "_fields": names, "_field_defaults": dict(zip(names[len(names) - len(defaults):],
                                                          defaults)),
            "__match_args__": names, "__new__": create, "_make": classmethod(_make),
            "_replace": _replace, "_asdict": _asdict, "__repr__": __repr__,
            "__getnewargs__": __getnewargs__}
    for i, name in enumerate(names):
        body[name] = _tuplegetter(i)
    return type(typename, (tuple,), body)
# SPDX-License-Identifier: MIT
