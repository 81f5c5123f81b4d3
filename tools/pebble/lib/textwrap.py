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

    def _pieces(self, text):
        """Words and the spaces between them; a word may end after a hyphen between letters."""
        if self.expand_tabs:
            text = text.expandtabs(self.tabsize)
        if self.replace_whitespace:
            text = "".join(" " if c in "\t\n\v\f\r" else c for c in text)
        pieces = []
        for i, c in enumerate(text):
            hyphen = (self.break_on_hyphens and i > 1 and text[i - 1] == "-" and c.isalpha()
                      and text[i - 2].isalpha())
            if pieces and not hyphen and (c == " ") == (pieces[-1][-1] == " "):
                pieces[-1] += c
            else:
                pieces.append(c)
        return pieces

    def wrap(self, text):
        if self.width <= 0:
            raise ValueError(f"invalid width {self.width!r} (must be > 0)")
        pieces = self._pieces(text)[::-1]
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
                space = max(room - length, 1) if self.break_long_words or not line else 0
                if self.break_long_words:
                    line.append(pieces[-1][:space])
                    pieces[-1] = pieces[-1][space:]
                elif not line:
                    line.append(pieces.pop())
            if self.drop_whitespace and line and not line[-1].strip():
                line.pop()
            if not line:
                continue
            last = self.max_lines is not None and len(lines) + 1 == self.max_lines
            if last and any(piece.strip() for piece in pieces):
                while line and len("".join(line)) + len(self.placeholder) > room:
                    line.pop()
                while line and not line[-1].strip():
                    line.pop()
                text = "".join(line) + self.placeholder
                lines.append(indent + (text if line else self.placeholder.lstrip()))
                break
            lines.append(indent + "".join(line))
        return lines

    def fill(self, text):
        return "\n".join(self.wrap(text))


def wrap(text, width=70, **kwargs):
    return TextWrapper(width=width, **kwargs).wrap(text)


def fill(text, width=70, **kwargs):
    return TextWrapper(width=width, **kwargs).fill(text)


def shorten(text, width, **kwargs):
    return TextWrapper(width=width, max_lines=1, **kwargs).fill(" ".join(text.split()))
