"""What CPython's tests ask of `test.support`, in the amount that the tests of the collector need.

Tests that CPython keeps for itself (`cpython_only`, `refcount_test`) run here too: their subject is the
very behaviour that the heap promises.
"""
import gc

verbose = 0


def _run_as_it_is(test):
    return test


cpython_only = _run_as_it_is
refcount_test = _run_as_it_is


def requires_subprocess():
    return _run_as_it_is


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


class _AlwaysEqual:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False


ALWAYS_EQ = _AlwaysEqual()
# SPDX-License-Identifier: MIT
