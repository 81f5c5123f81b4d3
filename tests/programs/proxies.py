# weakref.proxy: an object that stands for another without keeping it.
import weakref


class Vector:
    def __init__(self, *numbers):
        self.numbers = list(numbers)

    def __len__(self):
        return len(self.numbers)

    def __getitem__(self, index):
        return self.numbers[index]

    def __setitem__(self, index, value):
        self.numbers[index] = value

    def __delitem__(self, index):
        del self.numbers[index]

    def __contains__(self, value):
        return value in self.numbers

    def __iter__(self):
        return iter(self.numbers)

    def __add__(self, other):
        return Vector(*(a + b for a, b in zip(self, other)))

    def __eq__(self, other):
        return list(self) == list(other)

    def __bool__(self):
        return any(self.numbers)

    def __str__(self):
        return f"<{', '.join(map(str, self.numbers))}>"

    def scale(self, by):
        self.numbers = [number * by for number in self.numbers]
        return self


vector = Vector(1, 2, 3)
proxy = weakref.proxy(vector)
print(proxy, len(proxy), proxy[0], proxy[-1], 2 in proxy, 9 in proxy, list(proxy), bool(proxy))
proxy[0] = 10
proxy.label = "set through the proxy"
print(vector, vector.label, proxy.numbers is vector.numbers)
print(proxy + Vector(1, 1, 1), Vector(1, 1, 1) + proxy, proxy == vector)
print(proxy.scale(2) is vector, vector)
del proxy[0]
print(proxy, type(proxy).__name__, isinstance(proxy, Vector), proxy.__class__.__name__)
print(weakref.proxy(vector) is proxy, weakref.getweakrefcount(vector), isinstance(proxy, weakref.ProxyTypes))
try:
    hash(proxy)
except TypeError:
    print("a proxy has no hash: it may outlive what it would be the hash of")


def greet(name):
    return f"hello {name}"


call = weakref.proxy(greet)
print(call("you"), type(call).__name__, type(call) is weakref.CallableProxyType)

gone = []
watched = weakref.proxy(vector, gone.append)
del vector
print(len(gone), gone[0] is watched)
for attempt in (lambda: proxy.numbers, lambda: len(proxy), lambda: proxy[0], lambda: str(proxy),
                lambda: proxy + 1, lambda: bool(proxy), lambda: setattr(proxy, "x", 1)):
    try:
        attempt()
    except ReferenceError as error:
        print("ReferenceError:", error)
del greet
try:
    call("nobody")
except ReferenceError as error:
    print("ReferenceError:", error)


# A dead proxy is an error as any operand of any operator.
class Number:
    def __divmod__(self, other):
        return "divmod", type(other).__name__

    def __rdivmod__(self, other):
        return "rdivmod", type(other).__name__

    def __pow__(self, other, modulus=None):
        return "pow", type(other).__name__, type(modulus).__name__

    def __rpow__(self, other):
        return "rpow", type(other).__name__


def outcome(action):
    try:
        return action()
    except (ReferenceError, TypeError) as error:
        return type(error).__name__


number, dead = Number(), weakref.proxy(Number())
live = weakref.proxy(number)
for x in (number, live, dead, 7):
    for y in (number, live, dead, 7):
        print(outcome(lambda: divmod(x, y)), outcome(lambda: x ** y), outcome(lambda: pow(x, y)))
        print(outcome(lambda: pow(x, y, 5)), outcome(lambda: pow(5, x, y)), outcome(lambda: pow(x, 2, y)))
for operator in ("+ - * @ / // % << >> & | ^".split() + "== < <= > >= !=".split()):
    for text in (f"dead {operator} number", f"number {operator} dead", f"3 {operator} dead"):
        print(text, outcome(lambda: eval(text)))
# SPDX-License-Identifier: MIT
