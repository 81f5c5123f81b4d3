# A copy of an iterator stands where the original stands, and goes on by itself.
import copy
import itertools

for make in (lambda: iter([1, 2, 3]), lambda: iter((1, 2, 3)), lambda: iter("abc"), lambda: iter({1: 2, 3: 4}),
             lambda: iter({1: 2, 3: 4}.items()), lambda: iter(range(3)), lambda: reversed([1, 2, 3]),
             lambda: enumerate("abc"), lambda: zip("abc", "def"), lambda: map(str, [1, 2, 3]),
             lambda: filter(None, [1, 2, 3]), lambda: itertools.count(3), lambda: itertools.repeat(1, 3)):
    iterator = make()
    first = next(iterator)
    twin = copy.copy(iterator)
    print(first, list(itertools.islice(twin, 5)))
for source in ([], (), "ab", "\u00e9", b""):
    print(str(iter(source)).split(" at ")[0])
