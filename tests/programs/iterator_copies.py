# A copy of an iterator stands where the original stands, and goes on by itself.
import copy
import itertools

for make in (lambda: iter([1, 2, 3]), lambda: iter((1, 2, 3)), lambda: iter("abc"), lambda: iter({1: 2, 3: 4}),
             lambda: iter({1: 2, 3: 4}.items()), lambda: iter(range(3)), lambda: reversed([1, 2, 3]),
             lambda: enumerate("abc"), lambda: zip("abc", "def"), lambda: map(str, [1, 2, 3]),
             lambda: filter(None, [1, 2, 3]), lambda: itertools.count(3), lambda: itertools.repeat(1, 3),
             lambda: itertools.cycle("ab"), lambda: itertools.chain("ab", "c"), lambda: itertools.islice("abcd", 2),
             lambda: itertools.takewhile(bool, "ab"), lambda: itertools.dropwhile(bool, ["", 1, 2]),
             lambda: itertools.accumulate([1, 2, 3]), lambda: itertools.product("ab", "cd"),
             lambda: itertools.combinations("abcd", 2), lambda: itertools.permutations("abc", 2),
             lambda: itertools.combinations_with_replacement("abc", 2), lambda: itertools.compress("abc", "abc"),
             lambda: itertools.zip_longest("ab", "c"), lambda: itertools.starmap(pow, [(1, 2), (3, 4)]),
             lambda: itertools.filterfalse(bool, [0, "", ()]), lambda: itertools.tee("abc")[0]):
    iterator = make()
    first = next(iterator)
    twin = copy.copy(iterator)
    print(first, list(itertools.islice(twin, 5)), list(itertools.islice(iterator, 5)))
for source in ([], (), "ab", "\u00e9", b""):
    print(str(iter(source)).split(" at ")[0])
# SPDX-License-Identifier: MIT
