"""The package `test` of CPython's test suite: this folder's modules first, then those of the suite."""
__path__.append("/usr/lib/python3.11/test")
# SPDX-License-Identifier: MIT
