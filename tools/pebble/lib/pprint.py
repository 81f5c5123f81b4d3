"""Texts of nested containers that are broken into lines where they are too wide."""
import collections as _collections
import re as _re
import sys as _sys
from types import MappingProxyType as _MappingProxy, SimpleNamespace as _Namespace

__all__ = ["pprint", "pformat", "isreadable", "isrecursive", "saferepr", "PrettyPrinter", "pp"]


def pprint(object, stream=None, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True,
           underscore_numbers=False):
    PrettyPrinter(indent, width, depth, stream, compact=compact, sort_dicts=sort_dicts,
                  underscore_numbers=underscore_numbers).pprint(object)


def pformat(object, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True,
            underscore_numbers=False):
    return PrettyPrinter(indent, width, depth, compact=compact, sort_dicts=sort_dicts,
                         underscore_numbers=underscore_numbers).pformat(object)


def pp(object, *args, sort_dicts=False, **kwargs):
    pprint(object, *args, sort_dicts=sort_dicts, **kwargs)


def saferepr(object):
    return PrettyPrinter()._one_line(object, 0)


def isreadable(object):
    return PrettyPrinter().isreadable(object)


def isrecursive(object):
    return PrettyPrinter().isrecursive(object)


class _Ordered:
    """A key to sort by, whatever is compared."""

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        try:
            return self.value < other.value
        except TypeError:
            return ((str(type(self.value)), id(self.value)) <
                    (str(type(other.value)), id(other.value)))


def _pair_order(pair):
    return _Ordered(pair[0]), _Ordered(pair[1])


def _is_shown_as(value, cls):
    """Is it an instance of `cls` that is shown as such?"""
    return isinstance(value, cls) and type(value).__repr__ is cls.__repr__


