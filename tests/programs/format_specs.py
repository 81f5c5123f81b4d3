# Format specifications, in f-strings, format(), str.format and %.
import sys

number, text, pi = 1234567, "text", 3.14159265
print(f"[{number:d}] [{number:,}] [{number:_}] [{number:>12}] [{number:<12}] [{number:^12}] [{number:012}]")
print(f"[{number:x}] [{number:X}] [{number:#x}] [{number:o}] [{number:#o}] [{number:b}] [{255:#010b}] [{65:c}]")
print(f"[{-5:+}] [{5:+}] [{5: }] [{-5: }] [{-5:=6}] [{-5:06}] [{5:*>6}] [{5:*^7}] [{5:*<6}]")
print(f"[{pi:f}] [{pi:.2f}] [{pi:10.3f}] [{pi:<10.3f}] [{pi:+.1f}] [{pi:e}] [{pi:.3E}] [{pi:g}] [{pi:.3g}]")
print(f"[{1e10:g}] [{1e-5:g}] [{123456789.0:g}] [{0.0001:g}] [{1e16}] [{1e15}] [{1e22}] [{1.0}] [{-0.0}] [{2.5e-7}]")
print(f"[{0.256:%}] [{0.256:.1%}] [{1234567.891:,.2f}] [{1234567.891:_.1f}] [{float('inf'):f}] [{float('nan'):10}]")
print(f"[{text}] [{text:>8}] [{text:<8}] [{text:^8}] [{text:.2}] [{text:-^10.3}] [{text!r:>8}] [{'ü':>3}] [{'é'!a}]")
width, precision = 10, 3
print(f"[{pi:{width}.{precision}f}] [{text:{'*'}^{width}}] [{pi!r:.{precision}}]")
print(f"{number=} {text=!s} {pi=:.2f} { text = }")
print(f"{{}} {{{number}}} {'a' if number else 'b'} {[n * 2 for n in range(3)]} {dict(k=1)['k']}")
print("{} {} {}".format(1, "two", 3.0), "{0} {1} {0}".format("a", "b"), "{name} is {age:>4}".format(name="n", age=5))
print("{0[1]} {1[key]} {2.real} {0!r:>12}".format(["x", "y"], {"key": "v"}, 7), "{:{}}|".format("pad", 6))
print("%d %5d|%-5d|%05d %+d %x %o %%" % (1, 2, 3, 4, 5, 255, 8))
print("%s %r %10s|%-10s|%.2s %c" % ("a", "b", "c", "d", "efg", "h"))
print("%f %.2f %8.3f|%e %g" % (1.5, 2.345, 3.14159, 12345.678, 0.00001), "%(a)s-%(b)03d" % {"a": 1, "b": 2})
print(format(42), format(42, "08b"), format("x", "^5"), format(None), format(True), format(True, "d"), format([1], ""))


class Money:
    def __init__(self, amount):
        self.amount = amount

    def __format__(self, spec):
        return f"{self.amount:.2f} {spec or 'EUR'}"

    def __str__(self):
        return "money"


print(f"{Money(3)} {Money(2.5):USD} {Money(1)!s}", "{:GBP}".format(Money(4)), format(Money(9), "x"))
for spec, value in (("d", "text"), ("s", 5), (".2d", 5), (">>5", 5), ("x", 1.5), ("q", 5), ("", object)):
    try:
        print(format(value, spec)[:20])
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
for attempt in (lambda: "%d" % "x", lambda: "%s %s" % (1,), lambda: "%s" % (1, 2), lambda: "{} {}".format(1),
                lambda: "{a}".format()):
    try:
        print(attempt())
    except (TypeError, IndexError, KeyError) as error:
        print(type(error).__name__, error)

# What is refused, and in which words.
def attempt(function):
    try:
        print(function())
    except (ValueError, TypeError, OverflowError, IndexError, KeyError) as error:
        print(type(error).__name__, error)


for template, *values in (("{0} {}", 1, 2), ("{} {0}", 1, 2), ("{!x}", 1), ("{!r:>4}", "a"), ("{!rr}", 1), ("{0[0}", [1]),
                          ("{0[a}]}", {"a}": 5}), ("{:,_}", 1), ("{:_,}", 1), ("{:c}", -1), ("{:c}", 0x110000), ("{:.2d}", 1),
                          ("{:+}", "a"), ("{: }", "a"), ("{:#}", "a"), ("{!}", 1), ("{:#.0f} {:#.0e} {:#g}", 2.0, 2.0, 2.0)):
    attempt(lambda: template.format(*values))
for template, values in (("%.3d|%5.3d|%.3x|%#.4o|%-6.2d|%+.2d", (5, -5, 255, 8, 1, 2)), ("%(a)s", 1), ("%(a)s", "b"), ("%c", "ab"),
                         ("%c", -1), ("%c", 0x110000), ("%c%c", ("a", 98)), ("%c", 1.5), ("%#.0f", 3)):
    attempt(lambda: template % values)
attempt(lambda: "".join(5))
# SPDX-License-Identifier: MIT
