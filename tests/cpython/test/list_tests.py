# SPDX-License-Identifier: MIT
"""What classes of lists and tuples derive their tests from: those themselves are not run here."""
import unittest


class CommonTest(unittest.TestCase):
    type2test = None
