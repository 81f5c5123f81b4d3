"""What the `with` statement of a test enters: expected exceptions, and parts of a test."""


def class_names(expected):
    if isinstance(expected, tuple):
        return " or ".join(cls.__name__ for cls in expected)
    return expected.__name__


class Catch:
    """Expects an exception of a class (or of one of several)."""

    def __init__(self, test, expected):
        self.test = test
        self.expected = expected
        self.msg = None
        self.by = ""
        self.exception = None

    def handle(self, args, kwargs):
        """The context manager itself, or the call that was asked for in it."""
        if not args:
            self.msg = kwargs.pop("msg", None)
            if kwargs:
                raise TypeError(f"unexpected keyword arguments {sorted(kwargs)}")
            return self
        function, *rest = args
        self.by = " by " + getattr(function, "__name__", str(function))
        with self:
            function(*rest, **kwargs)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if kind is None:
            self.test._fail(f"{class_names(self.expected)} not raised{self.by}", self.msg)
        if not issubclass(kind, self.expected):
            return False
        # Frames would keep alive what the test expects to die.
        self.exception = error.with_traceback(None)
        self.check(error)
        return True

    def check(self, error):
        pass


class Matching(Catch):
    """Expects an exception whose text matches a regular expression, too."""

    def __init__(self, test, expected, pattern):
        super().__init__(test, expected)
        self.pattern = pattern

    def check(self, error):
        import re
        if not re.search(self.pattern, str(error)):
            pattern = self.pattern if isinstance(self.pattern, str) else self.pattern.pattern
            self.test._fail(f'"{pattern}" does not match "{error}"', self.msg)


class SubTest:
    """A part of a test that may fail without ending the test."""

    def __init__(self, test, message, params):
        self.test_case = test
        self.message = message
        self.params = params

    def __enter__(self):
        return None

    def __exit__(self, kind, error, traceback):
        outcome = self.test_case._outcome
        if error is None or outcome is None or not isinstance(error, Exception):
            return False
        from unittest.case import SkipTest
        if isinstance(error, SkipTest):
            outcome.skipped(str(error), self)
        else:
            outcome.failed(error, self)
        return True

    def id(self):
        return f"{self.test_case.id()} {self._description()}"

    def __str__(self):
        return f"{self.test_case} {self._description()}"

    def _description(self):
        parts = [] if self.message is None else [f"[{self.message}]"]
        if self.params:
            parts.append("(" + ", ".join(f"{k}={v!r}" for k, v in self.params.items()) + ")")
        return " ".join(parts) or "(<subtest>)"
# SPDX-License-Identifier: MIT
