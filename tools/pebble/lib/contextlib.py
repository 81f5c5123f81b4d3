"""With statements made easy."""
import os as _os
import sys as _sys
from abc import Interface as _Interface
from functools import wraps as _wraps


class AbstractContextManager(_Interface):
    _methods = ("__enter__", "__exit__")

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        return None


class ContextDecorator:
    """Lets a context manager decorate a function."""

    def _recreate_cm(self):
        return self

    def __call__(self, func):
        @_wraps(func)
        def inner(*args, **kwds):
            with self._recreate_cm():
                return func(*args, **kwds)
        return inner


class _GeneratorContextManager(ContextDecorator, AbstractContextManager):
    """What a function under @contextmanager gives."""

    def __init__(self, func, args, kwds):
        self.gen = func(*args, **kwds)
        self.func, self.args, self.kwds = func, args, kwds
        self.__doc__ = func.__doc__

    def _recreate_cm(self):
        return type(self)(self.func, self.args, self.kwds)

    def __enter__(self):
        del self.args, self.kwds, self.func
        try:
            return next(self.gen)
        except StopIteration:
            raise RuntimeError("generator didn't yield") from None

    def __exit__(self, exc_type, value, traceback):
        if exc_type is None:
            try:
                next(self.gen)
            except StopIteration:
                return False
            raise RuntimeError("generator didn't stop")
        if value is None:
            value = exc_type()
        try:
            self.gen.throw(exc_type, value, traceback)
        except BaseException as problem:
            if isinstance(problem, StopIteration) and problem is not value:
                return True
            # What was thrown in and comes back, as it is or inside the RuntimeError that a
            # generator makes of a StopIteration, is raised on by the with statement itself.
            returned = problem is value or (
                isinstance(problem, RuntimeError) and isinstance(value, StopIteration)
                and problem.__cause__ is value)
            if not returned:
                raise
            value.__traceback__ = traceback
            return False
        raise RuntimeError("generator didn't stop after throw()")


def contextmanager(func):
    @_wraps(func)
    def helper(*args, **kwds):
        return _GeneratorContextManager(func, args, kwds)
    return helper


class closing(AbstractContextManager):
    def __init__(self, thing):
        self.thing = thing

    def __enter__(self):
        return self.thing

    def __exit__(self, *exc_info):
        self.thing.close()


class nullcontext(AbstractContextManager):
    def __init__(self, enter_result=None):
        self.enter_result = enter_result

    def __enter__(self):
        return self.enter_result

    def __exit__(self, *excinfo):
        pass


class suppress(AbstractContextManager):
    def __init__(self, *exceptions):
        self._exceptions = exceptions

    def __enter__(self):
        pass

    def __exit__(self, exctype, excinst, exctb):
        return exctype is not None and issubclass(exctype, self._exceptions)


class _Redirect(AbstractContextManager):
    def __init__(self, new_target):
        self._new_target = new_target
        self._old_targets = []

    def __enter__(self):
        self._old_targets.append(getattr(_sys, self._stream))
        setattr(_sys, self._stream, self._new_target)
        return self._new_target

    def __exit__(self, exctype, excinst, exctb):
        setattr(_sys, self._stream, self._old_targets.pop())


class redirect_stdout(_Redirect):
    _stream = "stdout"


class redirect_stderr(_Redirect):
    _stream = "stderr"


class chdir(AbstractContextManager):
    def __init__(self, path):
        self.path = path
        self._old_cwd = []

    def __enter__(self):
        self._old_cwd.append(_os.getcwd())
        _os.chdir(self.path)

    def __exit__(self, *excinfo):
        _os.chdir(self._old_cwd.pop())


def _append_context(new, old, outside):
    """Makes `old` the last context of `new`, in place of the exception handled outside."""
    while new.__context__ is not None and new.__context__ is not outside:
        if new.__context__ is old:
            return
        new = new.__context__
    new.__context__ = old


class ExitStack(AbstractContextManager):
    """Context managers and callbacks entered one by one, left in the opposite order."""

    def __init__(self):
        self._exits = []

    def enter_context(self, cm):
        cls = type(cm)
        if not hasattr(cls, "__enter__") or not hasattr(cls, "__exit__"):
            raise TypeError(f"'{cls.__module__}.{cls.__qualname__}' object does not support the "
                            "context manager protocol")
        result = cls.__enter__(cm)
        self._exits.append(lambda *details: cls.__exit__(cm, *details))
        return result

    def push(self, exit):
        method = getattr(type(exit), "__exit__", None)
        self._exits.append(exit if method is None else lambda *details: method(exit, *details))
        return exit

    def callback(self, callback, /, *args, **kwds):
        def leave(*details):
            callback(*args, **kwds)
        self._exits.append(leave)
        return callback

    def pop_all(self):
        new = type(self)()
        new._exits, self._exits = self._exits, []
        return new

    def close(self):
        self.__exit__(None, None, None)

    def __exit__(self, *details):
        first = problem = details[1]
        outside = _sys.exc_info()[1]
        while self._exits:
            leave = self._exits.pop()
            try:
                if problem is None:
                    leave(None, None, None)
                elif leave(type(problem), problem, problem.__traceback__):
                    problem = None
            except BaseException as new:
                _append_context(new, problem, outside)
                problem = new
        if problem is not None and problem is not first:
            context = problem.__context__
            try:
                raise problem
            except BaseException:
                problem.__context__ = context
                raise
        return first is not None and problem is None
# SPDX-License-Identifier: MIT
