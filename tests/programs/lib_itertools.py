"""The module itertools: values, laziness, and what the iterators hold."""
import gc
import operator
import weakref
from itertools import *


def attempt(action):
    try:
        return action()
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"


print(list(islice(count(), 3)), list(islice(count(10, -2), 3)), list(islice(count(0.5, 0.5), 3)))
print(count(5), count(5, 2), repeat("x"), repeat("x", 3), list(repeat(7, 3)))
print(list(islice(cycle("ab"), 5)), list(cycle([])))
print(list(accumulate([1, 2, 3, 4])), list(accumulate([1, 2, 3], operator.mul)))
print(list(accumulate([1, 2], initial=100)), list(accumulate([])))
print(list(chain("ab", [1], ())), list(chain.from_iterable(["ab", "cd"])), list(chain()))
print(list(compress("abcdef", [1, 0, 1, 0, 1, 1])))
print(list(dropwhile(lambda x: x < 3, [1, 2, 3, 1])), list(takewhile(lambda x: x < 3, [1, 2, 3, 1])))
print(list(filterfalse(None, [0, 1, "", "a"])), list(filterfalse(lambda x: x % 2, range(6))))
print(list(starmap(pow, [(2, 5), (3, 2)])), list(pairwise("abcd")), list(pairwise("a")))
print(list(islice("abcdefg", 2)), list(islice("abcdefg", 2, 4)), list(islice("abcdefg", 2, None)))
print(list(islice("abcdefg", 0, None, 3)), attempt(lambda: islice("abc", -1)))
print(list(zip_longest("abc", [1], fillvalue="-")), list(zip_longest()), list(zip_longest("a", "")))
for key, group in groupby("AAABBCAA"):
    print(key, list(group), end="; ")
print()
print([(key, len(list(group))) for key, group in groupby([1, 3, 5, 2, 4, 7], key=lambda n: n % 2)])
groups = groupby("aab")
first, members = next(groups)
print(first, next(groups)[0], list(members))
print(list(product("ab", [1, 2])), list(product([0, 1], repeat=3)), list(product()))
print(list(product("ab", "")), list(combinations("abcd", 2)), list(combinations("ab", 3)))
print(list(combinations("ab", 0)), list(combinations_with_replacement("abc", 2)))
print(list(permutations("abc")), list(permutations("abc", 2)), list(permutations("ab", 3)))
print(len(list(permutations(range(4)))), len(list(combinations(range(6), 3))))
a, b, c = tee(iter("wxyz"), 3)
print(next(a), next(a), list(b), list(a), list(c), tee([1], 0))

print([type(i).__name__ for i in (count(), cycle("a"), repeat(1), accumulate([1]), chain(), islice("a", 1),
                                  groupby(""), product(), permutations(""), starmap(pow, []))])
print(iter(chain("a")) is not None, all(iter(i) is i for i in (count(), chain(), product("a"))))


# Each takes only what it is asked for.
def noisy(n):
    for i in range(n):
        print("make", i)
        yield i


picked = islice(chain(noisy(2), noisy(2)), 3)
print("nothing yet")
print(next(picked), next(picked))
print(list(takewhile(lambda x: x < 1, noisy(5))))
left, right = tee(noisy(2))
print(next(left), next(right), next(left), next(right))


# What an iterator holds, the collector finds.
class Thing:
    pass


thing = Thing()
thing.self = chain([thing], cycle([thing]))
next(thing.self)
ref = weakref.ref(thing)
del thing
gc.collect()
print(ref() is None)
# SPDX-License-Identifier: MIT
