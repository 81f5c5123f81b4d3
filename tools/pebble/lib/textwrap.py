"""Texts in lines of a given width, and their margins."""


def dedent(text):
    lines = [line if line.strip(" \t") else "" for line in text.split("\n")]
    margin = None
    for line in filter(None, lines):
        indent = line[:len(line) - len(line.lstrip(" \t"))]
        if margin is None:
            margin = indent
        while not indent.startswith(margin):
            margin = margin[:-1]
    return "\n".join(line[len(margin or ""):] for line in lines)


def indent(text, prefix, predicate=None):
    wanted = str.strip if predicate is None else predicate
    return "".join(prefix + line if wanted(line) else line for line in text.splitlines(True))


def _is_letter(text, at):
    return 0 <= at < len(text) and (text[at] == "_" or text[at].isalpha())


def _breaks_after(word, hyphen):
    """May a line end after this hyphen? Two letters, or a-b, must stand on both sides."""
    return (_is_letter(word, hyphen - 1)
            and (_is_letter(word, hyphen - 2)
                 or word[hyphen - 2:hyphen - 1] == "-" and _is_letter(word, hyphen - 3))
            and _is_letter(word, hyphen + 1)
            and (_is_letter(word, hyphen + 2)
                 or word[hyphen + 2:hyphen + 3] == "-" and _is_letter(word, hyphen + 3)))


def _split_word(word):
    """The parts of a word at hyphens, and dashes (two hyphens or more) between words."""
    parts, start, at = [], 0, 0
    while at < len(word):
        end = at
        while word[end:end + 1] == "-":
            end += 1
        dash = (end - at > 1 and at > start and (word[at - 1].isalnum() or word[at - 1] in "_!\"'&.,?")
                and (word[end:end + 1].isalnum() or word[end:end + 1] == "_"))
        if dash:
            parts += [word[start:at], word[at:end]]
            start = end
        elif end - at == 1 and _breaks_after(word, at):
            parts.append(word[start:end])
            start = end
        at = max(end, at + 1)
    return parts + [word[start:]] if start < len(word) else parts


class TextWrapper:
    def __init__(self, width=70, initial_indent="", subsequent_indent="", expand_tabs=True,
                 replace_whitespace=True, fix_sentence_endings=False, break_long_words=True,
                 drop_whitespace=True, break_on_hyphens=True, tabsize=8, *, max_lines=None,
                 placeholder=" [...]"):
        self.width, self.max_lines, self.placeholder = width, max_lines, placeholder
        self.initial_indent, self.subsequent_indent = initial_indent, subsequent_indent
        self.expand_tabs, self.tabsize = expand_tabs, tabsize
        self.replace_whitespace, self.drop_whitespace = replace_whitespace, drop_whitespace
        self.break_long_words, self.break_on_hyphens = break_long_words, break_on_hyphens
        self.fix_sentence_endings = fix_sentence_endings

    def _split(self, text):
        """Words, parts of words, and the spaces between them."""
        if self.expand_tabs:
            text = text.expandtabs(self.tabsize)
        if self.replace_whitespace:
            text = "".join(" " if c in "\t\n\v\f\r" else c for c in text)
        runs = []
        for c in text:
            if runs and c.isspace() == runs[-1][-1].isspace():
                runs[-1] += c
            else:
                runs.append(c)
        if self.break_on_hyphens:
            runs = [part for run in runs
                    for part in ([run] if run.isspace() else _split_word(run))]
        if self.fix_sentence_endings:
            for i in range(1, len(runs)):
                end = runs[i - 1].rstrip("\"'")
                sentence = (len(runs[i - 1]) - len(end) < 2 and end[-1:] in (".", "!", "?")
                            and end[-2:-1].islower())
                if sentence and runs[i] == " " and i + 1 < len(runs):
                    runs[i] = "  "
        return runs

    def _cut_long_word(self, pieces, line, room, length):
        left = room - length if room > 0 else 1
        if self.break_long_words:
            end = left
            hyphen = pieces[-1].rfind("-", 0, left) if self.break_on_hyphens else -1
            if len(pieces[-1]) > left and pieces[-1][:max(hyphen, 0)].strip("-"):
                end = hyphen + 1
            line.append(pieces[-1][:end])
            pieces[-1] = pieces[-1][end:]
        elif not line:
            line.append(pieces.pop())

    def _add_placeholder(self, lines, line, indent, room):
        """The last line that may be: shortened until the placeholder fits."""
        while line:
            if line[-1].strip() and len("".join(line)) + len(self.placeholder) <= room:
                lines.append(indent + "".join(line) + self.placeholder)
                return
            line.pop()
        if lines and len(lines[-1].rstrip()) + len(self.placeholder) <= self.width:
            lines[-1] = lines[-1].rstrip() + self.placeholder
        else:
            lines.append(indent + self.placeholder.lstrip())

    def wrap(self, text):
        if self.width <= 0:
            raise ValueError(f"invalid width {self.width!r} (must be > 0)")
        if self.max_lines is not None:
            indent = self.subsequent_indent if self.max_lines > 1 else self.initial_indent
            if len(indent) + len(self.placeholder.lstrip()) > self.width:
                raise ValueError("placeholder too large for max width")
        pieces = self._split(text)[::-1]
        lines = []
        while pieces:
            indent = self.subsequent_indent if lines else self.initial_indent
            room = self.width - len(indent)
            if self.drop_whitespace and lines and not pieces[-1].strip():
                pieces.pop()
            line, length = [], 0
            while pieces and length + len(pieces[-1]) <= room:
                length += len(pieces[-1])
                line.append(pieces.pop())
            if pieces and len(pieces[-1]) > room:
                self._cut_long_word(pieces, line, room, length)
            if self.drop_whitespace and line and not line[-1].strip():
                line.pop()
            if not line:
                continue
            rest = [p for p in pieces if p.strip()] if self.drop_whitespace else pieces
            fits = not rest and len("".join(line)) <= room
            if self.max_lines is None or len(lines) + 1 < self.max_lines or fits:
                lines.append(indent + "".join(line))
            else:
                self._add_placeholder(lines, line, indent, room)
                break
        return lines

    def fill(self, text):
        return "\n".join(self.wrap(text))


def wrap(text, width=70, **kwargs):
    return TextWrapper(width=width, **kwargs).wrap(text)


def fill(text, width=70, **kwargs):
    return TextWrapper(width=width, **kwargs).fill(text)


def shorten(text, width, **kwargs):
    return TextWrapper(width=width, max_lines=1, **kwargs).fill(" ".join(text.split()))
# SPDX-License-Identifier: MIT
