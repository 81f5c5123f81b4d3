"""The classes of objects that have no name among the builtin ones."""
import sys as _sys


def _examples():
    def function():
        captured

    captured = None
    try:
        raise TypeError
    except TypeError as problem:
        traceback = problem.__traceback__

    class Slots:
        __slots__ = ("slot",)

    return (type(function), type(function.__code__), type(function.__closure__[0]),
            type(traceback), type(traceback.tb_frame), type(Slots.slot),
            type((item for item in ())), type(Slots().__init__))


(FunctionType, CodeType, CellType, TracebackType, FrameType, MemberDescriptorType, GeneratorType,
 MethodWrapperType) = _examples()
LambdaType = FunctionType
MethodType = type(type("", (), {"method": lambda self: None})().method)
BuiltinFunctionType = BuiltinMethodType = type(len)
MethodDescriptorType = type(str.join)
WrapperDescriptorType = type(object.__init__)
GetSetDescriptorType = type(FunctionType.__code__)
MappingProxyType = type(type.__dict__)
ModuleType = type(_sys)
SimpleNamespace = type(_sys.implementation)
NoneType = type(None)
UnionType = type(int | str)
GenericAlias = type(list[int])
NotImplementedType = type(NotImplemented)
EllipsisType = type(...)


def new_class(name, bases=(), kwds=None, exec_body=None):
    body = {}
    if exec_body is not None:
        exec_body(body)
    return type(name, tuple(bases), body, **(kwds or {}))


class DynamicClassAttribute(property):
    """A property of instances alone: the class is asked by its other means."""

    def __get__(self, instance, owner=None):
        if instance is None:
            raise AttributeError
        return super().__get__(instance, owner)
# SPDX-License-Identifier: MIT
