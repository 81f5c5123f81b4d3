#!/usr/bin/env python3
"""Check that each public function says its contract: a sentence, then owns, errors, effects, thread."""
import pathlib
import re
import sys

FIELDS = ["owns", "errors", "effects", "thread"]
FIRST_WORDS = {
    "effects": ("none", "allocates", "may collect", "may run user code"),
    "thread": ("heap thread", "any"),
}
FUNCTION = re.compile(r"(?:CAIRN_API|static inline)\b.*?\b(cairn_\w+)\(")
FIELD = re.compile(r"///   (\w+): +(\S.*)")
CONTINUED = re.compile(r"///            \S")


def problem_with(comment):
    """What is wrong with the lines of a function's comment, or None."""
    fields = []
    sentence = ""
    for line in comment:
        match = FIELD.fullmatch(line)
        if match:
            fields.append((match[1], match[2]))
        elif not fields:
            sentence += " " + line.removeprefix("///").strip()
        elif not CONTINUED.match(line):
            return f'"{line}" stands after the first of the four lines'
    if not sentence.strip().endswith((".", "?")):
        return "no sentence says what it is for"
    if [name for name, _ in fields] != FIELDS:
        return "the lines are not owns, errors, effects, thread"
    for name, text in fields:
        if not text.startswith(FIRST_WORDS.get(name, "")):
            return f'{name}: must start with one of {", ".join(FIRST_WORDS[name])}'
    return None


def main():
    problems = []
    functions = 0
    for path in sorted(pathlib.Path("include/cairn").glob("*.h")):
        comment = []
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line.startswith("///"):
                comment.append(line)
                continue
            match = FUNCTION.match(line)
            if match:
                functions += 1
                problem = problem_with(comment)
                if problem:
                    problems.append(f"{path}:{number}: {match[1]}: {problem}")
            elif line.startswith("CAIRN_API"):
                problems.append(f"{path}:{number}: CAIRN_API without a function's name beside it")
            comment = []
    print("\n".join(problems) or f"contracts: {functions} functions, all complete")
    return 1 if problems or functions == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
