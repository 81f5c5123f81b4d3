"""Clocks, and the calendar."""
import _time
from _time import *

_FIELDS = ("tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday",
           "tm_isdst")


class struct_time(tuple):
    __slots__ = ()

    def __repr__(self):
        fields = ", ".join(f"{name}={value}" for name, value in zip(_FIELDS, self))
        return f"time.struct_time({fields})"


for _i, _name in enumerate(_FIELDS):
    setattr(struct_time, _name, property(lambda self, i=_i: self[i]))


def gmtime(seconds=None, /):
    return struct_time(_time.row_of(time() if seconds is None else seconds, False))


def localtime(seconds=None, /):
    return struct_time(_time.row_of(time() if seconds is None else seconds, True))


def strftime(format, t=None, /):
    return _time.format_row(format, localtime() if t is None else t)


def asctime(t=None, /):
    return strftime("%a %b %e %H:%M:%S %Y", t)


def ctime(seconds=None, /):
    return asctime(localtime(seconds))


del row_of, format_row
# SPDX-License-Identifier: MIT
