"""Files and folders of a test."""
import os
import tempfile

TESTFN = os.path.join(tempfile.gettempdir(), f"pebble_test_{os.getpid()}")
temp_dir = tempfile.TemporaryDirectory


def unlink(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
# SPDX-License-Identifier: MIT
