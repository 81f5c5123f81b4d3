#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check that no C or C++ file has more than 550 lines, and that the top folder stays small."""
import pathlib
import sys

MOST_LINES = 550
FOLDERS = ["src", "include", "tests", "tools"]
TOP = set(FOLDERS) | {"docs", "build", "CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md"}


def main():
    problems = []
    files = 0
    for folder in FOLDERS:
        for path in sorted(pathlib.Path(folder).rglob("*")):
            if path.suffix in (".h", ".c", ".cc"):
                files += 1
                lines = len(path.read_text().splitlines())
                if lines > MOST_LINES:
                    problems.append(f"{path}: {lines} lines, more than {MOST_LINES}")
    for path in sorted(pathlib.Path(".").iterdir()):
        if not path.name.startswith(".") and path.name not in TOP | {"compile_commands.json"}:
            problems.append(f"{path}: not one of the things that belong at the top")
    print("\n".join(problems) or f"sizes: {files} files, none too long")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
