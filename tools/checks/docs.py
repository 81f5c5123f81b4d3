#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check that the documentation agrees with the tree: quoted files, links, names.

usage: tools/checks/docs.py [--fix]

- A code block below `<!-- file: PATH -->` is that file, to the letter, but for its licence line. --fix
  copies the file again.
- A relative link leads to a file, and its #anchor to a heading of that file.
- A name in backticks that starts with cairn_, CAIRN_, INV- or src/ exists.
"""
import pathlib
import re
import sys

QUOTE = re.compile(r"(<!-- file: (\S+) -->\n```\w*\n)(.*?)(^```$)", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
NAME = re.compile(r"\b(?:cairn_[a-z0-9_]+|CAIRN_[A-Z0-9_]+)\b")
INVARIANT = re.compile(r"\bINV-[A-Z-]+[A-Z]\b")
BLOCK = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
SOURCES = ["include", "src", "tests", "tools"]


def pages():
    return [pathlib.Path("README.md"), *sorted(pathlib.Path("docs").rglob("*.md"))]


def quotable(path):
    return re.sub(r"\A// SPDX-License-Identifier: .*\n", "", path.read_text())


def quote_problems(page, text, fix):
    """Blocks that differ from the file that they quote; with `fix` they are replaced."""
    problems = []

    def check(match):
        head, name, quoted, tail = match.groups()
        path = pathlib.Path(name)
        if not path.is_file():
            problems.append(f"{page}: quotes {name}, which is not there")
            return match[0]
        if quoted == quotable(path):
            return match[0]
        if not fix:
            problems.append(f"{page}: the code quoted from {name} differs from it (--fix copies it)")
        return head + quotable(path) + tail

    fixed = QUOTE.sub(check, text)
    if text.count("<!-- file: ") != len(QUOTE.findall(text)):
        problems.append(f"{page}: a <!-- file: --> line has no code block below it")
    if fix and fixed != text:
        page.write_text(fixed)
    return problems


def anchors(text):
    """The names that a web view gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", text), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {name.replace(" ", "-") for name in plain}


def link_problems(page, text):
    problems = []
    for target in LINK.findall(BLOCK.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = page.parent / name if name else page
        if not path.exists():
            problems.append(f"{page}: link to {target}: no such file")
        elif anchor and anchor not in anchors(path.read_text()):
            problems.append(f"{page}: link to {target}: no such heading")
    return problems


def known_words():
    words = set()
    for folder in SOURCES:
        for path in pathlib.Path(folder).rglob("*"):
            if path.suffix in (".h", ".c", ".cc", ".cmake", ".in", ".txt"):
                words.update(NAME.findall(path.read_text(errors="replace")))
    words.update(NAME.findall(pathlib.Path("CMakePresets.json").read_text()))
    return words


def name_problems(page, text, words, invariants):
    problems = []
    for code in CODE.findall(BLOCK.sub("", text)):
        for name in NAME.findall(code):
            # A name that ends in _ stands for all that start so.
            if name not in words and not (name.endswith("_") and any(w.startswith(name) for w in words)):
                problems.append(f"{page}: {name} is nowhere in the code")
        if code.startswith(("src/", "include/", "tests/", "tools/", "docs/")):
            path = re.split(r"[\s:*]", code)[0]
            if not pathlib.Path(path).exists():
                problems.append(f"{page}: {path} does not exist")
    for name in INVARIANT.findall(text):
        if name not in invariants:
            problems.append(f"{page}: {name} is not in docs/invariants.md")
    return problems


def main():
    fix = sys.argv[1:] == ["--fix"]
    if sys.argv[1:] and not fix:
        print(__doc__)
        return 2
    words = known_words()
    invariants = set(INVARIANT.findall(pathlib.Path("docs/invariants.md").read_text()))
    problems = []
    for page in pages():
        text = page.read_text()
        problems += quote_problems(page, text, fix)
        problems += link_problems(page, text)
        problems += name_problems(page, text, words, invariants)
    print("\n".join(problems) or f"docs: {len(pages())} pages agree with the tree")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
