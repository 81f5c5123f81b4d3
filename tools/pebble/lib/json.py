"""Texts in JSON, from values and back."""
import re as _re

_escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f",
            "\b": "\\b"}
_unescapes = {text[1]: char for char, text in _escapes.items()} | {"/": "/"}
_number = _re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_names = {"null": None, "true": True, "false": False, "NaN": float("nan"),
          "Infinity": float("inf"), "-Infinity": float("-inf")}
_space = " \t\n\r"


class JSONDecodeError(ValueError):
    def __init__(self, msg, doc, pos):
        self.msg, self.doc, self.pos = msg, doc, pos
        self.lineno = doc.count("\n", 0, pos) + 1
        self.colno = pos - doc.rfind("\n", 0, pos)
        super().__init__(f"{msg}: line {self.lineno} column {self.colno} (char {pos})")


class JSONEncoder:
    def __init__(self, *, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True,
                 sort_keys=False, indent=None, separators=None, default=None):
        self.skipkeys, self.ensure_ascii, self.allow_nan = skipkeys, ensure_ascii, allow_nan
        self.check_circular, self.sort_keys = check_circular, sort_keys
        self.indent = " " * indent if isinstance(indent, int) else indent
        self.item_separator, self.key_separator = separators or (
            ", " if indent is None else ",", ": ")
        if default is not None:
            self.default = default

    def default(self, o):
        raise TypeError(f"Object of type {o.__class__.__name__} is not JSON serializable")

    def encode(self, o):
        return "".join(self.iterencode(o))

    def iterencode(self, o):
        return self._value(o, "\n", [])

    def _text(self, s):
        parts = []
        for char in s:
            code = ord(char)
            if char in _escapes:
                parts.append(_escapes[char])
            elif code < 0x20 or (code > 0x7E and self.ensure_ascii):
                if code >= 0x10000:
                    code -= 0x10000
                    parts.append(f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}")
                else:
                    parts.append(f"\\u{code:04x}")
            else:
                parts.append(char)
        return f'"{"".join(parts)}"'

    def _float(self, o):
        if o - o != 0:
            if not self.allow_nan:
                raise ValueError("Out of range float values are not JSON compliant")
            return "NaN" if o != o else "Infinity" if o > 0 else "-Infinity"
        return float.__repr__(o)

    def _plain(self, o):
        """The text of a value without parts; None: it has parts."""
        if isinstance(o, str):
            return self._text(o)
        if o is None or o is True or o is False:
            return "null" if o is None else str(o).lower()
        if isinstance(o, int):
            return int.__repr__(o)
        return self._float(o) if isinstance(o, float) else None

    def _key(self, key):
        if isinstance(key, str):
            return self._text(key)
        text = self._plain(key)
        if text is not None:
            return f'"{text}"'
        if self.skipkeys:
            return None
        raise TypeError("keys must be str, int, float, bool or None, "
                        f"not {key.__class__.__name__}")

    def _value(self, o, line, around):
        text = self._plain(o)
        if text is not None:
            yield text
            return
        if self.check_circular and any(outer is o for outer in around):
            raise ValueError("Circular reference detected")
        around.append(o)
        if isinstance(o, dict):
            pairs = ((self._key(key), value)
                     for key, value in (sorted(o.items()) if self.sort_keys else o.items()))
            parts = ((key + self.key_separator, value) for key, value in pairs if key is not None)
            yield from self._parts("{}", parts, line, around)
        elif isinstance(o, (list, tuple)):
            yield from self._parts("[]", (("", item) for item in o), line, around)
        else:
            yield from self._value(self.default(o), line, around)
        around.pop()

    def _parts(self, brackets, parts, line, around):
        inner = line if self.indent is None else line + self.indent
        empty = True
        for key, value in parts:
            yield brackets[0] if empty else self.item_separator
            if self.indent is not None:
                yield inner
            yield key
            yield from self._value(value, inner, around)
            empty = False
        if empty:
            yield brackets
        else:
            yield (line if self.indent is not None else "") + brackets[1]


