# SPDX-License-Identifier: MIT
"""Draws frames: each has the same work to do, 2 ms of it, and is late when it takes 4 ms or more.

usage: pebble [--pause-target NS] frames.py [OBJECTS [SECONDS]]

Meanwhile OBJECTS sprites live, each knows another one, and effects come and go in rings that only
the collector frees. Times are the program's own processor time. Prints how many frames were late,
how many of those because of the heap (its pauses took the 2 ms that the work leaves: the machine
makes some late too), and the times of all as a histogram. Ends with a traceback if no full
collection came to its end, or if garbage is left.
"""
import cairn
import gc
import random
import sys
import time
import weakref

OBJECTS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
WORK_NS = 2_000_000
LATE_NS = 4_000_000
RINGS = 200  # of two effects, in each frame


class Sprite:
    __slots__ = ("at", "near", "effect")

    def __init__(self):
        self.at = 0
        self.near = self
        self.effect = None


class Effect:
    __slots__ = ("sprite", "other", "__weakref__")

    def __init__(self, sprite):
        self.sprite = sprite
        self.other = self


def draw(scene, steps):
    """One frame."""
    last = len(scene) - 1
    for _ in range(RINGS):
        sprite = scene[random.randint(0, last)]
        first, second = Effect(sprite), Effect(sprite)
        first.other, second.other = second, first
        sprite.effect = first  # the ring that was there is garbage now
    for step in range(steps):
        sprite.at = (sprite.at + step) % 1000
        sprite = sprite.near


def timed(scene, steps):
    start = time.process_time_ns()
    draw(scene, steps)
    return time.process_time_ns() - start


def paused():
    """Nanoseconds of all pauses so far."""
    return sum(row["total_ns"] for row in cairn.pauses().values())


def calibrated(scene):
    """How many steps make a frame of 2 ms where no collection comes."""
    gc.disable()
    few, many = (min(timed(scene, steps) for _ in range(10)) for steps in (0, 4000))
    gc.enable()
    return max(0, (WORK_NS - few) * 4000 // max(many - few, 1))


def percentile(times, share):
    return times[min(len(times) - 1, int(len(times) * share))] / 1e6


def has_ended(collections):
    """Has there been a full collection since there were so many?"""
    if cairn.pause_target():
        return cairn.cycle_stats()["cycles"] > 0
    return gc.get_stats()[2]["collections"] > collections


def main():
    random.seed(1)
    scene = [Sprite() for _ in range(OBJECTS)]
    for sprite in scene:
        sprite.near = scene[random.randint(0, OBJECTS - 1)]
    gc.collect()
    steps = calibrated(scene)
    watched = Effect(scene[0])
    gone = weakref.ref(watched)
    gc.collect()
    del watched  # old garbage: a full collection alone finds it
    collections = gc.get_stats()[2]["collections"]

    times = []
    late_by_heap = 0
    spent = 0
    while spent < SECONDS * 1e9 or not has_ended(collections):
        paused_before = paused()
        times.append(timed(scene, steps))
        spent += times[-1]
        if times[-1] >= LATE_NS and paused() - paused_before >= LATE_NS - WORK_NS:
            late_by_heap += 1
    late = sum(1 for each in times if each >= LATE_NS)
    times.sort()
    print(f"{len(times)} frames of {steps} steps beside {OBJECTS} sprites, pause target "
          f"{cairn.pause_target()} ns: {late} late, {late_by_heap} because of the heap")
    print("ms: " + ", ".join(f"p{share * 100:g} {percentile(times, share):.2f}"
                             for share in (0.5, 0.99, 0.999)) + f", longest {times[-1] / 1e6:.2f}")
    bins = {}
    for each in times:
        bins[each // 250_000] = bins.get(each // 250_000, 0) + 1
    for number in sorted(bins):
        print(f"  {number / 4:6.2f} ms {bins[number]:7}")
    for kind, row in cairn.pauses().items():
        print(f"{kind}: {sum(row['counts'])} pauses, longest {row['longest_ns'] / 1e6:.3f} ms")
    print(cairn.cycle_stats())

    assert gone() is None, "garbage is left"


main()
