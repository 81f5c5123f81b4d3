# Sets and frozensets: operators, methods, comparison, members of all kinds.
a, b = {1, 2, 3, 4}, {3, 4, 5}
print(a | b, a & b, a - b, b - a, a ^ b, a | b == b | a, len(a), 3 in a, 9 in a)
print(a.union([9], (8,)), a.intersection([1, 2], {2}), a.difference([1], [2]), a.symmetric_difference([1, 100]))
print({1, 2} < a, {1, 2} <= {1, 2}, {1, 2} < {1, 2}, a > {4}, a >= b, a.issubset(range(10)), a.issuperset([1]), a.isdisjoint([7]))
c = set(a)
c.add(10)
c.discard(1)
c.discard(99)
c.remove(2)
print(sorted(c), c == {3, 4, 10}, c != a, c.pop() in {3, 4, 10}, len(c))
c.clear()
c.update([1, 2], "ab")
print(sorted(map(str, c)), set() == frozenset(), {1} == frozenset([1]), hash(frozenset([1, 2])) == hash(frozenset([2, 1])))
c = {1, 2, 3}
c |= {4}
c &= {2, 3, 4}
c -= {3}
c ^= {5, 2}
print(c)
c.intersection_update([4, 5, 6])
c.difference_update([5])
c.symmetric_difference_update([7])
print(c, set("hello") == {"h", "e", "l", "o"}, sorted(set([3, 1, 2, 1])), {*()}, set(), frozenset(), frozenset({1}))
print({1, 1.0, True}, {0, False, 0.0}, {(1, 2), (1, 2)}, {frozenset([1]), frozenset([1])}, {None}, {"x"})
nested = {frozenset({1}), frozenset({2, 3})}
print(frozenset({1}) in nested, {1} in nested, len(nested), type(frozenset([1]) | {2}).__name__, type({1} | frozenset([2])).__name__)
print([n for n in {3: 1, 1: 2}], {n % 3 for n in range(10)}, {x for x in "aab" if x != "b"}, sorted({(n, -n) for n in range(3)}))


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y)

    def __hash__(self):
        return hash((self.x, self.y))


points = {Point(1, 2), Point(1, 2), Point(2, 1)}
print(len(points), Point(2, 1) in points)


class NoHash:
    def __eq__(self, other):
        return True


for attempt in ("{[]}", "{NoHash()}", "{1}.remove(2)", "set().pop()", "{1} + {2}", "{1} | [2]", "{1} < 5", "set(5)",
                "frozenset([1]).add(2)", "hash({1})", "{{1}}", "for n in a: a.add(n + 100)"):
    try:
        exec(attempt)
        print("fine")
    except (TypeError, KeyError, AttributeError, RuntimeError) as error:
        print(f"{type(error).__name__}: {error}")
sieve = set(range(2, 60))
for n in range(2, 8):
    sieve -= set(range(2 * n, 60, n))
print(sorted(sieve))
big = set()
for n in range(2000):
    big.add(n * 7919 % 1009)
    if n % 2:
        big.discard(n % 1009)
print(len(big), sum(big), max(big), min(big))
# SPDX-License-Identifier: MIT
