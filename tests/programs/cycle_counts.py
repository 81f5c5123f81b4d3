# How many unreachable objects a collection reports for cycles of different makes.
import gc
import itertools

gc.disable()
gc.collect()


class Node:
    pass


class Slotted:
    __slots__ = ("other",)


kept = []


def instances():
    a, b = Node(), Node()
    a.other, b.other = b, a


def slotted():
    a, b = Slotted(), Slotted()
    a.other, b.other = b, a


def list_in_itself():
    items = []
    items.append(items)


def dict_in_itself():
    table = {}
    table["self"] = table


def tuple_through_list():
    items = []
    items.append((items, 1))


def set_of_instance():
    class Group:
        pass

    kept.append(Group)  # a class is a cycle by itself
    group = Group()
    group.members = {group}


def function_in_its_cell():
    def again():
        return again


def recursive_pair():
    def even(n):
        return n == 0 or odd(n - 1)

    def odd(n):
        return n != 0 and even(n - 1)

    assert even(4)


def bound_method():
    node = Node()
    node.act = Node.__init__.__get__(node)


def exception_in_its_frame():
    try:
        raise ValueError("kept")
    except ValueError as error:
        saved = error


def generator_in_its_frame():
    def numbers():
        me = yield
        yield me

    generator = numbers()
    next(generator)
    generator.send(generator)


class Pair:
    def __init__(self, first, second):
        setattr(self, first, self)
        setattr(self, second, 1)


def attributes_in_other_order():
    Pair("x", "y")
    Pair("y", "x")


def iterator_of_itself():
    parts = []
    parts.append(itertools.chain(parts))
    parts.append(itertools.islice(parts, 1))


class Link:
    pass


def ring_of(count):
    first = last = Link()
    for _ in range(count - 1):
        last.next = Link()
        last = last.next
    last.next = first


for make in (instances, slotted, list_in_itself, dict_in_itself, tuple_through_list, set_of_instance,
             function_in_its_cell, recursive_pair, exception_in_its_frame, generator_in_its_frame, attributes_in_other_order,
             iterator_of_itself):
    make()
    print(f"{make.__name__:24} {gc.collect()}")
bound_method()
print("bound method was found:", gc.collect() > 0)
for count in (1, 2, 10, 1000):
    ring_of(count)
    print(f"ring of {count:4}", gc.collect())
print("nothing left:", gc.collect())
# SPDX-License-Identifier: MIT
