# SPDX-License-Identifier: MIT
"""Weak containers of CPython (they have no C API): nanoseconds an operation, one line each."""
import gc
import sys
import time
import weakref


class Node:
    __slots__ = ("first", "second", "__weakref__")


def report(name, start, count):
    print(f"{name} {(time.process_time_ns() - start) / count:.3f}")


def weak_value_map(count):
    keys = [Node() for _ in range(count)]
    values = [Node() for _ in range(count)]
    container = weakref.WeakValueDictionary()
    pairs = list(zip(keys, values))
    start = time.process_time_ns()
    for key, value in pairs:
        container[key] = value
    report("insert", start, count)
    start = time.process_time_ns()
    for key in keys:
        container[key]
    report("hit", start, count)
    del pairs, key, value
    start = time.process_time_ns()
    values.clear()
    report("death", start, count)
    assert not container


def weak_set(count):
    members = [Node() for _ in range(count)]
    container = weakref.WeakSet(members)
    seen = 0
    start = time.process_time_ns()
    for _ in container:
        seen += 1
    report("iterate", start, count)
    assert seen == count


gc.disable()
COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 100000
weak_value_map(COUNT)
weak_set(COUNT)
