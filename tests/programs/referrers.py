# gc.get_referrers and gc.get_referents: who holds an object, and what does it hold?
import gc


class Node:
    def __init__(self, *held):
        self.held = held


class Slotted:
    __slots__ = ("a", "b")


target = Node()
in_list = [target]
in_dict = {"key": target}
in_tuple = (target, 1)
in_node = Node(target)
slotted = Slotted()
slotted.a = target


def closure():
    inner = target

    def function():
        return inner

    return function


in_closure = closure()


def is_referrer(holder):
    return any(found is holder for found in gc.get_referrers(target))


for name, holder in [("list", in_list), ("dict", in_dict), ("tuple", in_tuple), ("slots", slotted),
                     ("cell", in_closure.__closure__[0]), ("globals", globals())]:
    print(f"{name:8} {is_referrer(holder)}")
print("the tuple holds it, the node the tuple:", is_referrer(in_node.held), is_referrer(in_node))
in_list.clear()
print("cleared list:", is_referrer(in_list))


def names(objects):
    return sorted(type(item).__name__ for item in objects)


print(names(gc.get_referents([1, "a", 2.5, None])), names(gc.get_referents({"key": [], 2: ()})))
print(gc.get_referents((1, 2), [3]), gc.get_referents(5), gc.get_referents("text"), gc.get_referents())
print(target in gc.get_referents(in_list), target in gc.get_referents(slotted))
print(Slotted in gc.get_referents(slotted), Node in gc.get_referents(target))
print(gc.get_referents({1, 2, 3}))


def find_path(start, goal, limit=6):
    """The attributes, keys and indices on the way from one object to another."""
    waiting = [(start, [])]
    seen = {id(start)}
    while waiting:
        current, path = waiting.pop(0)
        if current is goal:
            return path
        if len(path) < limit:
            for held in gc.get_referents(current):
                if id(held) not in seen and not isinstance(held, (type, str, int)):
                    seen.add(id(held))
                    waiting.append((held, path + [type(held).__name__]))
    return None


root = Node({"deep": [Node(target)]})
path = find_path(root, target)
print(path[-1], len(path) >= 5)
print(find_path(Node(), target))
everything = gc.get_objects()
print(any(item is target for item in everything), any(item is everything for item in everything))
# SPDX-License-Identifier: MIT
