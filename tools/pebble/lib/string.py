"""Sets of characters, and texts with places to fill."""

ascii_lowercase = "abcdefghijklmnopqrstuvwxyz"
ascii_uppercase = ascii_lowercase.upper()
ascii_letters = ascii_lowercase + ascii_uppercase
digits = "0123456789"
hexdigits = digits + "abcdefABCDEF"
octdigits = "01234567"
punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
whitespace = " \t\n\r\v\f"
printable = digits + ascii_letters + punctuation + whitespace


def capwords(s, sep=None):
    return (" " if sep is None else sep).join(word.capitalize() for word in s.split(sep))


class Template:
    """A text with names after dollar signs: $name or ${name}, and $$ for a dollar sign."""

    def __init__(self, template):
        self.template = template

    def _fill(self, mapping, safe):
        rest, done = self.template, ""
        while "$" in rest:
            before, rest = rest.split("$", 1)
            done += before
            braced = rest.startswith("{") and "}" in rest
            end = rest.index("}") if braced else 0
            while not braced and end < len(rest) and rest[:end + 1].isidentifier():
                end += 1
            name = rest[1:end] if braced else rest[:end]
            used = rest[:end + braced]
            if rest.startswith("$"):
                done, rest = done + "$", rest[1:]
            elif name.isidentifier() and (name in mapping or not safe):
                done, rest = done + str(mapping[name]), rest[len(used):]
            elif safe:
                done, rest = done + "$" + used, rest[len(used):]
            else:
                at = len(self.template) - len(rest)
                line = self.template.count("\n", 0, at) + 1
                column = at - self.template.rfind("\n", 0, at - 1) - 1
                raise ValueError(f"Invalid placeholder in string: line {line}, col {column}")
        return done + rest

    def substitute(self, mapping={}, /, **kws):
        return self._fill({**mapping, **kws}, safe=False)

    def safe_substitute(self, mapping={}, /, **kws):
        return self._fill({**mapping, **kws}, safe=True)
# SPDX-License-Identifier: MIT
