# Functions that hold themselves or each other through their cells.
import gc
import weakref


class Token:
    """Something to watch: dies with the closure that holds it."""

    def __init__(self, name):
        self.name = name


def watched(name, refs):
    token = Token(name)
    refs.append(weakref.ref(token))
    return token


def alive(refs):
    return [ref() is not None for ref in refs]


gc.disable()
refs = []


def make_counter(start):
    token = watched("counter", refs)
    count = start

    def increment(by=1):
        nonlocal count
        count += by
        return count, token.name

    return increment


counter = make_counter(10)
print(counter(), counter(5), alive(refs))
print(counter.__code__.co_freevars, [type(cell).__name__ for cell in counter.__closure__])
print(counter.__closure__[0].cell_contents, counter.__name__, counter.__qualname__)
del counter
print("a closure without a cycle dies at once:", alive(refs))

refs.clear()


def make_fibonacci():
    token = watched("fibonacci", refs)
    known = {}

    def fibonacci(n):
        if n not in known:
            known[n] = n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)
        return known[n] + 0 * len(token.name)

    return fibonacci


fibonacci = make_fibonacci()
print(fibonacci(50), alive(refs))
del fibonacci
gc.collect()
print("one that calls itself needs a collection:", alive(refs))

refs.clear()


def make_pair():
    token = watched("pair", refs)

    def ping(n):
        return [token.name] if n == 0 else ["ping"] + pong(n - 1)

    def pong(n):
        return [token.name] if n == 0 else ["pong"] + ping(n - 1)

    return ping


ping = make_pair()
print(ping(4))
del ping
gc.collect()
print(alive(refs))

# A cell shared by two closures, changed by one, seen by the other.
def make_account(balance):
    def deposit(amount):
        nonlocal balance
        balance += amount

    def show():
        return balance

    return deposit, show


deposit, show = make_account(100)
deposit(42)
print(show(), deposit.__closure__[0] is not show.__closure__[0], deposit.__closure__ == show.__closure__)

# Loop variables are shared; defaults are not.
late = [lambda: n for n in range(3)]
early = [lambda n=n: n for n in range(3)]
print([f() for f in late], [f() for f in early])


def unbound():
    def read():
        return later

    try:
        read()
    except NameError as error:
        print(error)
    later = "now"
    return read()


print(unbound())


class Dying:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("dies:", self.name)


def with_cell():
    inside = Dying("cell")

    def function(default=Dying("default"), *, keyword=Dying("keyword")) -> Dying("annotation"):
        return inside

    function.attribute = Dying("attribute")
    return function


print("a function's parts die in this order:")
function = with_cell()
del function
# SPDX-License-Identifier: MIT
