# Dicts: order, updates, views, deletion, keys of all kinds, changes while iterating.
d = {"b": 1, "a": 2}
d["c"] = 3
d["a"] = 20
print(d, list(d), d.keys(), d.values(), d.items(), len(d), "a" in d, 2 in d.values(), ("b", 1) in d.items())
del d["b"]
d["b"] = 10
print(d, d.pop("a"), d.pop("x", None), d.popitem(), d, d.setdefault("c", 0), d.setdefault("n", []), d)
print(dict(a=1, **{"b": 2}), dict([("x", 1), ("x", 2)]), dict(zip("ab", (1, 2))), dict({"k": 1}, k=2), dict.fromkeys("ab", 0), {**d})
print({1: "int", 1.0: "float", True: "bool"}, {0: "a", False: "b"}, {None: 1, (): 2, (1, "a"): 3, "": 4, frozenset([1]): 5})
print({"a": 1} | {"b": 2}, {"a": 1, "b": 2} == {"b": 2, "a": 1}, {"a": 1} != {"a": 2}, {} == {}, dict() is not dict())
e = {"x": 1}
e |= {"y": 2}
e.update({"z": 3}, w=4)
e.update([("v", 5)])
print(e, e.get("q"), e.get("q", "default"), e.copy() == e, e.copy() is e, list(reversed(e)), sorted(e.items(), key=lambda kv: -kv[1]))
keys, items = e.keys(), e.items()
e["later"] = 6
print(len(keys), "later" in keys, keys & {"x", "nope"}, sorted(keys | {"new"}), sorted(keys - {"x", "y"}), keys == set(e), items >= {("x", 1)})
print(keys.isdisjoint(["none"]), [*e], {k: v for k, v in e.items() if v % 2}, {v: k for k, v in e.items()}[6])


class Key:
    made = 0

    def __init__(self, name):
        self.name = name

    def __hash__(self):
        Key.made += 1
        return hash(len(self.name))

    def __eq__(self, other):
        return isinstance(other, Key) and self.name == other.name

    def __repr__(self):
        return f"K({self.name})"


table = {Key("a"): 1, Key("b"): 2, Key("aa"): 3}
table[Key("b")] = 20
print(table, table[Key("aa")], Key("c") in table, Key.made, len(table))


class Missing(dict):
    def __missing__(self, key):
        self[key] = value = f"made for {key}"
        return value

    def __setitem__(self, key, value):
        super().__setitem__(key, value)


missing = Missing(a=1)
print(missing["a"], missing["b"], missing, missing.get("c"), "c" in missing, type(missing.copy()).__name__)
grow = {n: n for n in range(3)}
for attempt in ("for k in grow: grow[k + 10] = 0", "for k in grow: del grow[k]", "{}['x']", "{[]: 1}", "{{}: 1}", "{}.popitem()",
                "dict([1])", "dict([(1, 2, 3)])", "{}.pop('x')", "del {}[1]", "{} < {}", "{}.x", "dict(5)", "{}[{}]"):
    try:
        exec(attempt)
        print("fine")
    except (RuntimeError, KeyError, TypeError, ValueError, AttributeError) as error:
        print(f"{type(error).__name__}: {error}")
many = {}
for n in range(1000):
    many[n % 37, n % 11] = n
    if n % 3 == 0:
        many.pop(((n * 7) % 37, n % 11), None)
print(len(many), sum(many.values()), list(many)[:3], list(many.items())[-1])
nest = {"self": None}
nest["self"] = nest
print(nest, nest["self"]["self"] is nest, str(nest) == repr(nest), bool({}), bool(nest))


# Views compare what no set can hold; a dict whose keys change while it is iterated is noticed.
d = {0: 0}
for view in (lambda: d, lambda: d.values(), lambda: d.items()):
    try:
        for i in view():
            del d[0]; d[0] = 0
    except RuntimeError as e: print(e)
a, b = {1: [], 2: {}}, {2: {}, 1: []}
print(a.items() == b.items(), a.items() != b.items(), a.items() <= b.items(), a.items() < b.items(), {1: []}.items() < a.items(), a.items() > {1: []}.items(), a.items() >= {3: 3}.items(), a.keys() == {1, 2}, a.keys() < {1, 2, 3}, {1} <= a.keys(), a.keys() > {1}, a.items() == 5, a.items() == [1])
try: a.items() < 5
except TypeError as e: print(e)
print(d.keys().mapping, d.items().mapping == d, d.values().mapping[0])
import collections.abc as abc
print([[isinstance(v, c) for c in (abc.KeysView, abc.ValuesView, abc.ItemsView, abc.MappingView, abc.Set, abc.Sized, abc.Collection)] for v in (d.keys(), d.values(), d.items())])
class E:
    def __eq__(self, o): raise ValueError("eq")
    __hash__ = None
try: {1: E()}.items() == {1: E()}.items()
except ValueError as e: print(e)
it = iter({1: 2, 3: 4}); next(it); import copy; print(list(copy.copy(it)), list(it), list(it), it.__length_hint__())
# SPDX-License-Identifier: MIT

# What popitem() takes leaves its place in the table filled: a search must still end.
churned = {number: number for number in range(5)}
for number in range(5):
    churned.popitem()
for number in range(5, 8):
    churned[number] = number
print(8 in churned, churned, [churned.popitem() for _ in range(3)], 5 in churned)
for number in range(1, 1001):
    churned[number] = churned[-number] = number
    churned.popitem()
    churned.popitem()
print(len(churned), 1001 in churned)
