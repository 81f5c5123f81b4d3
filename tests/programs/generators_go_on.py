# Generators that swallow GeneratorExit and go on, and iterators that come back while they are closed.
import gc
import sys

sys.unraisablehook = lambda u: print("unraisable", u.exc_type.__name__, u.exc_value)


def stubborn(*held):
    while True:
        try:
            yield held
        except GeneratorExit:
            pass


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


generator = stubborn(Noisy("held by a generator"))
next(generator)
try:
    generator.close()
except RuntimeError as error:
    print(error)
print(next(generator) is not None)
del generator

generator = stubborn(Noisy("held in a cycle"))
held = next(generator)
held[0].generator = generator
del held, generator
gc.collect()


# It saves itself when it is told to end.
saved = []


def saves_itself():
    while True:
        try:
            yield len(saved)
        except GeneratorExit:
            saved.append(me)


me = saves_itself()
next(me)
del me
print(len(saved))


class Back:
    """An iterator that goes on with the generator that delegates to it, while that is closed."""

    def __iter__(self):
        return self

    def __next__(self):
        return 1

    def close(self):
        for call in (lambda: next(outer), lambda: outer.send(1)):
            try:
                call()
                print("went on")
            except ValueError as error:
                print(error)


def delegating():
    yield from Back()


outer = delegating()
next(outer)
outer.close()
print(list(outer))


def nested():
    yield from stubborn()


generator = nested()
next(generator)
try:
    generator.close()
except RuntimeError as error:
    print(error)
del generator
frame = None


def shows_frame():
    global frame
    frame = sys._getframe()
    try:
        yield 1
    except GeneratorExit:
        yield 2


generator = shows_frame()
next(generator)
del generator
print(frame.f_lineno > 0)
del frame


# A frame that is cleared while its generator is suspended: that ends, and does not go on.
def tidy(name):
    try:
        for number in range(3):
            yield number
    finally:
        print("finally", name)


generator = tidy("cleared")
next(generator)
frame = generator.gi_frame
frame.clear()
print(list(generator), generator.gi_frame)
generator.close()
generator = tidy("not begun")
generator.gi_frame.clear()
print(list(generator))


def clears_itself():
    try:
        generator.gi_frame.clear()
    except RuntimeError as error:
        yield error


generator = clears_itself()
print(next(generator))
print("end")
# SPDX-License-Identifier: MIT
