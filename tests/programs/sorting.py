# Sorting: the comparisons that are made, what is equal, what fails.
import random, functools
class K:
    log = []
    def __init__(self, n): self.n = n
    def __lt__(self, o):
        K.log.append((self.n, o.n))
        return self.n < o.n
    def __repr__(self): return str(self.n)
random.seed(5)
for n in (0, 1, 2, 3, 5, 10, 33, 63):
    for make in (lambda: list(range(n)), lambda: list(range(n))[::-1], lambda: random.sample(range(n), n), lambda: [random.randint(0, 3) for _ in range(n)]):
        for reverse in (False, True):
            K.log = []
            l = [K(x) for x in make()]
            r = sorted(l, reverse=reverse)
            print(n, reverse, r[:10], len(K.log), K.log[:6], K.log[-3:])
nan = float("nan")
print(sorted([3, nan, 1, 2, nan, 0]), sorted([nan, 5, 1], reverse=True), sorted([{1}, {2}, {1, 2}, set()], key=lambda s: s))
data = [(random.randint(0, 9), i) for i in range(500)]
s = sorted(data, key=lambda p: p[0]); print(all(a[0] < b[0] or a[0] == b[0] and a[1] < b[1] for a, b in zip(s, s[1:])))
s = sorted(data, key=lambda p: p[0], reverse=True); print(all(a[0] > b[0] or a[0] == b[0] and a[1] < b[1] for a, b in zip(s, s[1:])))
for n in (64, 100, 1000):
    l = [random.random() for _ in range(n)]; m = sorted(l); print(all(a <= b for a, b in zip(m, m[1:])), m == sorted(m), sorted(m, reverse=True) == m[::-1], sorted(m[::-1]) == m)
class Bad:
    def __init__(self, n): self.n = n
    def __lt__(self, o):
        if self.n == 3: raise ValueError("three")
        return self.n < o.n
l = [Bad(n) for n in (5, 4, 3, 2)]
try: l.sort()
except ValueError as e: print(e, [b.n for b in l])
print(sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)), sorted("hello world", key=str.lower), sorted([1, 2, 3] * 30)[::30])
class Killer:
    __lt__ = lambda self, other: False

    def __init__(self, x): pass
    def __del__(self):
        del data[:]
        data[:] = range(20)
data = list(range(10))
try: data.sort(key=Killer)
except (ValueError, TypeError) as e: print(type(e).__name__, e, len(data))
def touch(x): data.append(x); return x
data = [3, 1, 2]
try: data.sort(key=touch)
except ValueError as e: print(e, data)
# SPDX-License-Identifier: MIT
