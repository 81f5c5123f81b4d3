# Unpacking: assignment, calls, displays, loops; the errors that it makes.
a, b = 1, 2
a, b = b, a
(c, d), e = (3, 4), 5
[f, *g] = "hello"
*h, i = range(4)
j, *k, l = [1, 2]
print(a, b, c, d, e, f, g, h, i, j, k, l)
first, (second, *rest), last = 1, [2, 3, 4], 5
print(first, second, rest, last)
x = y = z = []
x.append(1)
print(x is y is z, z)
m, m = 1, 2
print(m)
table = {}
table["k"], table["l"], *table["m"] = 1, 2, 3, 4
print(table)


class Holder:
    pass


holder = Holder()
holder.a, (holder.b, *holder.c) = 1, "xyz"
print(holder.a, holder.b, holder.c)
for number, (left, *right) in enumerate([(1, 2, 3), "ab", [4]]):
    print(number, left, right)
print([*range(3), *"ab"], (*[1], 2, *(3,)), {*"aab", "c"} == {"a", "b", "c"}, {**{"a": 1, "b": 2}, "b": 3, **{"c": 4}})
print(*[1, 2], *"ab", sep="-")


def show(a, b=2, *args, c, d=4, **kwargs):
    return a, b, args, c, d, sorted(kwargs.items())


print(show(1, c=3), show(1, 5, 6, 7, c=3, e=9), show(*(1, 2), *[3], **{"c": 4}, **{"z": 5}, d=6))


def positional(a, b, /, c, *, d):
    return a, b, c, d


print(positional(1, 2, c=3, d=4), positional(1, 2, 3, d=4))


def returns():
    return 1, *[2, 3]


print(returns(), [n for n, *_ in [(1, 2), (3,)]], {k: v for k, v in [("a", 1)]})
for attempt in ("a, b = 1", "a, b = [1]", "a, b = 1, 2, 3", "a, *b, c = [1]",
                "show(1, **{'a': 2}, c=1)", "show()", "show(1)", "positional(1, b=2, c=3, d=4)", "positional(1, 2, 3, 4)",
                "show(1, **{2: 3}, c=1)", "{**[1]}", "positional(1)", "a, b = {'x': 1}"):
    try:
        exec(attempt)
        print(attempt, "is fine")
    except (TypeError, ValueError) as error:
        print(f"{type(error).__name__}: {error}")
while (value := len(table)) < 5:
    table[value] = value
print(value, [total := 0] + [total := total + n for n in range(4)], total)
# SPDX-License-Identifier: MIT
