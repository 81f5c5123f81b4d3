# SPDX-License-Identifier: MIT
"""Runs the programs and commands of docs/leaks.md and compares their output.

usage: leaks_test.py PAGE PEBBLE [CAIRN]

The blocks of a page are run in order, in one folder: `python` by Pebble, `sh` line by line (`cairn`
being CAIRN; skipped without it). A `text` block right after a block is its output (without one: none), in which a
number of three digits or more, an address, or the number of an object stands for any other.
"""
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page):
    """[language, code, expected output or None]"""
    found = []
    for language, text in BLOCK.findall(page.read_text()):
        if language == "text" and found:
            found[-1][2] = text
        else:
            found.append([language, text, None])
    return found


def run(language, code, pebble, cairn, folder):
    """What a block prints, or None if it is not run."""
    if language == "python":
        (folder / "example.py").write_text(code)
        lines = [[pebble, "example.py"]]
    elif language == "sh" and cairn:
        lines = [shlex.split(line) for line in code.splitlines()]
        assert all(line[0] == "cairn" for line in lines), code
        lines = [[cairn, *line[1:]] for line in lines]
    else:
        return None
    output = ""
    for line in lines:
        done = subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=120)
        if done.returncode != 0 or done.stderr:
            raise SystemExit(f"{line} failed:\n{done.stdout}{done.stderr}\nin\n{code}")
        output += done.stdout
    return output


def like(text):
    text = re.sub(r"@\d+", "@N", re.sub(r"0x[0-9a-f]+", "0xN", text))
    return re.sub(r"\d[\d,.]{2,}", "N", re.sub(r" +", " ", text)).strip()


def main():
    page, pebble, *cairn = sys.argv[1:]
    cairn = str(pathlib.Path(cairn[0]).resolve()) if cairn else None
    failures = ran = 0
    with tempfile.TemporaryDirectory() as temporary:
        for language, code, expected in blocks(pathlib.Path(page)):
            output = run(language, code, str(pathlib.Path(pebble).resolve()), cairn, pathlib.Path(temporary))
            if output is None:
                continue
            ran += 1
            if like(output) != like(expected or ""):
                failures += 1
                print(f"this block:\n{code}\nprints:\n{output}\nand not:\n{expected}\n")
    print(f"{ran} blocks, {failures} differ")
    return 1 if failures or ran < 5 else 0


if __name__ == "__main__":
    sys.exit(main())