class PrettyPrinter:
    def __init__(self, indent=1, width=80, depth=None, stream=None, *, compact=False,
                 sort_dicts=True, underscore_numbers=False):
        indent, width = int(indent), int(width)
        if indent < 0:
            raise ValueError("indent must be >= 0")
        if depth is not None and depth <= 0:
            raise ValueError("depth must be > 0")
        if not width:
            raise ValueError("width must be != 0")
        self._step, self._width, self._depth = indent, width, depth
        self._stream = _sys.stdout if stream is None else stream
        self._compact, self._sorts, self._underscores = compact, sort_dicts, underscore_numbers
        self._begin()

    def _begin(self):
        self._parts = []
        self._open = set()  # the containers around what is being shown, by id
        self._readable, self._recursive = True, False

    def pprint(self, object):
        if self._stream is not None:
            self._stream.write(self.pformat(object) + "\n")

    def pformat(self, object):
        self._begin()
        self._show(object, 0, 0, 0)
        return "".join(self._parts)

    def isreadable(self, object):
        self._begin()
        self._one_line(object, 0)
        return self._readable and not self._recursive

    def isrecursive(self, object):
        self._begin()
        self._one_line(object, 0)
        return self._recursive

    def format(self, object, context, maxlevels, level):
        """For subclasses: the text on one line, whether eval() takes it, whether it is recursive."""
        text = self._plain(object, maxlevels, level)
        return text, self._readable, self._recursive

    # One line.

    def _one_line(self, value, level):
        text, readable, recursive = self.format(value, self._open, self._depth, level)
        self._readable = self._readable and readable
        self._recursive = self._recursive or recursive
        return text

    def _plain(self, value, depth, level):
        if _is_shown_as(value, int) and self._underscores:
            return f"{value:_d}"
        kinds = [kind for kind in (dict, list, tuple) if _is_shown_as(value, kind)]
        if not kinds or not value:
            text = repr(value)
            if not text or text.startswith("<"):
                self._readable = False
            return text
        before, after = {dict: "{}", list: "[]", tuple: "()"}[kinds[0]]
        after = "," + after if kinds[0] is tuple and len(value) == 1 else after
        if depth and level >= depth:
            self._readable = False
            return f"{before}...{after}"
        if id(value) in self._open:
            return self._recursion(value)
        self._open.add(id(value))
        level += 1
        if kinds[0] is dict:
            texts = [f"{self._one_line(key, level)}: {self._one_line(item, level)}"
                     for key, item in self._pairs(value)]
        else:
            texts = [self._one_line(item, level) for item in value]
        self._open.discard(id(value))
        return before + ", ".join(texts) + after

    def _recursion(self, value):
        self._readable, self._recursive = False, True
        return f"<Recursion on {type(value).__name__} with id={id(value)}>"

    def _pairs(self, value):
        return sorted(value.items(), key=_pair_order) if self._sorts else value.items()

    # Many lines. `indent`: the column; `after`: how much must stay free behind the last line.

    def _show(self, value, indent, after, level):
        if id(value) in self._open:
            self._parts.append(self._recursion(value))
            return
        text = self._one_line(value, level)
        if len(text) > self._width - indent - after:
            for kind, show in self._kinds:
                if _is_shown_as(value, kind):
                    self._open.add(id(value))
                    show(self, value, indent, after, level + 1)
                    self._open.discard(id(value))
                    return
        self._parts.append(text)

    def _pad(self):
        self._parts.append(" " * (self._step - 1))

    def _show_dict(self, value, indent, after, level):
        self._parts.append("{")
        self._pad()
        self._show_pairs(self._pairs(value), indent, after + 1, level)
        self._parts.append("}")

    def _show_pairs(self, pairs, indent, after, level):
        pairs = list(pairs)
        indent += self._step
        for number, (key, item) in enumerate(pairs, 1):
            last = number == len(pairs)
            text = self._one_line(key, level)
            self._parts.append(text + ": ")
            self._show(item, indent + len(text) + 2, after if last else 1, level)
            if not last:
                self._parts.append(",\n" + " " * indent)

    def _show_list(self, value, indent, after, level):
        self._parts.append("[")
        self._show_items(value, indent, after + 1, level)
        self._parts.append("]")

    def _show_tuple(self, value, indent, after, level):
        end = ",)" if len(value) == 1 else ")"
        self._parts.append("(")
        self._show_items(value, indent, after + len(end), level)
        self._parts.append(end)

    def _show_items(self, items, indent, after, level):
        items = list(items)
        indent += self._step
        self._pad()
        line = ",\n" + " " * indent
        between = ""
        free = most = self._width - indent + 1
        for number, item in enumerate(items, 1):
            last = number == len(items)
            if last:
                most -= after
                free -= after
            if self._compact:
                text = self._one_line(item, level)
                if free < len(text) + 2:
                    free = most
                    between = line if between else between
                if free >= len(text) + 2:
                    free -= len(text) + 2
                    self._parts.append(between + text)
                    between = ", "
                    continue
            self._parts.append(between)
            between = line
            self._show(item, indent, after if last else 1, level)

    def _show_set(self, value, indent, after, level):
        if not value:
            self._parts.append(repr(value))
            return
        name = type(value).__name__
        before, end = ("{", "}") if type(value) is set else (name + "({", "})")
        self._parts.append(before)
        items = sorted(value, key=_Ordered)
        self._show_items(items, indent + len(before) - 1, after + len(end), level)
        self._parts.append(end)

    def _show_text(self, value, indent, after, level):
        # Lines stand apart; one that is too wide is broken behind blanks.
        if level == 1:
            indent += 1
            after += 1
        room = self._width - indent
        chunks = []
        lines = value.splitlines(True)
        for number, line in enumerate(lines, 1):
            end = after if number == len(lines) else 0
            if len(repr(line)) <= room - end:
                chunks.append(repr(line))
                continue
            words = [word for word in _re.findall(r"\S*\s*", line) if word]
            current = ""
            for position, word in enumerate(words, 1):
                most = room - (end if position == len(words) else 0)
                if len(repr(current + word)) > most:
                    if current:
                        chunks.append(repr(current))
                    current = word
                else:
                    current += word
            if current:
                chunks.append(repr(current))
        text = ("\n" + " " * indent).join(chunks)
        self._parts.append(f"({text})" if level == 1 and len(chunks) > 1 else text)

    # What is shown as a call around another container.

    def _show_call(self, name, value, indent, after, level):
        self._parts.append(name + "(")
        self._show(value, indent + len(name) + 1, after + 1, level)
        self._parts.append(")")

    def _show_ordered(self, value, indent, after, level):
        self._show_call(type(value).__name__, list(value.items()), indent, after, level)

    def _show_proxy(self, value, indent, after, level):
        self._show_call("mappingproxy", value.copy(), indent, after, level)

    def _show_default(self, value, indent, after, level):
        name = type(value).__name__
        indent += len(name) + 1
        factory = self._one_line(value.default_factory, level)
        self._parts.append(f"{name}({factory},\n{' ' * indent}")
        self._show_dict(value, indent, after + 1, level)
        self._parts.append(")")

    def _show_counter(self, value, indent, after, level):
        name = type(value).__name__
        self._parts.append(name + "({")
        self._pad()
        self._show_pairs(value.most_common(), indent + len(name) + 1, after + 2, level)
        self._parts.append("})")

    def _show_deque(self, value, indent, after, level):
        name = type(value).__name__
        indent += len(name) + 1
        self._parts.append(name + "([")
        if value.maxlen is None:
            self._show_items(value, indent, after + 2, level)
            self._parts.append("])")
        else:
            self._show_items(value, indent, 2, level)
            self._parts.append(f"],\n{' ' * indent}maxlen={value.maxlen})")

    def _show_namespace(self, value, indent, after, level):
        name = "namespace" if type(value) is _Namespace else type(value).__name__
        indent += len(name) + 1
        self._parts.append(name + "(")
        items = list(value.__dict__.items())
        for number, (key, item) in enumerate(items, 1):
            last = number == len(items)
            self._parts.append(key + "=")
            if id(item) in self._open:
                self._parts.append("...")
            else:
                self._show(item, indent + len(key) + 1, after if last else 1, level)
            if not last:
                self._parts.append(",\n" + " " * indent)
        self._parts.append(")")

    _kinds = ((_collections.OrderedDict, _show_ordered), (_collections.defaultdict, _show_default),
              (_collections.Counter, _show_counter), (_collections.deque, _show_deque),
              (dict, _show_dict), (list, _show_list), (tuple, _show_tuple), (set, _show_set),
              (frozenset, _show_set), (str, _show_text), (_MappingProxy, _show_proxy),
              (_Namespace, _show_namespace))
# SPDX-License-Identifier: MIT
