# What nobody can catch is shown without what it came from; an assertion marks its condition.


def generator():
    try:
        yield
    finally:
        raise KeyError("in finally")


suspended = generator()
next(suspended)
del suspended
numbers = [1, 2, 3]
assert (sum(numbers) +
        len(numbers)) == 9
assert sum(numbers) == 7, f"the sum is {sum(numbers)}"
# SPDX-License-Identifier: MIT
