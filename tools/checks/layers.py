#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check that each folder of src/ includes only itself and the folders below it.

The one call that goes upwards (a count reaches zero, so the object is torn down) is declared low, in
object/release.h, and defined high, in reclaim/: no include goes upwards for it.

With --calls, public functions are refused below api/ too: a call of cairn_...() there is a call of
api/, the highest layer, whatever it includes.

usage: tools/checks/layers.py [--calls] [SRC_FOLDER [INCLUDE_FOLDER]]
"""
import pathlib
import re
import sys

LAYERS = [
    "base", "memory", "object", "heap", "weakref", "finalize", "reclaim", "collect", "inspect", "api",
]  # lowest first; docs/design says what each holds
INCLUDE = re.compile(r'\s*#\s*include\s*"([^"]+)"')
NOT_CODE = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*\"""", re.DOTALL)
PUBLIC = re.compile(r"^(?:CAIRN_API|CAIRN_INLINE)\b.*?\b(cairn_\w+)\(", re.MULTILINE)
# Public functions that are allowed below api/: name -> reason. Only one that reads a field in line,
# and never enters the library, may join.
ALLOWED = {}


def problem_with(folder, included):
    """What is wrong with a file of `folder` that includes `included`, or None."""
    target = included.split("/")[0]
    if target == "cairn":
        return None
    if "/" not in included or target not in LAYERS:
        return "is not a path from src/ or a public header"
    if LAYERS.index(target) > LAYERS.index(folder):
        return f"{target}/ lies above {folder}/"
    return None


def include_problems(path, folder):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        problem = match and problem_with(folder, match[1])
        if problem:
            yield f'{path}:{number}: "{match[1]}" {problem}'


def public_functions(include):
    names = set()
    for path in include.glob("*.h"):
        names.update(PUBLIC.findall(path.read_text()))
    return names


def call_problems(path, folder, public):
    """Uses of public functions in a file below api/, by call or as a value."""
    if folder == "api":
        return
    code = NOT_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), path.read_text())
    for number, line in enumerate(code.splitlines(), 1):
        for name in re.findall(r"\bcairn_\w+", line):
            if name in public and name not in ALLOWED:
                yield f"{path}:{number}: {name}() is a function of api/, which lies above {folder}/"


def main():
    arguments = [word for word in sys.argv[1:] if word != "--calls"]
    with_calls = len(arguments) < len(sys.argv) - 1
    src = pathlib.Path(arguments[0] if arguments else "src")
    include = pathlib.Path(arguments[1] if len(arguments) > 1 else "include/cairn")
    public = public_functions(include)
    problems = [] if public else [f"{include}: no public function was found"]
    for path in sorted(path for path in src.rglob("*") if path.suffix in (".h", ".cc")):
        folder = path.relative_to(src).parts[0]
        if folder not in LAYERS:
            problems.append(f"{path}: {src}/{folder} is not a known layer")
            continue
        problems += include_problems(path, folder)
        problems += call_problems(path, folder, public) if with_calls else []
    print("\n".join(problems) or "layers: well ordered")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
