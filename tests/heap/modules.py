# SPDX-License-Identifier: MIT
"""What the tests of `cairn heap` need from outside: node, and the packages of package.json."""
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).parent


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def need_program(name):
    path = shutil.which(name)
    if path is None:
        skip(f"{name} is not there")
    return path


def need_modules(folder):
    """Installs the pinned packages into `folder`, unless they are there, without their scripts."""
    need_program("node")
    npm = need_program("npm")
    folder = pathlib.Path(folder)
    wanted = (HERE / "package-lock.json").read_text()
    stamp = folder / "installed.json"
    if stamp.is_file() and stamp.read_text() == wanted:
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder / name)
    run = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder,
        capture_output=True, text=True, timeout=500)
    if run.returncode != 0:
        skip(f"npm could not install the packages: {run.stderr.strip()[-300:]}")
    stamp.write_text(wanted)
    return folder
