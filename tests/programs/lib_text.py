"""The modules string, textwrap, traceback, abc and time."""
import io
import string
import sys
import textwrap
import time
import traceback
from abc import ABC, abstractmethod


def attempt(action):
    try:
        return action()
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"


print(string.ascii_letters, string.digits, string.hexdigits, repr(string.whitespace), string.punctuation)
print(string.capwords("the  quick brown"), len(string.printable))
template = string.Template("$who likes ${what}s for $$5, $ $missing")
print(template.safe_substitute(who="tim", what="egg"))
print(attempt(lambda: template.substitute(who=1)), string.Template("$a-$a").substitute({"a": 1}))
print(attempt(lambda: string.Template("x\ny $1").substitute()))

print(textwrap.dedent("""
    def f():
        return 1

      odd
    """))
print(repr(textwrap.indent("a\n\nb\n", "> ")), repr(textwrap.indent("a\n\nb", "> ", lambda line: True)))
text = ("The quick brown fox, well-known for jumping over lazy dogs, jumped again over an "
        "extraordinarilylongwordthatdoesnotfit in one line.")
for line in textwrap.wrap(text, 20):
    print("|" + line)
print(textwrap.fill(text, 30, initial_indent="* ", subsequent_indent="  "))
print(textwrap.shorten(text, 40), textwrap.shorten("hello  world", 11), textwrap.shorten(text, 12))
print(textwrap.wrap("aaa bbb ccc", 7, break_long_words=False), textwrap.wrap(""), textwrap.wrap("a " * 5, 1))
print(textwrap.wrap("abcdefghij", 4), textwrap.wrap("abcdefghij kl", 4, break_long_words=False))


def inner():
    raise ValueError("inside")


def outer():
    try:
        inner()
    except ValueError as problem:
        raise KeyError("outside") from problem


def shown(lines):
    return "".join(lines).replace(__file__, "FILE")


try:
    outer()
except KeyError as problem:
    print(shown(traceback.format_exc()))
    print(shown(traceback.format_exception(problem)) == shown(traceback.format_exc()))
    print(traceback.format_exception_only(problem), traceback.format_exception_only(type(problem), problem))
    print(shown(traceback.format_tb(problem.__traceback__)[-1]), len(traceback.format_tb(problem.__traceback__)))
    print([entry.name for entry in traceback.extract_tb(problem.__traceback__)])
    out = io.StringIO()
    traceback.print_exc(file=out)
    print(len(out.getvalue().splitlines()), traceback.format_exception(*sys.exc_info())[-1])
    traceback.clear_frames(problem.__traceback__)
print(repr(traceback.format_exc()))


class Shape(ABC):
    @abstractmethod
    def area(self):
        return 0

    @property
    @abstractmethod
    def name(self):
        pass

    def describe(self):
        return f"{self.name} {self.area()}"


class Half(Shape):
    def area(self):
        return super().area() + 1


class Square(Half):
    name = "square"

    def __init__(self, side=1):
        self.side = side


class Other:
    pass


Shape.register(Other)
print(attempt(Shape), "|", attempt(Half), "|", Square(3).describe(), Square(side=4).side)
print(isinstance(Other(), Shape), issubclass(Square, Shape), isinstance(3, Shape), sorted(Shape.__abstractmethods__))

start = time.perf_counter()
time.sleep(0.01)
print(time.perf_counter() - start >= 0.01, time.time() > 1.6e9, time.monotonic_ns() > 0, time.process_time() > 0)
print(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(0)), time.gmtime(86400)[:6], time.gmtime(0).tm_year)
print(time.gmtime(1e9), len(time.localtime()), time.mktime(time.localtime(12345)), time.asctime(time.gmtime(0)))

# Where texts begin and end.
print("abc".find("", 4), "abc".find("", 3), "abc".count("", 4), "abc".startswith("", 4), "abc".endswith("", 2, 1))
print("  a  b  ".split(None, 1), "  a  b  ".rsplit(None, 1), "".isascii(), "".isprintable(), "".isdigit())
print(attempt(lambda: "a".partition("")), attempt(lambda: "a".rpartition("")), b" a b ".split(None, 1))
# SPDX-License-Identifier: MIT
