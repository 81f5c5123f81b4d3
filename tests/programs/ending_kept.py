# A program's module that something still holds at the end is emptied: private names first.
import sys


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        known = [name for name in ("a", "_b", "_c", "__d", "e") if globals().get(name) is not None]
        print("dies:", self.name, *known)


a = Noisy("a")
_b = Noisy("_b")
_c = Noisy("_c")
__d = Noisy("__d")
e = Noisy("e")
sys.kept = sys.modules[__name__]
# SPDX-License-Identifier: MIT