class JSONDecoder:
    def __init__(self, *, object_hook=None, parse_float=None, parse_int=None, parse_constant=None,
                 strict=True, object_pairs_hook=None):
        self.object_hook, self.object_pairs_hook = object_hook, object_pairs_hook
        self.parse_float, self.parse_int = parse_float or float, parse_int or int
        self.parse_constant, self.strict = parse_constant or _names.__getitem__, strict

    def decode(self, s):
        value, end = self.raw_decode(s, self._skip(s, 0))
        end = self._skip(s, end)
        if end != len(s):
            raise JSONDecodeError("Extra data", s, end)
        return value

    def raw_decode(self, s, idx=0):
        char = s[idx:idx + 1]
        if char == '"':
            return self._string(s, idx + 1)
        if char == "{":
            return self._object(s, idx + 1)
        if char == "[":
            return self._array(s, idx + 1)
        for name, value in _names.items():
            if s.startswith(name, idx):
                known = value is None or value is True or value is False
                return value if known else self.parse_constant(name), idx + len(name)
        number = _number.match(s, idx)
        if number is None:
            raise JSONDecodeError("Expecting value", s, idx)
        whole = number.group(2) is None and number.group(3) is None
        return (self.parse_int if whole else self.parse_float)(number.group()), number.end()

    def _skip(self, s, at):
        while at < len(s) and s[at] in _space:
            at += 1
        return at

    def _string(self, s, at):
        begin, parts = at - 1, []
        while True:
            char = s[at:at + 1]
            if not char:
                raise JSONDecodeError("Unterminated string starting at", s, begin)
            at += 1
            if char == '"':
                return "".join(parts), at
            if char == "\\":
                char, at = self._escape(s, at, begin)
            elif char < " " and self.strict:
                raise JSONDecodeError("Invalid control character at", s, at - 1)
            parts.append(char)

    def _escape(self, s, at, begin):
        char = s[at:at + 1]
        if not char:
            raise JSONDecodeError("Unterminated string starting at", s, begin)
        if char in _unescapes:
            return _unescapes[char], at + 1
        if char != "u":
            raise JSONDecodeError("Invalid \\escape", s, at - 1)
        code = self._hex(s, at)
        at += 5
        if 0xD800 <= code < 0xDC00 and s.startswith("\\u", at):
            low = self._hex(s, at + 1)
            if 0xDC00 <= low < 0xE000:
                return chr(0x10000 + (code - 0xD800 << 10) + (low - 0xDC00)), at + 6
        return chr(code), at

    def _hex(self, s, at):
        digits = s[at + 1:at + 5]
        try:
            if len(digits) == 4 and digits[1] not in "xX":
                return int(digits, 16)
        except ValueError:
            pass
        raise JSONDecodeError("Invalid \\uXXXX escape", s, at)

    def _object(self, s, at):
        pairs = []
        at = self._skip(s, at)
        while s[at:at + 1] != "}" or pairs:
            if s[at:at + 1] != '"':
                raise JSONDecodeError("Expecting property name enclosed in double quotes", s, at)
            key, at = self._string(s, at + 1)
            at = self._skip(s, at)
            if s[at:at + 1] != ":":
                raise JSONDecodeError("Expecting ':' delimiter", s, at)
            value, at = self.raw_decode(s, self._skip(s, at + 1))
            pairs.append((key, value))
            at = self._skip(s, at)
            if s[at:at + 1] == "}":
                break
            if s[at:at + 1] != ",":
                raise JSONDecodeError("Expecting ',' delimiter", s, at)
            at = self._skip(s, at + 1)
        if self.object_pairs_hook is not None:
            return self.object_pairs_hook(pairs), at + 1
        made = dict(pairs)
        return made if self.object_hook is None else self.object_hook(made), at + 1

    def _array(self, s, at):
        items = []
        at = self._skip(s, at)
        while s[at:at + 1] != "]" or items:
            item, at = self.raw_decode(s, self._skip(s, at))
            items.append(item)
            at = self._skip(s, at)
            if s[at:at + 1] == "]":
                break
            if s[at:at + 1] != ",":
                raise JSONDecodeError("Expecting ',' delimiter", s, at)
            at += 1
        return items, at + 1


def dumps(obj, *, cls=JSONEncoder, **options):
    return (cls or JSONEncoder)(**options).encode(obj)


def dump(obj, fp, *, cls=JSONEncoder, **options):
    for part in (cls or JSONEncoder)(**options).iterencode(obj):
        fp.write(part)


def loads(s, *, cls=JSONDecoder, **options):
    if isinstance(s, (bytes, bytearray)):
        s = bytes(s).decode()
    elif not isinstance(s, str):
        raise TypeError("the JSON object must be str, bytes or bytearray, "
                        f"not {s.__class__.__name__}")
    return (cls or JSONDecoder)(**options).decode(s)


def load(fp, **options):
    return loads(fp.read(), **options)
