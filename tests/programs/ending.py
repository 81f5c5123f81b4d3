# In which order things die when a program ends.
import atexit
import io
import sys
import weakref


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("dies:", self.name, type(self).__name__, len(globals()) > 3)
        if self.name == "failing":
            raise ValueError(self.name)
        if self.name == "importing":
            try:
                import string
            except ImportError as error:
                print(error)


def closed_over(value):
    def inner():
        return value
    return inner


def generate():
    try:
        held = Noisy("held by a generator")
        yield held.name
    finally:
        print("the generator ends")


class Family:
    shared = Noisy("attribute of a class")

    def __init__(self, parent=None):
        self.parent = parent
        self.children = [] if parent else [Family(self), Noisy("child 1"), Noisy("child 2")]

    def __del__(self):
        print("dies: family", self.parent is None, len(self.children))


first = Noisy("first")
_private = Noisy("private")
__hidden = Noisy("hidden")
function = closed_over(Noisy("in a closure"))
generator = generate()
next(generator)
family = Family()
items = [Noisy("item 1"), Noisy("item 2"), Noisy("item 3")]
table = {"b": Noisy("value b"), "a": Noisy("value a")}
same = first
failing = Noisy("failing")
importing = Noisy("importing")
weakref.finalize(first, print, "finalize first")
watched = weakref.ref(first, lambda ref: print("not called: it dies with what it watches"))
atexit.register(setattr, sys, "stdout", io.StringIO())
atexit.register(print, "atexit, called second")
atexit.register(lambda: print("atexit, called first", same.name))
last = Noisy("last")
sys.exit(3)
# SPDX-License-Identifier: MIT
