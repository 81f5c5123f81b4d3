"""Pebble has no threads."""
import unittest


def requires_working_threading(*, module=False):
    return unittest.skip("needs threads")
# SPDX-License-Identifier: MIT
