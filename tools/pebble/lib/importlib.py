"""Imports by name."""
import sys as _sys


def import_module(name, package=None):
    level = len(name) - len(name.lstrip("."))
    if level:
        if not package:
            raise TypeError("the 'package' argument is required to perform a relative import "
                            f"for {name!r}")
        parts = package.split(".")
        name = ".".join(parts[:len(parts) - level + 1] + [name[level:]])
    __import__(name)
    return _sys.modules[name]


def invalidate_caches():
    pass
