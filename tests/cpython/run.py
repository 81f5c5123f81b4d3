"""Runs CPython's tests under pebble, one a process (tools/cpython-tests starts them).

usage: cairn run.py MODULE                  prints the names of the tests in a module
       cairn run.py MODULE CLASS.METHOD     runs one test; the last line says what became of it
       cairn run.py MODULE CLASS.METHOD N   the same; meanwhile every N-th allocation collects first
"""
import sys
import unittest

import cairn


def each_test(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from each_test(test)
        else:
            yield test


def short_name(test):
    """Class.method; a function of a module has its own name."""
    name = test.id()
    return name.split(".", 2)[2] if name.startswith("test.") else name


def verdict(result):
    for word, found in (("failed", result.errors), ("failed", result.failures)):
        if found:
            print("".join(text for test, text in found))
            lines = found[-1][1].rstrip().split("\n")
            return word, lines[-1]
    if result.skipped:
        return "skipped", result.skipped[0][1]
    return "passed", ""


def main(module_name, wanted=None, collect_every=0):
    suite = unittest.defaultTestLoader.loadTestsFromName(f"test.{module_name}")
    tests = {short_name(test): test for test in each_test(suite)}
    if wanted is None:
        print("\n".join(tests))
        return
    result = unittest.TestResult()
    cairn.collect_every(int(collect_every))
    unittest.TestSuite([tests[wanted]]).run(result)
    cairn.collect_every(0)
    word, reason = verdict(result)
    print(f"{word}\t{' '.join(reason.split())}")


main(*sys.argv[1:])
# SPDX-License-Identifier: MIT
