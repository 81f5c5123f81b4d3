# weakref.ref: identity, equality, hashing, callbacks, subclasses, what cannot be referred to.
import gc
import weakref


class Thing:
    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        return isinstance(other, Thing) and self.name == other.name

    def __hash__(self):
        return hash(self.name)

    def __repr__(self):
        return f"Thing({self.name})"


a, twin, other = Thing("a"), Thing("a"), Thing("b")
ref, again = weakref.ref(a), weakref.ref(a)
print("one reference without a callback:", ref is again)
with_callback = weakref.ref(a, lambda r: None)
print("with a callback it is another:", with_callback is ref, with_callback == ref)
print("equal as their referents are:", ref == weakref.ref(twin), ref == weakref.ref(other))
print("hashes alike:", hash(ref) == hash(a), len({ref, weakref.ref(twin)}))
print(weakref.getweakrefcount(a), len(weakref.getweakrefs(a)), weakref.getweakrefs(a)[0] is ref)

calls = []
first = weakref.ref(other, lambda r: calls.append("first"))
second = weakref.ref(other, lambda r: calls.append("second"))
third = weakref.ref(other, lambda r: calls.append(r() is None))
del other
print("callbacks, last made first:", calls)
print(first() is None, first == second, first == first)

dead = weakref.ref(Thing("short"))
print(dead(), dead == weakref.ref(a))
try:
    hash(dead)
except TypeError as error:
    print("TypeError:", error)
hash(ref)
number = hash(ref)
del a, with_callback
print("hash survives:", ref() is None, hash(ref) == number)

# A reference that dies before its referent never calls.
calls.clear()
thing = Thing("watched")
watcher = weakref.ref(thing, calls.append)
del watcher, thing
print("calls of a dead reference:", calls)


class Labelled(weakref.ref):
    __slots__ = ("label",)

    def __init__(self, referent, callback=None, label=""):
        super().__init__(referent, callback)
        self.label = label

    def __new__(cls, referent, callback=None, label=""):
        return super().__new__(cls, referent, callback)

    def __call__(self):
        return self.label, super().__call__()


thing = Thing("c")
labelled = Labelled(thing, label="sea")
print(labelled(), isinstance(labelled, weakref.ref), labelled is Labelled(thing, label="see"))
del thing
print(labelled())

for value in (1, None, True):
    try:
        weakref.ref(value)
    except TypeError as error:
        print(error)
print(type(weakref.ref(Thing)).__name__, weakref.ref is weakref.ReferenceType)
# SPDX-License-Identifier: MIT
