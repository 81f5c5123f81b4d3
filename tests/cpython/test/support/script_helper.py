"""Programs that a test runs in a process of their own."""
import os
import subprocess
import sys


def assert_python_ok(*args):
    """Runs the interpreter; returns status, output and error output. The status must be 0."""
    done = subprocess.run([sys.executable, *args], capture_output=True)
    if done.returncode != 0:
        raise AssertionError(f"{args} ended with status {done.returncode}:\n"
                             f"{done.stderr.decode('utf-8')}")
    return done.returncode, done.stdout, done.stderr


def make_script(folder, name, source):
    path = os.path.join(folder, name + ".py")
    with open(path, "w", encoding="utf-8") as script:
        script.write(source)
    return path
# SPDX-License-Identifier: MIT
