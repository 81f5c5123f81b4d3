"""The modules random, math and bisect: CPython's numbers for the same seed."""
import bisect
import math
import random


def attempt(action):
    try:
        return action()
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"


for seed in (0, 42, -42, 10**30, 3.75, True):
    random.seed(seed)
    print(seed, random.random(), random.getrandbits(5), random.getrandbits(100), random.randint(1, 6))
random.seed(7)
print([random.randrange(10) for _ in range(10)], random.randrange(5, 50, 7), random.randrange(9, 0, -2))
print(random.choice("abcdef"), random.choices("abc", k=5), random.choices([1, 2], [1, 9], k=5))
items = list(range(8))
random.shuffle(items)
print(items, random.sample(range(1000), 5), random.sample(range(10**6), 6), random.sample("abcd", 4))
print(random.uniform(1, 2), random.triangular(0, 10, 2), random.gauss(0, 1), random.gauss(5, 2))
print(random.normalvariate(0, 1), random.expovariate(2), random.lognormvariate(0, 1), random.randbytes(5))
state = random.getstate()
first = [random.random() for _ in range(3)]
random.setstate(state)
print(first == [random.random() for _ in range(3)], len(state[1]))
own = random.Random(99)
print(own.random(), own.randint(0, 10**20), random.Random(99).random())
print([random.Random(5).getrandbits(k) for k in (0, 1, 31, 32, 33, 64, 65)])
for _ in range(320):
    own.random()
print(own.random())
for action in (lambda: random.choice([]), lambda: random.randrange(0), lambda: random.randint(5, 4),
               lambda: random.sample([1], 2), lambda: random.sample({1}, 1), lambda: random.seed([])):
    print(attempt(action))
print(0 <= random.SystemRandom().random() < 1, 0 <= random.Random().random() < 1)

print(math.sqrt(2), math.floor(-1.5), math.ceil(-1.5), math.trunc(-1.5), math.floor(10**20), math.ceil(7))
print(math.sin(1), math.cos(1), math.tan(1), math.atan2(1, -1), math.exp(1), math.log(10), math.log(8, 2))
print(math.log2(2**2000), math.log10(1000), math.log(10**400), math.pow(2, 0.5), math.hypot(3, 4))
print(math.gcd(12, 18), math.gcd(), math.lcm(4, 6), math.factorial(20), math.comb(10, 3), math.perm(5, 2))
print(math.isqrt(10**30), math.prod([1, 2, 3]), math.fsum([0.1] * 10), sum([0.1] * 10))
print(math.fsum([1e308, 1.0, -1e308]), math.isclose(0.1 + 0.2, 0.3), math.copysign(1, -0.0))
print(math.inf, math.nan, math.isnan(math.nan), math.isinf(-math.inf), math.pi, math.e, math.tau)
print(math.frexp(10.0), math.modf(-2.5), math.ldexp(0.5, 5), math.fmod(-7, 3), math.remainder(7, 4))
print(math.degrees(math.pi), math.radians(180), math.dist((0, 0), (3, 4)), math.gamma(5), math.erf(0.5))
for action in (lambda: math.sqrt(-1), lambda: math.log(0), lambda: math.exp(1000), lambda: math.factorial(-1),
               lambda: math.acos(2), lambda: math.sqrt("x"), lambda: math.gcd(1.5), lambda: math.isqrt(-1),
               lambda: math.pow(0, -1), lambda: math.floor(math.inf), lambda: math.fmod(1, 0)):
    print(attempt(action))

row = [1, 2, 2, 3]
print(bisect.bisect(row, 2), bisect.bisect_left(row, 2), bisect.bisect_right([], 1))
bisect.insort(row, 2.5)
print(row, bisect.bisect_left([(1, "b"), (2, "a")], 2, key=lambda pair: pair[0]))
print((1000).to_bytes(2, "big"), (-5).to_bytes(4, "little", signed=True), int.from_bytes(b"\xff\xfe", "big"),
      int.from_bytes(b"\xff\xfe", "little", signed=True), attempt(lambda: (256).to_bytes(1, "big")),
      attempt(lambda: (-1).to_bytes(1, "big")), (10**30).to_bytes(20, "big"))
random.seed("a text")
print(random.random())
# SPDX-License-Identifier: MIT
