"""Functions of numbers."""
import _math
from _math import *


def log(x, base=None, /):
    value = _math.natural_log(x)
    return value if base is None else value / _math.natural_log(base)


def _rounded(x, special, float_function):
    method = getattr(type(x), special, None)
    if method is not None:
        return method(x)
    return x.__index__() if isinstance(x, int) else int(float_function(x))


def floor(x, /):
    return _rounded(x, "__floor__", _math.float_floor)


def ceil(x, /):
    return _rounded(x, "__ceil__", _math.float_ceil)


def trunc(x, /):
    return x.__trunc__()


def degrees(x, /):
    return x * (180 / pi)


def radians(x, /):
    return x * (pi / 180)


def isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0):
    if rel_tol < 0 or abs_tol < 0:
        raise ValueError("tolerances must be non-negative")
    if a == b:
        return True
    if isinf(a) or isinf(b):
        return False
    return abs(a - b) <= max(rel_tol * max(abs(a), abs(b)), abs_tol)


def hypot(*coordinates):
    largest = max([abs(float(c)) for c in coordinates], default=0.0)
    if largest == 0 or isinf(largest):
        return largest
    return largest * sqrt(fsum((c / largest) ** 2 for c in coordinates))


def dist(p, q, /):
    return hypot(*[a - b for a, b in zip(p, q, strict=True)])


def fsum(seq, /):
    """The sum without lost digits: `parts` add up exactly to what was seen, smallest first."""
    parts = []
    for x in seq:
        x = float(x)
        kept = []
        for y in parts:
            if abs(x) < abs(y):
                x, y = y, x
            high = x + y
            low = y - (high - x)
            if low:
                kept.append(low)
            x = high
        parts = kept + [x]
    # Each part lies below the last digit of the next: from the top, the first that leaves a rest
    # decides, and of an exact half the sign of what follows.
    total = 0.0
    while parts:
        x = total
        y = parts.pop()
        total = x + y
        rest = y - (total - x)
        if rest:
            if parts and (rest < 0) == (parts[-1] < 0):
                doubled = rest * 2
                if doubled == (total + doubled) - total:
                    total += doubled
            break
    return total


def prod(iterable, /, *, start=1):
    for item in iterable:
        start *= item
    return start


def _integer(x):
    if not hasattr(type(x), "__index__"):
        raise TypeError(f"'{type(x).__name__}' object cannot be interpreted as an integer")
    return x.__index__()


def gcd(*integers):
    result = 0
    for n in map(_integer, integers):
        while n:
            result, n = n, result % n
    return abs(result)


def lcm(*integers):
    result = 1
    for n in map(_integer, integers):
        if n == 0:
            return 0
        result *= n // gcd(result, n)
    return abs(result)


def factorial(x, /):
    if _integer(x) < 0:
        raise ValueError("factorial() not defined for negative values")
    return prod(range(1, x + 1))


def perm(n, k=None, /):
    n = _integer(n)
    k = n if k is None else _integer(k)
    if n < 0 or k < 0:
        raise ValueError(f"{'n' if n < 0 else 'k'} must be a non-negative integer")
    return prod(range(n - k + 1, n + 1)) if k <= n else 0


def comb(n, k, /):
    return perm(n, k) // factorial(k)


def isqrt(n, /):
    n = _integer(n)
    if n < 0:
        raise ValueError("isqrt() argument must be nonnegative")
    root = 1 << (n.bit_length() + 1) // 2
    while root * root > n:
        root = (root + n // root) // 2
    return root


del float_floor, float_ceil, natural_log
# SPDX-License-Identifier: MIT
