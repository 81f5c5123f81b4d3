# __del__ may make its object reachable again; it then lives on, and is finalized no second time.
import gc
import weakref

saved = []


class Phoenix:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("finalizer of", self.name)
        saved.append(self)

    def __repr__(self):
        return self.name


gc.disable()
bird = Phoenix("by count")
del bird
print(saved, gc.is_finalized(saved[0]))
saved.clear()
print("cleared:", saved)

a, b = Phoenix("first of two"), Phoenix("second of two")
a.other, b.other = b, a
del a, b
gc.collect()
saved.sort(key=lambda bird: bird.name)
print(saved, [gc.is_finalized(bird) for bird in saved], saved[0].other is saved[1])
ref = weakref.ref(saved[0])
saved.clear()
gc.collect()
print("gone the second time, in silence:", ref(), saved)


# One saved member saves all that it reaches, finalizer or not.
class Plain:
    pass


def make():
    bird, tail = Phoenix("with a tail"), Plain()
    bird.tail, tail.bird = tail, bird
    tail.list = [tail, "kept"]
    return weakref.ref(tail)


tail = make()
gc.collect()
print("references to what was saved were cleared:", tail())
print(saved[0].tail.list[1], saved[0].tail.bird is saved[0])
saved.clear()
gc.collect()


# A callback is told of the death that was planned, even though it did not come.
class Saver:
    def __del__(self):
        saved.append(self)


calls = []
saver = Saver()
saver.me = saver
ref = weakref.ref(saver, lambda ref: calls.append("told"))
del saver
gc.collect()
print(len(saved), calls, ref())
saved.clear()
gc.collect()


# Resurrection by count: a weak reference without a cycle stays.
saver = Saver()
ref = weakref.ref(saver, lambda ref: calls.append("told later"))
del saver
print(len(saved), ref() is saved[0], calls)
saved.clear()
print(ref(), calls)
# SPDX-License-Identifier: MIT
