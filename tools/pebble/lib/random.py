"""Random numbers: the same ones as CPython's for the same seed."""
import _random
import os as _os
from math import ceil as _ceil, cos as _cos, exp as _exp, floor as _floor, log as _log, pi as _pi
from math import isfinite as _isfinite, sin as _sin, sqrt as _sqrt

_WORD = (1 << 64) - 1


def _root(n, k):
    """The whole part of the k-th root."""
    low, high = 0, 1 << n.bit_length() // k + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle ** k <= n else (low, middle)
    return low


def _sha512(data):
    """The SHA-512 sum, as an int: what texts are made into a seed with."""
    primes = [n for n in range(2, 410) if all(n % d for d in range(2, _root(n, 2) + 1))]
    keys = [_root(prime << 192, 3) & _WORD for prime in primes[:80]]
    state = [_root(prime << 128, 2) & _WORD for prime in primes[:8]]

    def turn(x, *places):
        result = 0
        for n in places:
            result ^= (x >> n | x << 64 - n) & _WORD
        return result

    padded = data + b"\x80" + bytes(-(len(data) + 17) % 128)
    padded += (len(data) * 8).to_bytes(16, "big")
    for at in range(0, len(padded), 128):
        words = [int.from_bytes(padded[i:i + 8], "big") for i in range(at, at + 128, 8)]
        for i in range(16, 80):
            x, y = words[i - 15], words[i - 2]
            words.append((words[i - 16] + words[i - 7] + (turn(x, 1, 8) ^ x >> 7)
                          + (turn(y, 19, 61) ^ y >> 6)) & _WORD)
        a, b, c, d, e, f, g, h = state
        for key, word in zip(keys, words):
            one = h + turn(e, 14, 18, 41) + (e & f ^ ~e & g) + key + word
            two = turn(a, 28, 34, 39) + (a & b ^ a & c ^ b & c)
            a, b, c, d, e, f, g, h = (one + two) & _WORD, a, b, c, (d + one) & _WORD, e, f, g
        state = [(x + y) & _WORD for x, y in zip(state, (a, b, c, d, e, f, g, h))]
    result = 0
    for word in state:
        result = result << 64 | word
    return result


