"""Modules that a test can do without."""
import sys
import unittest


def import_module(name):
    try:
        __import__(name)
    except ImportError as error:
        raise unittest.SkipTest(f"needs the module {name}") from error
    return sys.modules[name]


def import_fresh_module(name, fresh=(), blocked=()):
    """Pebble has one module where CPython has one in C and one in Python."""
    return import_module(name)
# SPDX-License-Identifier: MIT
