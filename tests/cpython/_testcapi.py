"""In the place of CPython's C extension for its tests: what needs it is skipped with the reason."""
import unittest


def _skipping(reason):
    def replace(cls):
        class Skipping:
            def __new__(cls, *args, **kwargs):
                raise unittest.SkipTest(reason)
        return Skipping
    return replace


with_tp_del = _skipping("needs old-style finalizers (tp_del), which the heap does not have")
without_gc = _skipping("needs a class whose instances the collector does not know")


def create_cfunction():
    """A function that is not written in Python."""
    return [].append
# SPDX-License-Identifier: MIT
