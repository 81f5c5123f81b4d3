"""Regular expressions, parsed into nested tuples (for re)."""

I = IGNORECASE = 2
M = MULTILINE = 8
S = DOTALL = 16
X = VERBOSE = 64
A = ASCII = 256
_FLAGS = {"i": I, "m": M, "s": S, "x": X, "a": A}
_FLAG_NAMES = {I: "re.IGNORECASE", M: "re.MULTILINE", S: "re.DOTALL", X: "re.VERBOSE", A: "re.ASCII"}
_SPECIAL = frozenset("()[]{}?*+-|^$\\.&~# \t\n\r\v\f")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0", "a": "\a"}
_DIGITS = {"x": 2, "u": 4, "U": 8}
_ENDLESS = 1 << 60


class error(Exception):
    __module__ = "re"

    def __init__(self, msg, pattern=None, pos=None):
        self.msg, self.pattern, self.pos = msg, pattern, pos
        if pos is not None:
            before = pattern[:pos]
            self.lineno = before.count("\n") + 1
            self.colno = pos - before.rfind("\n")
            msg = f"{msg} at position {pos}"
            if "\n" in pattern:
                msg = f"{msg} (line {self.lineno}, column {self.colno})"
        super().__init__(msg)


def _is_word(c):
    return c.isalnum() or c == "_"


_CLASSES = {"d": str.isdigit, "s": str.isspace, "w": _is_word}


def _class(letter):
    """The test that \\d, \\s or \\w (or the opposite, in capitals) stands for; or None."""
    test = _CLASSES.get(letter.lower())
    if test is None or letter.islower():
        return test
    return lambda c: not test(c)


