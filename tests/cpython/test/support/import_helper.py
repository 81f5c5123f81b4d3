"""Modules that a test can do without."""
import sys
import unittest


def import_module(name):
    try:
        __import__(name)
    except ImportError as error:
        raise unittest.SkipTest(f"needs the module {name}") from error
    return sys.modules[name]
# SPDX-License-Identifier: MIT
