# A suspended generator holds its frame, and the frame everything that its code may still use.
import gc
import sys
import weakref


class Token:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print(f"    {self.name} gone")


def holding(name):
    token = Token(name)
    try:
        yield 1
        yield token.name
    finally:
        print("    leaving", name)


print("run to its end:")
generator = holding("whole")
print("   ", list(generator))

print("dropped half way:")
generator = holding("half")
next(generator)
del generator

print("never started:")
generator = holding("unstarted")
del generator

print("closed:")
generator = holding("closed")
next(generator)
generator.close()
generator.close()
print("   ", next(generator, "exhausted"))

print("thrown into:")
generator = holding("thrown")
next(generator)
try:
    generator.throw(KeyError("from outside"))
except KeyError as error:
    print("   ", repr(error))

print("frame:")
generator = holding("framed")
print("   ", generator.gi_frame is not None, generator.gi_running, generator.gi_yieldfrom)
next(generator)
print("   ", sorted(generator.gi_frame.f_locals))
generator.close()
print("   ", generator.gi_frame)


def delegating(name):
    inner = holding(name)
    result = yield from inner
    return result


print("delegation:")
generator = delegating("delegated")
next(generator)
print("   ", generator.gi_yieldfrom.gi_frame.f_locals["name"])
del generator

print("in a cycle with itself:")


def own(token):
    me = yield
    yield me, token


generator = own(Token("cyclic"))
next(generator)
generator.send(generator)
del generator
gc.collect()

print("arguments are held from the call on:")
token = Token("argument")
generator = own(token)
ref = weakref.ref(token)
del token
print("   ", ref() is not None)
del generator
print("   ", ref() is None)

print("a generator expression holds its first iterable:")
source = [Token("element")]
squares = (item.name for item in source)
del source
print("   ", next(squares))
del squares
print("the frame of a generator that is over refers to no caller:")
frames = []


def note():
    try:
        yield 1
    finally:
        frames.append(sys._getframe())
        print("   ", frames[-1].f_back is not None)


def let_go():
    noting = note()
    next(noting)


let_go()
print("   ", frames[-1].f_back)
print("end")
# SPDX-License-Identifier: MIT
