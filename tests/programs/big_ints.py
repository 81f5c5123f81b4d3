# Ints of any size: arithmetic, division, powers, bits, text and back.
import sys

big = 2 ** 100
print(big, -big, big + 1, big - 1, big * big, big // 3, big % 7, -big // 3, -big % 7)
print(divmod(big, 10 ** 15), divmod(-big, 10 ** 15), divmod(big, -(10 ** 15)), big // big, 0 // big)
print((2 ** 62 - 1) + 1, 2 ** 63, -2 ** 63, 2 ** 64 - 1, 4611686018427387904 * 2, 3037000500 ** 2)
print(pow(3, 1000, 10 ** 9 + 7), 7 ** 77 % 1000, (-3) ** 5, 0 ** 0, 2 ** -2)
factorial = 1
for number in range(1, 41):
    factorial *= number
print(factorial)
a, b = 0, 1
for _ in range(300):
    a, b = b, a + b
print(a)
print(big << 10, big >> 98, big >> 200, -big >> 99, -1 >> 5, 1 << 65, -5 << 70)
print(big & 0xFF, big | 1, big ^ big, ~big, -big & (2 ** 101 - 1), (big - 1) & 0xFFFF, -1 & big, -7 | 2 ** 70)
print(hex(big), oct(2 ** 70), bin(2 ** 65 + 1), int("0x1fffffffffffffffff", 16), int("-zz", 36), int("1_000"))
print(int("9" * 30), str(10 ** 30), int("1" * 64, 2), big.bit_length(), (0).bit_length(), (-8).bit_length())
print(float(big), int(1e20), int(-2.9), int(2.0 ** 80), big / 3, 10 ** 40 / 10 ** 38, round(12345, -2), round(2 ** 70, -3))
print(big == float(big), big > 1e30, big < 1e31, 2 ** 53 + 1 == float(2 ** 53 + 1), hash(big) == hash(float(big)))
print(hash(2 ** 61 - 1), hash(2 ** 61), hash(-1), hash(10 ** 20), big is not None, bool(big), not big - big)
print(f"{big:,}", f"{big:x}", f"{big:40d}|", f"{big:e}", "%d" % big, "%x" % -big, repr(big) == str(big))
print(sorted([big, -big, 0, 5, 2 ** 64, -2 ** 63]), max(big, 1e40), sum([big] * 3), abs(-big), [1, 2][big - big])
print((2 ** 200).to_bytes(26, "big")[:3], int.from_bytes(b"\x01" + b"\x00" * 10, "big"), int.from_bytes(b"\xff\xfe", "little", signed=True))
for attempt in ("big / 0", "big // 0", "big % 0", "1 << -1", "int('12x')", "int('')", "float(10 ** 400)", 
                "int(float('inf'))", "int(float('nan'))", "int([])", "big ** 0.5 > 1e15"):
    try:
        print(attempt, eval(attempt))
    except (ArithmeticError, ValueError, TypeError, IndexError) as error:
        print(f"{attempt}: {type(error).__name__}: {error}")


def is_prime(n):
    if n < 4:
        return n > 1
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for base in (2, 3, 5, 7, 11, 13):
        x = pow(base, d, n)
        if x not in (1, n - 1) and all((x := x * x % n) != n - 1 for _ in range(s - 1)):
            return False
    return True


print([e for e in range(2, 130) if is_prime(2 ** e - 1)], is_prime(10 ** 18 + 9))
# SPDX-License-Identifier: MIT
