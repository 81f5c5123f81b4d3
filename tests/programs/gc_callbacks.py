# gc.callbacks: told before and after each collection, with numbers. Lists that a callback adds to are
# copied before they are printed: printing allocates, and collects if a collection comes at each allocation.
import gc
import sys

log = []


def watch(phase, info):
    log.append((phase, info["generation"], info["collected"], info["uncollectable"]))


gc.disable()
gc.collect()
gc.callbacks.append(watch)


class Node:
    pass


def cycle():
    node = Node()
    node.me = node


cycle()
gc.collect(0)
print(tuple(log))
log.clear()
for generation in range(3):
    gc.collect(generation)
print([(phase, generation) for phase, generation, _, _ in tuple(log)])
log.clear()

for _ in range(3):
    cycle()
print(gc.collect(), log[-1])
log.clear()


def fails(phase, info):
    raise RuntimeError(f"at {phase}")


hook = sys.unraisablehook
reports = []
sys.unraisablehook = lambda info: reports.append((str(info.exc_value), info.object is fails))
gc.callbacks.append(fails)
gc.collect()
print(tuple(reports), len(log))
gc.callbacks.remove(fails)
sys.unraisablehook = hook

# A callback may allocate, and may add to or take from the list.
kept = []


def once(phase, info):
    kept.append({phase: [info["generation"]]})
    gc.callbacks.remove(once)


gc.callbacks.append(once)
gc.collect()
gc.collect()
print(kept)

# No collection inside a collection.
inner = []
gc.callbacks.append(lambda phase, info: inner.append(gc.collect()))
gc.collect()
print(tuple(inner))
gc.callbacks.clear()

before = [stats["collections"] for stats in gc.get_stats()]
gc.collect(0)
gc.collect(1)
gc.collect(1)
gc.collect()
after = [stats["collections"] for stats in gc.get_stats()]
print([b - a for a, b in zip(before, after)], sorted(gc.get_stats()[0]))
for wrong in (-1, 3):
    try:
        gc.collect(wrong)
    except ValueError as error:
        print("ValueError:", error)
# SPDX-License-Identifier: MIT
