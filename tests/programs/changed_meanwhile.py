# Finalizers and comparisons that change a container while it is copied, joined or grown: the
# collection that runs a finalizer comes with some allocation on the way.
import gc


class Trap:
    """Garbage whose finalizer does something, in one of the next collections."""

    def __init__(self, action, after):
        self.action = action
        self.after = after
        self.me = self

    def __del__(self):
        if self.after == 0:
            self.action()
        else:
            Trap(self.action, self.after - 1)


class Item:
    def __init__(self, n):
        self.n = n


def items(n):
    return [Item(i) for i in range(n)]


def delete_every_second(x):
    del x[::2]


def multiply(x):
    x *= 2


def trapped(make, mutate, use, most=6):
    for after in range(most):
        target = make()
        Trap(lambda: mutate(target), after)
        try:
            result = use(target)
        except (RuntimeError, IndexError):
            continue
        if result is not None:
            [type(item) for item in result]


list_uses = (
    lambda x: x[:], lambda x: x[1:11:3], lambda x: x.copy(), lambda x: x + [1], lambda x: [0] + x, lambda x: x * 3,
    lambda x: x.append(1), lambda x: x.extend(x), lambda x: x.insert(3, 4), lambda x: tuple(x), delete_every_second,
    multiply, lambda x: x.__setitem__(slice(2, 5), [1] * 9), lambda x: [*x, 1])
for use in list_uses:
    trapped(lambda: items(12), lambda x: x.clear(), use)
    trapped(lambda: items(12), lambda x: x.extend(items(30)), use)
    trapped(lambda: items(12), lambda x: x.__delitem__(slice(3, None)), use)
for _ in range(6):
    gc.collect()
print("lists")

set_uses = (lambda x: set(x), lambda x: x.copy(), lambda x: x | {1}, lambda x: {1} | x, lambda x: x ^ {1, 2},
            lambda x: x.update(range(9)), lambda x: {*x, 1})
for use in set_uses:
    trapped(lambda: set(items(12)), lambda x: x.clear(), use)
    trapped(lambda: {1, 2, 3, 4}, lambda x: x.update(items(60)), use)


def add_many(x):
    for i in range(20):
        x.add(i)


trapped(lambda: set(), lambda x: x.update(range(100, 400)), add_many, 20)
for _ in range(20):
    gc.collect()
print("sets")

dict_uses = (lambda x: dict(x), lambda x: x.copy(), lambda x: x | {1: 2}, lambda x: {**x}, lambda x: list(x),
             lambda x: x.update({i: i for i in range(9)}), lambda x: dict.fromkeys(x))
for use in dict_uses:
    trapped(lambda: {i: Item(i) for i in items(12)}, lambda x: x.clear(), use)
    trapped(lambda: {str(i): Item(i) for i in range(4)}, lambda x: x.update({Item(1): 2}), use)
for _ in range(6):
    gc.collect()
print("dicts")


class Key:
    """Equal to none, and asking it changes a container."""

    def __init__(self, n, action):
        self.n = n
        self.action = action

    def __hash__(self):
        return self.n

    def __eq__(self, other):
        self.action()
        return False


set_joins = (lambda a, b: a.update(b), lambda a, b: a | b, lambda a, b: a ^ b, lambda a, b: a & b, lambda a, b: a - b)
dict_joins = (lambda a, b: a.update(b), lambda a, b: a | b, lambda a, b: b.copy(), lambda a, b: {**a, **b})
for kind, joins in ((set, set_joins), (dict.fromkeys, dict_joins)):
    for join in joins:
        action = [lambda: None]
        a = kind([Key(i % 7, lambda: action[0]()) for i in range(20)])
        b = kind([Key(i % 7, lambda: action[0]()) for i in range(20)])
        action[0] = b.clear
        try:
            join(a, b)
        except RuntimeError:
            pass
print("comparisons")
# SPDX-License-Identifier: MIT
