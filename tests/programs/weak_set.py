# WeakSet: membership without ownership, and the operations of sets.
import gc
import weakref


class Member:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name

    def __lt__(self, other):
        return self.name < other.name


a, b, c, d = (Member(name) for name in "abcd")
club = weakref.WeakSet([a, b])
choir = weakref.WeakSet((b, c))
print(len(club), a in club, c in club, 7 in club)
print(sorted(club | choir), sorted(club & choir), sorted(club - choir), sorted(club ^ choir))
print(type(club | choir).__name__, club == weakref.WeakSet([b, a]), club == choir)
print(club.isdisjoint([d]), club.issubset([a, b, c]), weakref.WeakSet([a]) < club, club >= {a})

club.add(d)
club.discard(a)
club.discard(a)
print(sorted(club))
try:
    club.remove(a)
except KeyError:
    print("KeyError")
club.update([a, c])
print(sorted(club))
club -= choir
print(sorted(club))
club |= choir
club ^= [a, b]
print(sorted(club))

del d
print(sorted(club), len(club))
popped = club.pop()
print(popped in club, len(club))
club.clear()
print(list(club))

# Members leave while it is walked through.
crowd = [Member(f"m{number}") for number in range(8)]
weak = weakref.WeakSet(crowd)
walked = 0
for member in weak:
    walked += 1
    if len(crowd) > 4:
        crowd.remove(member)
del member
print(walked, len(weak), sorted(weak) == sorted(crowd))

ring = Member("ring")
ring.me = ring
weak.add(ring)
copy = weak.copy()
del ring
gc.collect()
print(len(weak), len(copy), repr(weak)[:1])
try:
    weakref.WeakSet([1])
except TypeError as error:
    print(error)
# SPDX-License-Identifier: MIT
