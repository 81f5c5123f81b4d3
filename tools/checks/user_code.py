#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check that each line of src/ that can run the host's code says so.

A call needs the comment `// USER CODE` within its statement if it goes through a pointer to a host
function, or if it calls a function that is so marked: the comment above its declaration says
USER CODE, or it is a public function whose effects are "may run user code". Functions marked in a
.cc file are known in that file only.

- Host functions that must not call the library (traverse, dealloc, repr, external_size, visits of
  objects and roots, the hook for waiting finalizers) may bear `// HOST CODE` instead: after them,
  what was read before still holds.
- `// NO USER CODE: REASON` excuses a call that cannot run any, such as the release of a reference
  that is not the last.
- The allocator is a host function too, and is left out: it is used like malloc, by base/memory.cc
  and the creation of a heap alone.

With --declarations the marks must also be complete upwards: a function whose body has a marked
line says USER CODE above its declaration, or, if it is public, in its effects.

Destructors cannot be marked where they run; their objects' declarations are not checked.

usage: tools/checks/user_code.py [--declarations] [SRC_FOLDER [INCLUDE_FOLDER]]
"""
import pathlib
import re
import sys

MARK = re.compile(r"//.*?(?<!NO )\bUSER CODE\b")
HOST_MARK = re.compile(r"//.*?\bHOST CODE\b")
EXCUSE = re.compile(r"// NO USER CODE: \w")
NOT_OF_HOSTS = {"cairn_visit_fn"}  # the library's function, which hosts call
RESTRICTED = {
    "cairn_traverse_fn",
    "cairn_dealloc_fn",
    "cairn_repr_fn",
    "cairn_external_size_fn",
    "cairn_visit_object_fn",
    "cairn_visit_edge_fn",
    "cairn_visit_census_fn",
    "cairn_visit_held_fn",
    "cairn_visit_path_fn",
    "cairn_visit_site_fn",
    "cairn_edge_name_fn",
    "cairn_describe_fn",
    "cairn_write_fn",
    "cairn_site_fn",
    "cairn_frame_fn",
    "cairn_visit_roots_fn",
    "cairn_finalizers_waiting_fn",
    "cairn_misuse_fn",
}
NOT_CODE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'|^[ \t]*\#(?:\\\n|[^\n])*""",
    re.DOTALL | re.MULTILINE,
)
POINTER = re.compile(r"\b(cairn_\w+_fn)\s+(\w+)\s*(= nullptr;|[=;,)])")
NAMED_CALL = re.compile(r"(?P<member>(?:->|\.)\s*)?\b(?P<name>[A-Za-z_]\w*)\s*\((?P<empty>\s*\))?")
DECLARED = re.compile(r"(?:[\w:<>,]+[\s*&]+)*[\w:<>,]+[\s*&]+(?:\w+::)*")
NOT_TYPES = {"return", "else", "case", "default", "throw", "new", "delete", "do", "co_return"}
PUBLIC = re.compile(r"(?:CAIRN_API|CAIRN_INLINE)\b.*?\b(cairn_\w+)\(")


def without_comments(text):
    """The code alone: comments, strings and directives become blanks, so that places stay the same."""
    return NOT_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def statement_around(code, at):
    """Where the statement around a place begins and ends."""
    first = max(code.rfind(mark, 0, at) for mark in ";{}") + 1
    while first < at and code[first].isspace():
        first += 1
    ends = [place for place in (code.find(mark, at) for mark in ";{}") if place >= 0]
    return first, min(ends, default=len(code))


def body_of(code, at):
    """The body of the function whose name is at this place, as (first, end), or None."""
    place = code.index("(", at)
    depth = 0
    for place in range(place, len(code)):
        depth += (code[place] == "(") - (code[place] == ")")
        if depth == 0:
            break
    match = re.compile(r"\)[^;{}()]*(?:\([^;{}]*\)[^;{}()]*)*\{").match(code, place)
    return (match.end(), block_end(code, match.end())) if match else None


def block_end(code, at):
    """The end of the block that a place lies in; of the body, if it lies in a parameter list."""
    depth = 0
    in_body = False
    for place in range(at, len(code)):
        character = code[place]
        if character == "{":
            in_body = in_body or depth < 0
            depth = 1 if depth < 0 else depth + 1
        elif character in "}":
            depth -= 1
            if depth < 0 or (in_body and depth == 0):
                return place
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
        elif character == ";" and depth < 0:
            return place  # a declaration without a body
    return len(code)


def is_declaration(code, at):
    """Does a name at this place begin a declaration, not a call?"""
    first, _ = statement_around(code, at)
    before = re.sub(r"template\s*<[^>]*>|\[\[[^\]]*\]\]|\bextern\b", " ", code[first:at]).strip()
    before = re.sub(r"(?:\b\w+::)+$", "", before).strip()  # the qualification of the name itself
    if not before or NOT_TYPES & set(re.findall(r"\w+", before)):
        return False
    return DECLARED.fullmatch(before + " ") is not None


