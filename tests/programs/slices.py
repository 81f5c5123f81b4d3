# Slices of lists, tuples, strings, bytes and ranges; assignment to them; indexes out of range.
letters = "abcdefgh"
numbers = list(range(10))
for part in (slice(None), slice(2, 5), slice(-3, None), slice(None, -3), slice(None, None, 2), slice(None, None, -1),
             slice(5, 1, -2), slice(100), slice(-100, 3), slice(3, 3), slice(7, 2), slice(None, None, 100)):
    print(part.start, part.stop, part.step, repr(letters[part]), numbers[part], tuple(numbers)[part],
          bytes(letters, "ascii")[part], range(10)[part])
print(slice(1, 10, 3).indices(5), slice(None, None, -1).indices(4), slice(2).indices(0), slice(1, 2) == slice(1, 2))

numbers[2:4] = ["two", "three", "and more"]
print(numbers)
numbers[:0] = ["front"]
numbers[len(numbers):] = ["back"]
print(numbers)
numbers[1:4] = []
print(numbers)
numbers[::3] = "wxyz"
print(numbers)
del numbers[1::2]
print(numbers)
numbers[1:3] = numbers
print(numbers)
numbers[:] = (number * number for number in range(4))
print(numbers)
for attempt in ("numbers[::2] = [1]", "numbers[10]", "numbers[-5]", "numbers[1:2] = 5", "numbers['a']",
                "numbers[::0]", "letters[0] = 'x'", "del letters[0]", "(1, 2)[5]", "range(3)[3]", "letters[1.5]"):
    try:
        exec(attempt)
    except (ValueError, IndexError, TypeError) as error:
        print(f"{attempt:22} {type(error).__name__}: {error}")


class Window:
    def __getitem__(self, key):
        return key

    def __setitem__(self, key, value):
        print("set", key, value)

    def __delitem__(self, key):
        print("delete", key)


window = Window()
print(window[1:2], window[::3], window[1, 2:3], window[...], window[:, 1])
window[1:] = "value"
del window[:5, ..., -1]
print([1, 2] * 3, [0] * 0, "ab" * -1, (1,) * 3, 3 * [None], [[]] * 2, b"xy" * 2)
print([1, 2, 3].index(2), (1, 2, 2).count(2), [3, 1, 2].index(1, 1), "abcabc".index("c", 3), [1, 2, 3][-1:], (1, 2)[:0])
grid = [[0] * 3 for _ in range(2)]
grid[1][2] = 5
copy = grid[:]
copy[0][0] = 9
print(grid, copy is grid, copy[0] is grid[0])
# SPDX-License-Identifier: MIT
