"""Abstract classes: an instance can be made only of a class without abstract methods.

There are no metaclasses: derive from ABC.
"""


def abstractmethod(funcobj):
    funcobj.__isabstractmethod__ = True
    return funcobj


def _is_abstract(value):
    for part in (value, getattr(value, "__func__", None), getattr(value, "fget", None)):
        if getattr(part, "__isabstractmethod__", False):
            return True
    return False


class Interface:
    """A class counts as derived from one of these when it was registered, or has what it asks for.

    It asks for nothing, for the methods that `_methods` names, or for what __subclasshook__ says.
    """

    __slots__ = ()
    _methods = None

    @classmethod
    def register(cls, subclass):
        if "_registered" not in cls.__dict__:
            cls._registered = []
        cls._registered.append(subclass)
        return subclass

    @classmethod
    def __subclasshook__(cls, subclass):
        wanted = cls.__dict__.get("_methods") or ()
        for name in wanted:
            found = [base.__dict__[name] for base in subclass.__mro__ if name in base.__dict__]
            if not found or found[0] is None:
                return NotImplemented
        return True if wanted else NotImplemented

    @classmethod
    def __subclasscheck__(cls, subclass):
        if cls in subclass.__mro__:
            return True
        verdict = cls.__subclasshook__(subclass)
        if verdict is not NotImplemented:
            return verdict
        return (any(issubclass(subclass, known) for known in cls.__dict__.get("_registered", ()))
                or any(issubclass(subclass, derived) for derived in cls.__subclasses__()))


class ABC(Interface):
    __slots__ = ()
    __abstractmethods__ = frozenset()

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        names = {name for name, value in cls.__dict__.items() if _is_abstract(value)}
        for base in cls.__bases__:
            names.update(name for name in getattr(base, "__abstractmethods__", ())
                         if _is_abstract(getattr(cls, name, None)))
        cls.__abstractmethods__ = frozenset(names)

    def __new__(cls, *args, **kwargs):
        if cls.__abstractmethods__:
            names = sorted(cls.__abstractmethods__)
            raise TypeError(f"Can't instantiate abstract class {cls.__name__} with abstract "
                            f"method{'s' if len(names) > 1 else ''} {', '.join(names)}")
        make = super().__new__
        return make(cls) if make is object.__new__ else make(cls, *args, **kwargs)
# SPDX-License-Identifier: MIT
