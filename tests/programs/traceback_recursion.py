# Lines that repeat in a traceback are counted, and a deep recursion ends in an error.
import sys


def countdown(n):
    if n == 0:
        raise LookupError("reached the end")
    return countdown(n - 1)


def even(n):
    return odd(n - 1)


def odd(n):
    return even(n - 1)


for function in (even, odd):
    try:
        function(0)
    except RecursionError as error:
        print(type(error).__name__, error)

depth = 0


def dive():
    global depth
    depth += 1
    dive()


sys.setrecursionlimit(300)
try:
    dive()
except RecursionError:
    print("shallower now:", 200 < depth <= 300)
sys.setrecursionlimit(1000)


class Shows:
    def __repr__(self):
        return f"<{self!r}>"


class Finds:
    def __getattr__(self, name):
        return getattr(self, name)


for attempt in (lambda: repr(Shows()), lambda: Finds().x, lambda: str(Shows())):
    try:
        attempt()
    except RecursionError as error:
        print("RecursionError")

try:
    countdown(2)
except LookupError as error:
    print(error)
countdown(20)
# SPDX-License-Identifier: MIT
