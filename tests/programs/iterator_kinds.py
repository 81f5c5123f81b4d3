# Each builtin container has its own class of iterators.
import copy
import operator

d = {1: "a", 2: "b", 3: "c"}
sources = [[1, 2], (1, 2), "ab", "aé", b"ab", bytearray(b"ab"), {1, 2}, frozenset({1, 2}), d, d.keys(),
           d.values(), d.items(), range(3), enumerate("ab"), zip("ab", "cd"), map(str, [1, 2])]
for source in sources:
    iterator = iter(source)
    print(type(source).__name__, type(iterator).__name__, next(iterator), repr(iterator).split(" at ")[0])


class Sequence:
    def __getitem__(self, index):
        if index == 3:
            raise IndexError
        return index * index


class Names(list):
    pass


class Text(str):
    pass


for source in (Sequence(), Names("xy"), Text("xy")):
    iterator = iter(source)
    print(type(iterator), list(iterator), list(iterator), operator.length_hint(iter(source), -1))
for source in ([1, 2, 3], (1, 2, 3), "abc", range(3), d, d.keys(), d.values(), d.items(), Names("xy")):
    iterator = reversed(source)
    print(type(iterator).__name__, operator.length_hint(iterator, -1), next(iterator),
          operator.length_hint(iterator, -1), list(copy.copy(iterator)), list(iterator))
for iterator in (reversed, iter):
    iterator = iterator(d.items())
    next(iterator)
    d[len(d) + 1] = "more"
    try:
        next(iterator)
    except RuntimeError as error:
        print(error)
del d[2], d[5]
print(list(reversed(d)), list(reversed(d.values())), list(reversed({})))
print(type(iter(int, 0)), list(iter([3, 2, 1].pop, 2)))
print({type(iter([])), type(iter([1])), type(iter(()))} == {type(iter(list())), type(iter(tuple()))})


# What is in a range, and where.
class Two:
    def __eq__(self, other):
        return other == 2


print(True in range(3), 1.0 in range(3), 1.5 in range(3), "a" in range(3), Two() in range(5), 10 ** 30 in range(5),
      range(5).index(True), range(5).index(2.0), range(5).count(3.0), range(0, 10, 3).index(6))
print(b"abc".hex("-"), b"abcdef".hex("_", 2), b"abcdefg".hex(":", -4), b"".hex(" "), bytearray(b"ab").hex())
# SPDX-License-Identifier: MIT
