"""Regular expressions, matched by backtracking. Bytes are matched as characters below 256.

A pattern is parsed into nested tuples, then built into functions from the end to the beginning: each
matches its part at a position and calls the function of what follows. They give the end of the match,
or None.
"""

from _re_parser import (I, IGNORECASE, M, MULTILINE, S, DOTALL, X, VERBOSE, A, ASCII, error,
                        _ENDLESS, _ESCAPES, _FLAG_NAMES, _SPECIAL, _is_word, _Parser)


def _build(node, follow):
    return _BUILDERS[node[0]](node, follow)


def _build_char(node, follow):
    test = node[1]

    def char(m, i):
        return follow(m, i + 1) if i < m.limit and test(m.text[i]) else None
    return char


def _build_sequence(node, follow):
    for part in reversed(node[1]):
        follow = _build(part, follow)
    return follow


def _build_or(node, follow):
    options = [_build(option, follow) for option in node[1]]

    def either(m, i):
        for option in options:
            end = option(m, i)
            if end is not None:
                return end
        return None
    return either


def _build_group(node, follow):
    inner, number = node[1], node[2]

    def leave(m, j):
        before = m.spans[number]
        m.spans[number] = (m.starts[number], j)
        end = follow(m, j)
        if end is None:
            m.spans[number] = before
        return end
    body = _build(inner, leave)

    def enter(m, i):
        before, m.starts[number] = m.starts[number], i
        end = body(m, i)
        if end is None:
            m.starts[number] = before
        return end
    return enter


def _build_at(node, follow):
    def word_at(m, i):
        return 0 <= i < len(m.text) and _is_word(m.text[i])
    tests = {"A": lambda m, i: i == 0,
             "Z": lambda m, i: i == len(m.text),
             "end": lambda m, i: i == len(m.text) or (i == len(m.text) - 1 and m.text[i] == "\n"),
             "^": lambda m, i: i == 0 or m.text[i - 1] == "\n",
             "$": lambda m, i: i == len(m.text) or m.text[i] == "\n",
             "b": lambda m, i: word_at(m, i - 1) != word_at(m, i),
             "B": lambda m, i: word_at(m, i - 1) == word_at(m, i)}
    test = tests[node[1]]
    return lambda m, i: follow(m, i) if test(m, i) else None


def _build_same(node, follow):
    def same(m, i):
        span = m.spans[node[1]]
        if span is None:
            return None
        text = m.text[span[0]:span[1]]
        return follow(m, i + len(text)) if m.text.startswith(text, i) else None
    return same


def _build_look(node, follow):
    inner = _build(node[1], lambda m, i: i)
    return lambda m, i: follow(m, i) if (inner(m, i) is not None) == node[2] else None


def _build_behind(node, follow):
    inner = _build(node[1], lambda m, i: i if i == m.behind else None)

    def behind(m, i):
        before, m.behind = m.behind, i
        found = any(inner(m, start) is not None for start in range(i, -1, -1))
        m.behind = before
        return follow(m, i) if found == node[2] else None
    return behind


def _build_repeat(node, follow):
    _, inner, low, high, greedy = node
    if inner[0] == "char":
        return _repeat_char(inner[1], low, high, greedy, follow)

    def attempt(m, i, count):
        def again(m, j):
            return attempt(m, j, count + 1) if j > i or count < low else None
        more = _build(inner, again) if count < high else None
        if count < low:
            return more(m, i)
        for step in ((more, follow) if greedy else (follow, more)):
            end = step(m, i) if step is not None else None
            if end is not None:
                return end
        return None
    return lambda m, i: attempt(m, i, 0)


def _repeat_char(test, low, high, greedy, follow):
    """Repeating a single character takes no recursion."""
    def greedy_run(m, i):
        j, most = i, min(m.limit, i + high)
        while j < most and test(m.text[j]):
            j += 1
        while j >= i + low:
            end = follow(m, j)
            if end is not None:
                return end
            j -= 1
        return None

    def lazy_run(m, i):
        j = i
        while True:
            end = follow(m, j) if j >= i + low else None
            if end is not None:
                return end
            if j >= m.limit or j >= i + high or not test(m.text[j]):
                return None
            j += 1
    return greedy_run if greedy else lazy_run


_BUILDERS = {"char": _build_char, "sequence": _build_sequence, "or": _build_or,
             "group": _build_group, "at": _build_at, "same": _build_same, "look": _build_look,
             "behind": _build_behind,
             "repeat": _build_repeat}


def _as_text(value):
    if isinstance(value, str):
        return value
    return "".join(map(chr, value))