class _Parser:
    def __init__(self, text, flags):
        self.text = text
        self.at = 0
        self.flags = self.all_flags = flags
        self.groups = 0
        self.names = {}

    def peek(self, text):
        return self.text.startswith(text, self.at)

    def take(self, text):
        if not self.peek(text):
            return False
        self.at += len(text)
        return True

    def fail(self, message, pos):
        raise error(message, self.text, pos)

    def next(self, start):
        """The next character of what began at `start` with a bracket or a backslash."""
        if self.at >= len(self.text):
            if self.text[-1] == "\\":
                self.fail("bad escape (end of pattern)", self.at - 1)
            self.fail("unterminated character set", start)
        self.at += 1
        return self.text[self.at - 1]

    def until(self, mark):
        end = self.text.find(mark, self.at)
        if end < 0:
            self.fail(f"missing {mark}, unterminated name", self.at)
        part, self.at = self.text[self.at:end], end + 1
        return part

    def skip_comments(self):
        while self.flags & VERBOSE and self.at < len(self.text):
            if self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif not self.text[self.at].isspace():
                break
            else:
                self.at += 1

    def alternatives(self):
        options = [self.sequence()]
        while self.take("|"):
            options.append(self.sequence())
        return options[0] if len(options) == 1 else ("or", options)

    def sequence(self):
        parts = []
        self.skip_comments()
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts.append(self.repeated(self.atom()))
            self.skip_comments()
        return ("sequence", parts)

    def repeated(self, part):
        self.skip_comments()
        while self.at < len(self.text):
            start = self.at
            if part[0] == "repeat" and (self.text[start] in "*+?" or self.bounds() is not None):
                self.fail("multiple repeat", start)
            if self.take("*"):
                low, high = 0, _ENDLESS
            elif self.take("+"):
                low, high = 1, _ENDLESS
            elif self.take("?"):
                low, high = 0, 1
            else:
                bounds = self.bounds()
                if bounds is None:
                    break
                low, high = bounds
            part = ("repeat", part, low, high, not self.take("?"))
        return part

    def bounds(self):
        """{m}, {m,}, {,n} or {m,n}; anything else that starts with a brace is plain text."""
        end = self.text.find("}", self.at)
        if not self.peek("{") or end < 0:
            return None
        low, comma, high = self.text[self.at + 1:end].partition(",")
        if not (low + high).isdigit():
            return None
        first = int(low or 0)
        last = int(high) if high else _ENDLESS if comma else first
        if last < first:
            self.fail("min repeat greater than max repeat", self.at + 1)
        self.at = end + 1
        return first, last

    def atom(self):
        start = self.at
        c = self.text[start]
        self.at += 1
        if c == "(":
            return self.group(start)
        if c == "[":
            return ("char", self.char_set(start))
        if c == ".":
            return ("char", (lambda c: True) if self.flags & DOTALL else (lambda c: c != "\n"))
        if c == "^":
            return ("at", "^" if self.flags & MULTILINE else "A")
        if c == "$":
            return ("at", "$" if self.flags & MULTILINE else "end")
        if c == "\\":
            return self.escaped(start)
        if c in "*+?":
            self.fail("nothing to repeat", start)
        return self.literal(c)

    def literal(self, c):
        if self.flags & IGNORECASE:
            lower = c.lower()
            return ("char", lambda other: other.lower() == lower)
        return ("char", lambda other: other == c)

    def escaped(self, start):
        c = self.next(start)
        if c in "AZbB":
            return ("at", c)
        if c.isdigit() and c != "0":
            if self.at < len(self.text) and self.text[self.at].isdigit():
                c += self.next(start)
            if int(c) > self.groups:
                self.fail(f"invalid group reference {int(c)}", start + 1)
            return ("same", int(c))
        test = _class(c)
        return ("char", test) if test is not None else self.literal(self.escape(c, start))

    def escape(self, c, start):
        if c in _DIGITS:
            digits = self.text[self.at:self.at + _DIGITS[c]]
            self.at += _DIGITS[c]
            if len(digits) < _DIGITS[c] or digits.strip("0123456789abcdefABCDEF"):
                self.fail(f"incomplete escape \\{c}{digits}", start)
            return chr(int(digits, 16))
        if c.isalpha() and c not in _ESCAPES:
            self.fail(f"bad escape \\{c}", start)
        return _ESCAPES.get(c, c)

    def group(self, start):
        number = None
        flags = self.flags
        if self.take("?"):
            if self.take("P<"):
                number = self.open_group(self.until(">"))
            elif self.take("P="):
                name = self.until(")")
                if name not in self.names:
                    self.fail(f"unknown group name {name!r}", start + 4)
                return ("same", self.names[name])
            elif self.take("#"):
                self.until(")")
                return ("sequence", [])
            elif self.take("<=") or self.take("<!"):
                found = self.text[self.at - 1] == "="
                return self.close_group(("behind", self.alternatives(), found), start)
            elif self.take("=") or self.take("!"):
                found = self.text[self.at - 1] == "="
                return self.close_group(("look", self.alternatives(), found), start)
            elif not self.take(":") and not self.set_flags(start):
                return ("sequence", [])
        else:
            number = self.open_group(None)
        inner = self.alternatives()
        self.flags = flags | (self.flags & self.all_flags)
        return self.close_group(inner if number is None else ("group", inner, number), start)

    def open_group(self, name):
        self.groups += 1
        if name is not None:
            start = self.at - len(name) - 1
            if not name.isidentifier():
                self.fail(f"bad character in group name {name!r}", start)
            if name in self.names:
                self.fail(f"redefinition of group name {name!r} as group {self.groups}; "
                          f"was group {self.names[name]}", start)
            self.names[name] = self.groups
        return self.groups

    def close_group(self, node, start):
        if not self.take(")"):
            self.fail("missing ), unterminated subpattern", start)
        return node

    def set_flags(self, start):
        """(?i) holds from here on; (?i:...), for which it gives true, inside alone."""
        while self.at < len(self.text) and self.text[self.at] in _FLAGS:
            self.flags |= _FLAGS[self.text[self.at]]
            self.at += 1
        if self.take(":"):
            return True
        if not self.take(")"):
            if self.at == len(self.text):
                self.fail("missing -, : or )", self.at)
            end = self.at + (2 if self.peek("<") else 1)
            self.fail(f"unknown extension {self.text[start + 1:end]}", start + 1)
        self.all_flags |= self.flags
        return False

    def char_set(self, start):
        opposite = self.take("^")
        singles, ranges, tests = set(), [], []
        first = True
        while first or not self.peek("]"):
            first = False
            at = self.at
            low = self.set_member(tests, start)
            if low is None:
                continue
            if self.peek("-") and not self.peek("-]"):
                self.take("-")
                high = self.set_member(tests, start)
                if high is None or high < low:
                    self.fail(f"bad character range {self.text[at:self.at]}", at)
                ranges.append((low, high))
            else:
                singles.add(low)
        self.take("]")

        def matches(c):
            return (c in singles or any(low <= c <= high for low, high in ranges)
                    or any(test(c) for test in tests))
        if self.flags & IGNORECASE:
            return lambda c: (matches(c.lower()) or matches(c.upper())) != opposite
        return lambda c: matches(c) != opposite

    def set_member(self, tests, start):
        c = self.next(start)
        if c != "\\":
            return c
        at = self.at - 1
        c = self.next(start)
        test = _class(c)
        if test is None:
            return "\b" if c == "b" else self.escape(c, at)
        tests.append(test)
        return None
# SPDX-License-Identifier: MIT