class Random:
    def __init__(self, x=None):
        self._core = _random.Generator()
        self.seed(x)

    def random(self):
        return self._core.random()

    def getrandbits(self, k):
        return self._core.getrandbits(k)

    def seed(self, a=None, version=2):
        self.gauss_next = None
        if a is None:
            a = int.from_bytes(_os.urandom(32), "big")
        elif isinstance(a, (str, bytes)):
            a = a.encode() if isinstance(a, str) else a
            a = int.from_bytes(a, "big") << 512 | _sha512(a)
        elif isinstance(a, float):
            a = hash(a) & _WORD
        elif not isinstance(a, int):
            raise TypeError("The only supported seed types are: None,\n"
                            "int, float, str, bytes, and bytearray.")
        self._core.seed(abs(a))

    def getstate(self):
        return 3, self._core.getstate(), self.gauss_next

    def setstate(self, state):
        _, words, self.gauss_next = state
        self._core.setstate(words)

    def _below(self, n):
        bits = n.bit_length()
        found = self.getrandbits(bits)
        while found >= n:
            found = self.getrandbits(bits)
        return found

    def randrange(self, start, stop=None, step=1):
        if stop is None:
            start, stop, shown = 0, start, ""
        else:
            shown = f" ({start}, {stop}, {stop - start})"
        if step == 0:
            raise ValueError("zero step for randrange()")
        count = (stop - start + step - (1 if step > 0 else -1)) // step
        if count <= 0:
            raise ValueError("empty range for randrange()" + (shown if step == 1 else ""))
        return start + step * self._below(count)

    def randint(self, a, b):
        return self.randrange(a, b + 1)

    def randbytes(self, n):
        return self.getrandbits(n * 8).to_bytes(n, "little")

    def choice(self, seq):
        if not len(seq):
            raise IndexError("Cannot choose from an empty sequence")
        return seq[self._below(len(seq))]

    def choices(self, population, weights=None, *, cum_weights=None, k=1):
        n = len(population)
        if weights is None and cum_weights is None:
            return [population[_floor(self.random() * n)] for _ in range(k)]
        if cum_weights is None:
            cum_weights, total = [], 0
            for weight in weights:
                total += weight
                cum_weights.append(total)
        elif weights is not None:
            raise TypeError("Cannot specify both weights and cumulative weights")
        if len(cum_weights) != n:
            raise ValueError("The number of weights does not match the population")
        total = cum_weights[-1] + 0.0
        if total <= 0.0:
            raise ValueError("Total of weights must be greater than zero")
        if not _isfinite(total):
            raise ValueError("Total of weights must be finite")
        from bisect import bisect
        return [population[bisect(cum_weights, self.random() * total, 0, n - 1)]
                for _ in range(k)]

    def shuffle(self, x):
        for i in reversed(range(1, len(x))):
            j = self._below(i + 1)
            x[i], x[j] = x[j], x[i]

    def sample(self, population, k, *, counts=None):
        if isinstance(population, (dict, set, frozenset)) or not hasattr(population, "__getitem__"):
            raise TypeError("Population must be a sequence.  "
                            "For dicts or sets, use sorted(d).")
        if counts is not None:
            population = [item for item, times in zip(population, counts) for _ in range(times)]
        n = len(population)
        if not 0 <= k <= n:
            raise ValueError("Sample larger than population or is negative")
        if n <= 21 + (4 ** _ceil(_log(k * 3, 4)) if k > 5 else 0):
            # A copy is smaller than a set of the places taken.
            pool = list(population)
            chosen = []
            for left in range(n, n - k, -1):
                j = self._below(left)
                chosen.append(pool[j])
                pool[j] = pool[left - 1]
            return chosen
        taken = {}
        while len(taken) < k:
            taken.setdefault(self._below(n))
        return [population[j] for j in taken]

    def uniform(self, a, b):
        return a + (b - a) * self.random()

    def triangular(self, low=0.0, high=1.0, mode=None):
        u = self.random()
        c = 0.5 if mode is None else 0.5 if high == low else (mode - low) / (high - low)
        if high == low:
            return low
        if u > c:
            u, c, low, high = 1.0 - u, 1.0 - c, high, low
        return low + (high - low) * _sqrt(u * c)

    def gauss(self, mu=0.0, sigma=1.0):
        z, self.gauss_next = self.gauss_next, None
        if z is None:
            angle = self.random() * (2 * _pi)
            radius = _sqrt(-2.0 * _log(1.0 - self.random()))
            z = _cos(angle) * radius
            self.gauss_next = _sin(angle) * radius
        return mu + z * sigma

    def normalvariate(self, mu=0.0, sigma=1.0):
        factor = 4 * _exp(-0.5) / _sqrt(2.0)
        while True:
            u = self.random()
            v = 1.0 - self.random()
            z = factor * (u - 0.5) / v
            if z * z / 4.0 <= -_log(v):
                return mu + z * sigma

    def lognormvariate(self, mu=0.0, sigma=1.0):
        return _exp(self.normalvariate(mu, sigma))

    def expovariate(self, lambd=1.0):
        return -_log(1.0 - self.random()) / lambd

    def paretovariate(self, alpha):
        return (1.0 - self.random()) ** (-1.0 / alpha)


class SystemRandom(Random):
    """Numbers from the system's source."""

    def seed(self, *args, **kwds):
        self.gauss_next = None

    def random(self):
        return (int.from_bytes(_os.urandom(7), "big") >> 3) / (1 << 53)

    def getrandbits(self, k):
        return int.from_bytes(_os.urandom((k + 7) // 8), "big") >> -k % 8


_shared = Random()
for _name in ("seed", "random", "getrandbits", "getstate", "setstate", "randrange", "randint",
              "randbytes", "choice", "choices", "shuffle", "sample", "uniform", "triangular",
              "gauss", "normalvariate", "lognormvariate", "expovariate", "paretovariate"):
    globals()[_name] = getattr(_shared, _name)
# SPDX-License-Identifier: MIT
