"""The package `test` of CPython's test suite: this folder's modules first, then those of the suite.

What tools/cpython-tests has cut out of a module comes before the whole of it.
"""
import os

__path__ += [os.environ["CPYTHON_CUT"]] if "CPYTHON_CUT" in os.environ else []
__path__.append("/usr/lib/python3.11/test")
# SPDX-License-Identifier: MIT
