# WeakKeyDictionary: facts about objects that do not keep the objects alive.
import gc
import weakref


class Widget:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"Widget({self.name})"


class Equal(Widget):
    def __eq__(self, other):
        return isinstance(other, Equal) and self.name == other.name

    def __hash__(self):
        return hash(self.name)


facts = weakref.WeakKeyDictionary()
button, label = Widget("button"), Widget("label")
facts[button] = {"clicks": 0}
facts[label] = {"text": "hello"}
facts[button]["clicks"] += 2
print(len(facts), facts[button], button in facts, Widget("x") in facts)
print(sorted(widget.name for widget in facts))
print(sorted(str(value) for value in facts.values()))
del label
print(len(facts), list(facts.items()))
print(facts.get(Widget("none"), "nothing"), facts.setdefault(button, "kept"))
print([ref() for ref in facts.keyrefs()])

try:
    facts[Widget("unknown")]
except KeyError as error:
    print("KeyError")
try:
    facts[7] = 1
except TypeError as error:
    print(error)
print(7 in facts, None in facts)

# Equal keys: the first one stays the key, and its death takes the entry.
one, two = Equal("same"), Equal("same")
table = weakref.WeakKeyDictionary({one: 1})
table[two] = 2
print(len(table), table[one], next(iter(table)) is one)
del one
print(len(table), two in table)

# Values may refer to other keys.
parents = weakref.WeakKeyDictionary()
root, leaf = Widget("root"), Widget("leaf")
parents[leaf] = root
ref = weakref.ref(root)
del root
print("held by the value:", ref() is not None)
del leaf
print("gone with the key:", ref() is None, len(parents))

# A key in a cycle of its own.
left, right = Widget("left"), Widget("right")
left.peer, right.peer = right, left
parents[left] = 1
del left, right
gc.collect()
print(len(parents))

keys = [Widget(str(number)) for number in range(5)]
table = weakref.WeakKeyDictionary((key, int(key.name)) for key in [])
table.update({key: int(key.name) for key in keys})
for key in table:
    if int(key.name) % 2:
        keys.remove(key)
del key
print(len(table), sorted(table.values()))
print(table.pop(keys[0]), sorted(table.values()))
copied = table.copy()
table.clear()
print(len(table), len(copied))
# SPDX-License-Identifier: MIT
