"""What CPython's tests ask of `test.support`, in the amount that the tests of the collector need.

Tests that CPython keeps for itself (`cpython_only`, `refcount_test`) run here too: their subject is the
very behaviour that the heap promises.
"""
import contextlib
import gc
import io
import sys
import unittest

verbose = 0
is_emscripten = False
is_wasi = False
MAX_Py_ssize_t = sys.maxsize


def _run_as_it_is(test):
    return test


cpython_only = _run_as_it_is
refcount_test = _run_as_it_is
no_tracing = _run_as_it_is
requires_docstrings = _run_as_it_is


def requires_subprocess():
    return _run_as_it_is


def impl_detail(message=None, **which):
    return _run_as_it_is


def check_impl_detail(**which):
    """As CPython: its details are what the heap promises."""
    return which.get("cpython", not any(which.values()))


def gc_collect():
    # Once for the garbage, again for what finalizers left behind.
    for _ in range(3):
        gc.collect()


class disable_gc:
    """For the time of a `with` block no collection starts by itself."""

    def __enter__(self):
        self.was_enabled = gc.isenabled()
        gc.disable()

    def __exit__(self, *exception):
        if self.was_enabled:
            gc.enable()


class catch_unraisable_exception:
    """What the unraisable hook was last told in a `with` block."""

    def __enter__(self):
        self.unraisable = None
        self.hook = sys.unraisablehook
        sys.unraisablehook = self.keep
        return self

    def keep(self, unraisable):
        self.unraisable = unraisable

    def __exit__(self, *exception):
        sys.unraisablehook = self.hook
        del self.unraisable


def check_free_after_iterating(test, iterate, cls, args=()):
    """An iterator that is at its end lets go of what it walked over; its finalizer may step it."""
    died = []

    class Watched(cls):
        def __del__(self):
            died.append(next(iterator, "at the end"))

    iterator = iterate(Watched(*args))
    test.assertRaises(StopIteration, next, iterator)
    gc_collect()
    test.assertEqual(died, ["at the end"])


def get_attribute(owner, name):
    try:
        return getattr(owner, name)
    except AttributeError:
        raise unittest.SkipTest(f"{owner!r} has no attribute {name!r}") from None


def reap_children():
    """A test has no children that it does not wait for."""


@contextlib.contextmanager
def swap_attr(owner, name, value):
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield before
    finally:
        setattr(owner, name, before)


@contextlib.contextmanager
def captured_output(name):
    """What a stream of `sys` gets in a `with` block."""
    text = io.StringIO()
    with swap_attr(sys, name, text):
        yield text


def captured_stderr():
    return captured_output("stderr")


def captured_stdout():
    return captured_output("stdout")


@contextlib.contextmanager
def infinite_recursion(max_depth=75):
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max_depth)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class _AlwaysEqual:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False


ALWAYS_EQ = _AlwaysEqual()
# SPDX-License-Identifier: MIT
