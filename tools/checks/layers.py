#!/usr/bin/env python3
"""Check that each folder of src/ includes only itself and the folders below it.

The one call that goes upwards (a count reaches zero, so the object is torn down) is declared low, in
object/reclaim.h, and defined high, in reclaim/: no include goes upwards for it.
"""
import pathlib
import re
import sys

LAYERS = [
    "base", "memory", "object", "heap", "weakref", "finalize", "reclaim", "collect", "inspect", "api",
]  # lowest first; docs/design says what each holds
INCLUDE = re.compile(r'\s*#\s*include\s*"([^"]+)"')


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


def main():
    src = pathlib.Path("src")
    problems = []
    for path in sorted(path for path in src.rglob("*") if path.suffix in (".h", ".cc")):
        folder = path.relative_to(src).parts[0]
        if folder not in LAYERS:
            problems.append(f"{path}: src/{folder} is not a known layer")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            problem = match and problem_with(folder, match[1])
            if problem:
                problems.append(f'{path}:{number}: "{match[1]}" {problem}')
    print("\n".join(problems) or "layers: well ordered")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
