# Two objects that hold each other: reference counts never reach zero, a collection finds them.
import gc
import sys
import weakref


class Person:
    def __init__(self, name):
        self.name = name
        self.friend = None

    def __repr__(self):
        return f"Person({self.name!r})"


gc.disable()
gc.collect()

ada = Person("Ada")
bob = Person("Bob")
print(sys.getrefcount(ada), sys.getrefcount(bob))
ada.friend = bob
bob.friend = ada
print(sys.getrefcount(ada), sys.getrefcount(bob))

told = []
watch = [weakref.ref(p, lambda ref: told.append(ref())) for p in (ada, bob)]
print([ref() for ref in watch])
del ada, bob
gc.collect()
print([ref() for ref in watch], told)

# One link taken out by hand, and counting alone is enough.
eve = Person("Eve")
joe = Person("Joe")
eve.friend, joe.friend = joe, eve
gone = [weakref.ref(eve), weakref.ref(joe)]
eve.friend = None
del eve
print("Eve is held by Joe:", gone[0]() is joe.friend)
del joe
print("both gone:", [ref() is None for ref in gone])

# A ring of many, and a way in from outside that keeps all of it.
ring = [Person(str(number)) for number in range(10)]
for number, person in enumerate(ring):
    person.friend = ring[(number + 1) % len(ring)]
refs = [weakref.ref(person) for person in ring]
door = ring[3]
del ring, person
gc.collect()
print("alive with a door:", sum(ref() is not None for ref in refs))
walk, names = door, []
for _ in range(12):
    names.append(walk.name)
    walk = walk.friend
print(" ".join(names))
del door, walk
gc.collect()
print("alive without:", sum(ref() is not None for ref in refs))
# SPDX-License-Identifier: MIT
