# What finalizers and exit functions register when the program ends already, and what fails then.
import atexit
import sys
import weakref


class Plain:
    pass


class Late:
    def __init__(self, name):
        self.name = name

    def __del__(self, print=print, register=atexit.register, finalize=weakref.finalize):
        register(print, "never:", self.name)
        finalize(self.kept, print, "never: of", self.name)
        print("del", self.name)

    kept = Plain()


def register_more(n):
    print("exit function", n)
    if n < 3:
        atexit.register(print, "never: registered by an exit function")


class Comparing:
    """A function whose comparison changes the list of exit functions."""

    def __call__(self):
        print("comparing")

    asked = False

    def __eq__(self, other):
        if not Comparing.asked:
            Comparing.asked = True
            atexit.unregister(print)
        return False


def fail():
    raise ValueError("in a finalizer")


def show(kind, value, traceback):
    print("excepthook:", kind.__name__, value)


sys.excepthook = show
kept = [Plain() for _ in range(6)]
weakref.finalize(kept[0], print, "finalize", 0)
weakref.finalize(kept[1], fail)
weakref.finalize(kept[2], lambda: weakref.finalize(kept[3], print, "made at the end"))
silent = weakref.finalize(kept[4], print, "never: not at exit")
silent.atexit = False
called = weakref.finalize(kept[5], print, "called by hand", end="!\n")
print(called.atexit, called.alive, called(), called.alive, called())
print(repr(silent).split(" at ")[0], repr(silent).split("; ")[1].split(" at ")[0], repr(called).split("; ")[1])
silent.__init__(kept[4], print, "never either")
silent.atexit = False
print(silent.peek()[1:], silent.alive)
for wrong in (lambda: weakref.finalize(), lambda: weakref.finalize(kept), lambda: weakref.finalize(1, print)):
    try:
        wrong()
    except TypeError as error:
        print("TypeError")

atexit.register(print, "never: unregistered")
atexit.register(Comparing())
atexit.unregister(fail)
atexit.register(register_more, 1)
first, second = Late("global"), Late("cycle")
second.me = second
del second
print("end")
# SPDX-License-Identifier: MIT
