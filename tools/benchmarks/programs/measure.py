# SPDX-License-Identifier: MIT
"""Run a program and tell of its collections: `measure.py PROGRAM`, in pebble and in CPython alike.

The last line on standard error: collections, those of everything, seconds of processor time in all.
"""
import gc
import sys
import time

begun = [0.0]
spent = [0, 0, 0.0]


def on_collection(phase, info, now=time.process_time):
    if phase == "start":
        begun[0] = now()
    else:
        spent[2] += now() - begun[0]
        spent[0] += 1
        spent[1] += info["generation"] == 2


with open(sys.argv[1]) as file:
    text = file.read()
gc.collect()
gc.callbacks.append(on_collection)
exec(text, {"__name__": "__main__"})
gc.callbacks.remove(on_collection)
print(spent[0], spent[1], spent[2], file=sys.stderr)
