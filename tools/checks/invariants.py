#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check that docs/invariants.md, the code and the tests name the same invariants.

- Each INV-... of the page stands in src/, outside the verifier, in a comment at the code that keeps
  it, and at a check: in the verifier (src/**/verify*), in a test, or at an assertion. An identifier
  stands at an assertion if the assertion is on its line, or in the statement right below its
  comment. An assertion in the code that keeps the invariant serves as both.
- Each INV-... in src/ and tests/ is on the page, and no row stands twice.
- No row is without a check: "none" is not a level.
- A name in backticks in the column "where checked" is a function of src/, or a test (`Suite.Name`).

usage: tools/checks/invariants.py [ROOT]
"""
import pathlib
import re
import sys

NAME = re.compile(r"\bINV-[A-Z]+(?:-[A-Z]+)*\b")
ROW = re.compile(r"\| (INV-[A-Z-]+) \|(.*)\|")
ASSERTION = re.compile(r"\bCAIRN_(?:CHECK|ASSERT\w*)\(|\breport_\w*misuse\w*\(|\bstatic_assert\(")
QUOTED = re.compile(r"`(\w+)(?:\(\))?`")
QUOTED_TEST = re.compile(r"`(\w+)\.(\w+)`")
ENDINGS = (".h", ".c", ".cc", ".py")
LONGEST_STATEMENT = 6  # lines below a comment in which its assertion may begin and end


def files(folder):
    """The source files of a folder, without the tests of these scripts, which make names up."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in ENDINGS and path.parts[-3:-1] != ("tests", "checks")
    )


def is_at_assertion(lines, number):
    """Is there an assertion on this line, or in the statement right below its comment?"""
    if ASSERTION.search(lines[number]):
        return True
    if not lines[number].strip().startswith("//"):
        return False
    number += 1
    while number < len(lines) and lines[number].strip().startswith("//"):
        number += 1
    for line in lines[number : number + LONGEST_STATEMENT]:
        if ASSERTION.search(line):
            return True
        if line.rstrip().endswith((";", "}")):
            return False
    return False


class Uses:
    """Where an identifier stands."""

    def __init__(self):
        self.places = []
        self.kept = False
        self.checked = False


def find_uses(root):
    """The identifiers in src/ and tests/: name -> Uses."""
    found = {}
    for folder in ("src", "tests"):
        for path in files(root / folder):
            is_check = folder == "tests" or path.name.startswith("verify")
            lines = path.read_text(errors="replace").splitlines()
            for number, line in enumerate(lines):
                for name in NAME.findall(line):
                    uses = found.setdefault(name, Uses())
                    uses.places.append(f"{path.relative_to(root)}:{number + 1}")
                    uses.kept = uses.kept or not is_check
                    uses.checked = uses.checked or is_check or is_at_assertion(lines, number)
    return found


def read_rows(page):
    """The rows of the page: (line number, name, the other cells)."""
    for number, line in enumerate(page.read_text().splitlines(), 1):
        match = ROW.fullmatch(line.strip())
        if match:
            yield number, match[1], [cell.strip() for cell in match[2].split("|")]


def words_of(folder):
    words = set()
    for path in files(folder):
        words.update(re.findall(r"\w+", path.read_text(errors="replace")))
    return words


def row_problems(name, cells, uses, code, tests):
    """What is wrong with one row, given the words of the code and of the tests."""
    if name not in uses or not uses[name].kept:
        yield "stands at no code that keeps it"
    if name not in uses or not uses[name].checked:
        yield "stands at no check: neither the verifier, nor an assertion, nor a test"
    if len(cells) != 4:
        yield "the row does not have five columns"
        return
    if cells[1].startswith("none"):
        yield 'its level is "none"'
    for word in QUOTED.findall(cells[3]):
        if word not in code:
            yield f"is said to be checked in {word}, which is not in the code"
    for suite, test in QUOTED_TEST.findall(cells[3]):
        if suite not in tests or test not in tests:
            yield f"is said to be checked in {suite}.{test}, which is not a test"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    page = root / "docs/invariants.md"
    uses = find_uses(root)
    code = words_of(root / "src")
    tests = words_of(root / "tests")
    problems = []
    names = []
    for number, name, cells in read_rows(page):
        if name in names:
            problems.append(f"{page}:{number}: {name}: stands twice on the page")
        names.append(name)
        faults = row_problems(name, cells, uses, code, tests)
        problems += [f"{page}:{number}: {name}: {fault}" for fault in faults]
    for name in sorted(set(uses) - set(names)):
        problems.append(f"{uses[name].places[0]}: {name}: is not on the page")
    if not names:
        problems.append(f"{page}: no row was found")
    print("\n".join(problems) or f"invariants: {len(names)}, each with its code and its check")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
