#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check the comments above public functions and above the typedefs of host functions.

A function has a summary whose first word is a verb ("Returns", "Makes"), then the contract fields
that differ from their defaults, in the order owns, errors, effects, thread. The defaults stand in
include/cairn/cairn.h: owns nothing, cannot fail, no effects, heap thread only. A field that states
its default is an error, because a reader could no longer tell at a glance what is special.

A host function must return, without longjmp or exception, and its typedef says so.

usage: tools/checks/contracts.py [INCLUDE_FOLDER]
"""
import pathlib
import re
import sys

FIELDS = ["owns", "errors", "effects", "thread"]
DEFAULT = {
    "owns": re.compile(r"(?:nothing|none|no\b)"),
    "errors": re.compile(r"(?:none|nothing|no\b|cannot fail|never)"),
    "effects": re.compile(r"(?:none|nothing|no\b)"),
    "thread": re.compile(r"(?:the )?heap thread"),
}
EFFECTS = ["allocates", "may collect", "may run user code"]
FUNCTION = re.compile(r"(?:CAIRN_API|CAIRN_INLINE)\b.*?\b(cairn_\w+)\(")
FIELD = re.compile(r"///   (\w+): +(\S.*)")
CONTINUED = re.compile(r"///            \S")
SUMMARY = re.compile(r"[A-Z][a-z]+s\b[^?]*\.")
FUNCTION_POINTER = re.compile(r"\(\*(\w+)\)\(")
STRUCT = re.compile(r"typedef struct (cairn_\w+) \{")
# The library defines these, and hosts call them.
NOT_OF_HOSTS = {"cairn_visit_fn"}


def effects_problem(text):
    """What is wrong with the text of an effects field, or None. A remark may follow in brackets."""
    named = re.sub(r" \([^)]*\)$", "", text).split("; ")
    if named != [effect for effect in EFFECTS if effect in named]:
        return f'effects: must be some of "{"; ".join(EFFECTS)}", in this order'
    if "may collect" in named and "may run user code" not in named:
        return "effects: a collection may run user code"
    return None


def field_problem(name, text):
    if DEFAULT[name].match(text):
        return f"{name}: states the default; leave the field out"
    if name == "thread" and not text.startswith("any thread"):
        return 'thread: must start with "any thread"'
    return effects_problem(text) if name == "effects" else None


def split_comment(comment):
    """The summary, the fields as [name, text], and a stray line or None."""
    summary = []
    fields = []
    for line in comment:
        match = FIELD.fullmatch(line)
        if match:
            fields.append([match[1], match[2]])
        elif fields and CONTINUED.match(line):
            fields[-1][1] += " " + line.removeprefix("///").strip()
        elif fields:
            return "", fields, line
        else:
            summary.append(line.removeprefix("///").strip())
    return " ".join(summary), fields, None


def function_problem(comment):
    """What is wrong with the lines of a function's comment, or None."""
    summary, fields, stray = split_comment(comment)
    if stray is not None:
        return f'"{stray}" stands after the first contract field'
    if not summary:
        return "has no summary"
    if not SUMMARY.fullmatch(summary):
        return "the summary must start with a verb (Returns, Sets, Makes) and end with a full stop"
    names = [name for name, _ in fields]
    for name in names:
        if name not in FIELDS:
            return f'"{name}" is not a contract field'
    if names != [name for name in FIELDS if name in names]:
        return f"each contract field stands once, in the order {', '.join(FIELDS)}"
    return next(filter(None, (field_problem(name, text) for name, text in fields)), None)


def says_must_return(comment):
    text = " ".join(line.removeprefix("///").strip() for line in comment)
    return re.search(r"\b[Mm]ust return\.", text) is not None


class Header:
    """Goes through the lines of one header and collects problems."""

    def __init__(self, path):
        self.path = path
        self.functions = 0
        self.problems = []
        self.comment = []
        self.struct = None  # (name, its comment), inside a struct

    def report(self, number, problem):
        self.problems.append(f"{self.path}:{number}: {problem}")

    def check_pointer(self, number, line):
        pointer = FUNCTION_POINTER.search(line)
        if not pointer or pointer[1] in NOT_OF_HOSTS:
            return
        comment = self.comment if line.startswith("typedef") else self.struct and self.struct[1]
        if comment is not None and not says_must_return(comment):
            self.report(number, f'{pointer[1]}: the comment does not say that it "must return."')

    def check_line(self, number, line):
        match = FUNCTION.match(line)
        if match:
            self.functions += 1
            problem = function_problem(self.comment)
            if problem:
                self.report(number, f"{match[1]}: {problem}")
        elif line.startswith("CAIRN_API"):
            self.report(number, "CAIRN_API without a function's name beside it")
        if STRUCT.match(line):
            self.struct = STRUCT.match(line)[1], self.comment
        self.check_pointer(number, line)
        if line.startswith("}"):
            self.struct = None

    def check(self):
        for number, line in enumerate(self.path.read_text().splitlines(), 1):
            if line.strip().startswith("///"):
                self.comment.append(line)
            else:
                self.check_line(number, line)
                self.comment = []
        return self.problems


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else "include/cairn"
    headers = [Header(path) for path in sorted(pathlib.Path(folder).glob("*.h"))]
    problems = [problem for header in headers for problem in header.check()]
    functions = sum(header.functions for header in headers)
    if functions == 0:
        problems.append(f"{folder}: no public function found")
    print("\n".join(problems) or f"contracts: {functions} functions, all in order")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
