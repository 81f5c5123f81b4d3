# pprint: containers broken into lines as CPython breaks them.
import collections
import pprint
import types

words = "a heap for scripting runtimes that counts references and collects cycles now and then".split()
table = {word: [len(word), word.upper(), {"first": word[0], "rest": list(word[1:])}] for word in words}
recursive = [1, 2]
recursive.append(recursive)

samples = (
    [], {}, (), set(), "", 1, None, words, tuple(words), set(words), frozenset(words), table,
    [words, words], (words,), {"one": (1,), 2: "two", (3,): None}, [{}] * 30,
    "a text that is much too wide for one line of eighty columns, so that it is broken " * 3,
    "first line\nsecond line\n" + "x" * 90, ["a text that is too wide for what is left of the line " * 3],
    collections.OrderedDict((word, words[:n]) for n, word in enumerate(words)),
    collections.defaultdict(list, table), collections.Counter("counting the letters of a text " * 3),
    collections.deque(words), collections.deque(words, maxlen=20), types.SimpleNamespace(**table),
    types.MappingProxyType(table), [list(range(40)), tuple(range(100, 140))],
)
for sample in samples:
    pprint.pprint(sample)
    pprint.pprint(sample, indent=4, width=40)
    pprint.pprint(sample, width=30, compact=True)
    pprint.pprint(sample, depth=1)
    pprint.pp(sample, width=60)

print(pprint.pformat(recursive).replace(str(id(recursive)), "ID"))
print(pprint.saferepr({"b": [recursive, object], "a": 1}).replace(str(id(recursive)), "ID"))
print(pprint.isrecursive(recursive), pprint.isrecursive(words))
print(pprint.isreadable(words), pprint.isreadable(recursive), pprint.isreadable([object()]))
pprint.pprint([1234567, 12, [10 ** 10]], underscore_numbers=True)


class Mixed:
    def __init__(self, n):
        self.n = n

    def __repr__(self):
        return f"Mixed({self.n})"


class Shown(list):
    def __repr__(self):
        return "Shown"


class Plain(list):
    pass


pprint.pprint([Mixed(1), Shown(words), Plain(words)])


class Upper(pprint.PrettyPrinter):
    def format(self, object, context, maxlevels, level):
        if isinstance(object, str):
            return object.upper(), True, False
        return super().format(object, context, maxlevels, level)


Upper(width=50).pprint([words, {"key": "value"}])
for wrong in ({"indent": -1}, {"depth": 0}, {"width": 0}):
    try:
        pprint.PrettyPrinter(**wrong)
    except ValueError as error:
        print(error)
# SPDX-License-Identifier: MIT
