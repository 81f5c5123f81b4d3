# A cached function that is called again by what its cache runs: the finalizer of what it puts out,
# the comparison of its keys, itself. The cache never holds more than it may.
import functools


def check(function, *shown):
    info = function.cache_info()
    print(*shown, info.currsize <= info.maxsize, info.currsize)


class Key:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        by_death(1000 + self.n)


@functools.lru_cache(maxsize=3)
def by_death(key):
    return None


for n in range(10):
    by_death(Key(n))
check(by_death, "by death")


class Compared:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 2

    def __eq__(self, other):
        global asks
        if asks:
            asks -= 1
            by_comparison(n=self.n + 100)
        return isinstance(other, Compared) and self.n == other.n


@functools.lru_cache(maxsize=4)
def by_comparison(key=None, n=0):
    return n


for n in range(12):
    asks = 3
    by_comparison(Compared(n))
check(by_comparison, "by comparison")


@functools.lru_cache(maxsize=2)
def by_itself(n):
    return n if n < 2 else by_itself(n - 1) + by_itself(n - 2)


print(by_itself(12))
check(by_itself, "by itself")


class Clearing:
    def __del__(self):
        clearing.cache_clear()


@functools.lru_cache(maxsize=2)
def clearing(key):
    return key


for n in range(6):
    clearing(Clearing())
    clearing(n)
check(clearing, "clearing")
by_death.cache_clear()
# SPDX-License-Identifier: MIT
