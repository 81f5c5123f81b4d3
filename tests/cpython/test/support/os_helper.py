"""Files and folders of a test."""
import contextlib
import os
import shutil
import tempfile

TESTFN = os.path.join(tempfile.gettempdir(), f"pebble_test_{os.getpid()}")


def unlink(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


@contextlib.contextmanager
def temp_dir():
    path = tempfile.mkdtemp()
    try:
        yield path
    finally:
        shutil.rmtree(path)