class Source:
    """One file: its text, its code without comments, its lines."""

    def __init__(self, path):
        self.path = path
        self.text = path.read_text()
        self.code = without_comments(self.text)
        self.lines = self.text.splitlines()

    def line_of(self, at):
        return self.code.count("\n", 0, at)

    def comment_above(self, at):
        """The comment lines above the declaration that a place lies in."""
        first, _ = statement_around(self.code, at)
        number = self.line_of(first) - 1
        comment = []
        while number >= 0 and self.lines[number].strip().startswith("//"):
            comment.append(self.lines[number])
            number -= 1
        return "\n".join(comment)

    def marked_functions(self):
        """Names of the functions whose declarations here say USER CODE."""
        names = set()
        for match in NAMED_CALL.finditer(self.code):
            at = match.start("name")
            if not match["member"] and is_declaration(self.code, at):
                if MARK.search(self.comment_above(at)):
                    names.add(match["name"])
        return names

    def fields(self):
        """Members that point to host functions: name -> type."""
        found = {}
        for match in POINTER.finditer(self.code):
            if match[1] not in NOT_OF_HOSTS and match[3].endswith(";"):
                found[match[2]] = match[1]
        return found

    def variables(self):
        """Variables and parameters that point to host functions: (name, type, first, end)."""
        for match in POINTER.finditer(self.code):
            if match[1] not in NOT_OF_HOSTS:
                yield match[2], match[1], match.start(), block_end(self.code, match.start())


def public_functions(include):
    """Names of the public functions that may run user code."""
    names = set()
    for path in sorted(include.glob("*.h")):
        comment = ""
        for line in path.read_text().splitlines():
            if line.startswith("///"):
                comment += line
                continue
            match = PUBLIC.match(line)
            if match and "may run user code" in comment:
                names.add(match[1])
            comment = ""
    return names


def pointer_type(source, match, fields):
    """The type of the host function that a call goes through, or None."""
    name = match["name"]
    if match["member"]:
        # Containers have methods of the same names, such as clear(), which take no arguments.
        return None if match["empty"] else fields.get(name)
    for variable, kind, first, end in source.variables():
        if variable == name and first < match.start() < end:
            return kind
    return None


def is_marked(source, at, restricted):
    first, end = statement_around(source.code, at)
    lines = source.lines[source.line_of(first) : source.line_of(end) + 1]
    patterns = [MARK, EXCUSE] + ([HOST_MARK] if restricted else [])
    return any(pattern.search(line) for pattern in patterns for line in lines)


def problems_in(source, marked, fields):
    for match in NAMED_CALL.finditer(source.code):
        at = match.start("name")
        kind = pointer_type(source, match, fields)
        calls_marked = not match["member"] and match["name"] in marked
        if (kind is None and not calls_marked) or is_declaration(source.code, at):
            continue
        if not is_marked(source, at, kind in RESTRICTED):
            why = f"through a {kind}" if kind else "may run user code"
            yield f'{source.path}:{source.line_of(at) + 1}: {match["name"]}(): {why}, unmarked'


def undeclared_in(source, marked):
    """Functions that run user code by the marks in their bodies, and do not say so themselves."""
    for match in NAMED_CALL.finditer(source.code):
        at = match.start("name")
        if match["member"] or match["name"] in marked or not is_declaration(source.code, at):
            continue
        body = body_of(source.code, at)
        if body is None or MARK.search(source.comment_above(at)):
            continue
        lines = source.lines[source.line_of(body[0]) : source.line_of(body[1]) + 1]
        if any(MARK.search(line) for line in lines):
            yield (
                f'{source.path}:{source.line_of(at) + 1}: {match["name"]}(): has a line that runs '
                "user code, and its declaration does not say so"
            )


def main():
    arguments = [word for word in sys.argv[1:] if word != "--declarations"]
    upwards = len(arguments) < len(sys.argv) - 1
    src = pathlib.Path(arguments[0] if arguments else "src")
    include = pathlib.Path(arguments[1] if len(arguments) > 1 else "include/cairn")
    sources = [Source(path) for path in sorted(src.rglob("*")) if path.suffix in (".h", ".cc")]
    marked = public_functions(include)
    fields = {}
    for source in sources:
        fields.update(source.fields())
        if source.path.suffix == ".h":
            marked |= source.marked_functions()
    problems = []
    for source in sources:
        known = marked | source.marked_functions()
        problems += problems_in(source, known, fields)
        problems += undeclared_in(source, known) if upwards else []
    if not marked or not fields:
        problems.append(f"{src}: no function that runs user code was found")
    print("\n".join(problems) or f"user code: {len(marked)} functions, every call is marked")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