class Match:
    def __init__(self, pattern, string, text, pos, limit):
        self.re = pattern
        self.string = string
        self.text = text
        self.pos = pos
        self.limit = self.endpos = limit
        self.starts = [None] * (pattern.groups + 1)
        self.spans = [None] * (pattern.groups + 1)
        self.behind = None

    @property
    def lastindex(self):
        """The group that was closed last: of those that end last, the one that holds the others."""
        closed = [(span[1], -span[0], -number) for number, span in enumerate(self.spans) if number and span]
        return -max(closed)[2] if closed else None

    @property
    def lastgroup(self):
        last = self.lastindex
        for name, number in self.re.groupindex.items():
            if number == last:
                return name

    def _number(self, group):
        number = self.re.groupindex.get(group) if isinstance(group, str) else group
        if number is None or not 0 <= number <= self.re.groups:
            raise IndexError("no such group")
        return number

    def span(self, group=0):
        return self.spans[self._number(group)] or (-1, -1)

    def start(self, group=0):
        return self.span(group)[0]

    def end(self, group=0):
        return self.span(group)[1]

    def _part(self, group, default=None):
        span = self.spans[self._number(group)]
        return default if span is None else self.string[span[0]:span[1]]

    def group(self, *groups):
        if len(groups) > 1:
            return tuple(self._part(group) for group in groups)
        return self._part(groups[0] if groups else 0)

    __getitem__ = _part

    def groups(self, default=None):
        return tuple(self._part(number, default) for number in range(1, self.re.groups + 1))

    def groupdict(self, default=None):
        return {name: self._part(name, default) for name in self.re.groupindex}

    def expand(self, template):
        def value(match):
            name, c = match.group(1) or match.group(2), match.group(3)
            if name is None:
                return "\\" if c == "\\" else _ESCAPES.get(c, "\\" + c)
            return _as_text(self._part(int(name) if name.isdigit() else name) or "")
        text = _TEMPLATE_PART.sub(value, _as_text(template))
        return text if isinstance(template, str) else bytes(map(ord, text))

    def __repr__(self):
        return f"<re.Match object; span={self.span()}, match={self.group()!r}>"


class Pattern:
    def __init__(self, pattern, flags):
        parser = _Parser(_as_text(pattern), flags)
        node = parser.alternatives()
        if parser.at < len(parser.text):
            parser.fail("unbalanced parenthesis", parser.at)
        self.pattern = pattern
        self.flags = parser.all_flags
        self.groups = parser.groups
        self.groupindex = parser.names
        self._run = _build(node, lambda m, i: i)
        self._run_to_end = _build(node, lambda m, i: i if i == m.limit else None)

    def _at(self, string, text, pos, i, endpos, run):
        match = Match(self, string, text, pos, endpos)
        end = run(match, i)
        if end is None:
            return None
        match.spans[0] = (i, end)
        return match

    def match(self, string, pos=0, endpos=_ENDLESS):
        return self._at(string, _as_text(string), pos, pos, min(endpos, len(string)), self._run)

    def fullmatch(self, string, pos=0, endpos=_ENDLESS):
        return self._at(string, _as_text(string), pos, pos, min(endpos, len(string)), self._run_to_end)

    def search(self, string, pos=0, endpos=_ENDLESS):
        text, limit = _as_text(string), min(endpos, len(string))
        for i in range(pos, limit + 1):
            match = self._at(string, text, pos, i, limit, self._run)
            if match is not None:
                return match
        return None

    def finditer(self, string, pos=0, endpos=_ENDLESS):
        while True:
            match = self.search(string, pos, endpos)
            if match is None:
                return
            yield match
            pos = match.end() + (match.end() == match.start())

    def findall(self, string, pos=0, endpos=_ENDLESS):
        matches = self.finditer(string, pos, endpos)
        if self.groups == 0:
            return [match.group() for match in matches]
        empty = string[:0]
        if self.groups == 1:
            return [match._part(1, empty) for match in matches]
        return [match.groups(empty) for match in matches]

    def subn(self, repl, string, count=0):
        parts, at, done = [], 0, 0
        for match in self.finditer(string):
            parts.append(string[at:match.start()])
            parts.append(repl(match) if callable(repl) else match.expand(repl))
            at = match.end()
            done += 1
            if done == count:
                break
        parts.append(string[at:])
        return string[:0].join(parts), done

    def sub(self, repl, string, count=0):
        return self.subn(repl, string, count)[0]

    def split(self, string, maxsplit=0):
        parts, at = [], 0
        for match in self.finditer(string):
            parts.append(string[at:match.start()])
            parts.extend(match.groups())
            at = match.end()
            maxsplit -= 1
            if maxsplit == 0:
                break
        return parts + [string[at:]]

    def __repr__(self):
        flags = "|".join([name for flag, name in _FLAG_NAMES.items() if self.flags & flag])
        return f"re.compile({self.pattern!r}{flags and ', ' + flags})"


_compiled = {}


def compile(pattern, flags=0):
    if isinstance(pattern, Pattern):
        return pattern
    found = _compiled.get((pattern, flags))
    if found is None:
        found = _compiled[pattern, flags] = Pattern(pattern, flags)
    return found


def match(pattern, string, flags=0):
    return compile(pattern, flags).match(string)


def fullmatch(pattern, string, flags=0):
    return compile(pattern, flags).fullmatch(string)


def search(pattern, string, flags=0):
    return compile(pattern, flags).search(string)


def findall(pattern, string, flags=0):
    return compile(pattern, flags).findall(string)


def finditer(pattern, string, flags=0):
    return compile(pattern, flags).finditer(string)


def sub(pattern, repl, string, count=0, flags=0):
    return compile(pattern, flags).sub(repl, string, count)


def subn(pattern, repl, string, count=0, flags=0):
    return compile(pattern, flags).subn(repl, string, count)


def split(pattern, string, maxsplit=0, flags=0):
    return compile(pattern, flags).split(string, maxsplit)


def escape(pattern):
    return "".join("\\" + c if c in _SPECIAL else c for c in pattern)


def purge():
    _compiled.clear()


_TEMPLATE_PART = compile(r"\\(?:([1-9]\d?)|g<(\w+)>|(.))", DOTALL)
# SPDX-License-Identifier: MIT
