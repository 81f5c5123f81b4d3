# SPDX-License-Identifier: MIT
"""Samples by row and peer, what is derived from them, and the text and CSV reports."""
import csv
import statistics
from collections import defaultdict

import plan


class Results:
    """samples[(workload, variant, n)][peer] is a list of values; failures hold a word instead."""

    def __init__(self):
        self.samples = defaultdict(lambda: defaultdict(list))
        self.failures = {}

    def add(self, row, peer, value):
        self.samples[row][peer].append(value)
        workload, variant, n = row
        if workload == "W4" and variant.rsplit("/")[-1] in ("second", "third", "fourth"):
            later = (workload, variant.rsplit("/")[0] + "/later", n)
            self.samples[later][peer].append(value)

    def fail(self, job, peer, word):
        self.failures[(job.workload, job.variant, job.n, peer)] = word

    def rows(self):
        """All rows in the order of first measurement, without those that /later sums up."""
        return [row for row in self.samples
                if not (row[0] == "W4" and row[1].endswith(("/second", "/third", "/fourth")))]

    def failure(self, row, peer):
        workload, variant, n = row
        return self.failures.get((workload, variant.split("/")[0], n, peer))

    def median(self, row, peer):
        values = self.samples[row].get(peer) if row in self.samples else None
        return statistics.median(values) if values else None

    def against(self, row, peer):
        """The peer's median for a row. Only Cairn knows declared roots: the others are then held
        against it with the same graph, held in the same way."""
        return self.median((row[0], row[1].replace("-declared", ""), row[2]), peer)

    def ratio(self, row, peer):
        """How many times Cairn's value the peer's is."""
        ours, theirs = self.median(row, "cairn"), self.against(row, peer)
        return theirs / ours if ours and theirs is not None else None

    def growth(self, row, peer):
        """Fourth collection over the second, for a /later row."""
        workload, variant, n = row
        base = variant.rsplit("/")[0]
        second = self.median((workload, base + "/second", n), peer)
        fourth = self.median((workload, base + "/fourth", n), peer)
        return fourth / second if second and fourth else None

    def verdicts(self, row):
        """(text of the target, what it is, met) for each target that can be judged."""
        ours = self.median(row, "cairn")
        found = []
        for target in plan.targets(*row):
            if target.kind == "sliced-below":
                sliced = self.median(row, "cairn-sliced")
                if sliced is not None:
                    found.append((f"at most {target.bound:g}, sliced", f"{sliced:.3g}",
                                  sliced <= target.bound))
                continue
            if target.kind == "sliced-own-row":
                sliced = self.median(row, "cairn-sliced")
                own = self.median((row[0], target.peer, row[2]), "cairn-sliced")
                if sliced and own:
                    found.append((f"at most {target.bound:g} of {target.peer}, sliced",
                                  f"{sliced / own:.2f}", sliced <= target.bound * own))
                continue
            if ours is None:
                continue
            if target.kind == "below":
                found.append((f"at most {target.bound:g}", f"{ours:.3g}", ours <= target.bound))
                continue
            if target.kind == "own-row":
                theirs = self.median((row[0], target.peer, row[2]), "cairn")
            else:
                theirs = self.against(row, target.peer)
            if not theirs or not ours:
                continue
            if target.kind == "faster":
                found.append((f"{target.bound:g} times as fast as {target.peer}",
                              f"{theirs / ours:.2f}", theirs / ours >= target.bound))
            else:
                found.append((f"at most {target.bound:g} of {target.peer}",
                              f"{ours / theirs:.2f}", ours / theirs <= target.bound))
        return found


def row_name(row):
    workload, variant, n = row
    return f"{variant} {size_name(n)}" if n else variant


def size_name(n):
    for unit, letter in ((1_000_000, "M"), (1_000, "k")):
        if n >= unit and n % unit == 0:
            return f"{n // unit}{letter}"
    return str(n)


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def spread(values):
    middle = statistics.median(values)
    half = (max(values) - min(values)) / 2
    return f"±{100 * half / middle:.0f}%" if middle else ""


def cell(results, row, peer):
    value = results.median(row, peer) if peer == "cairn" else results.against(row, peer)
    if value is None:
        return results.failure(row, peer) or "-"
    if peer == "cairn":
        return f"{number(value)} {spread(results.samples[row][peer])}"
    ratio = results.ratio(row, peer)
    return number(value) if ratio is None else f"{number(value)} ({number(ratio)}x)"


def table(header, lines):
    widths = [max(len(line[i]) for line in [header] + lines) for i in range(len(header))]
    for line in [header, ["-" * width for width in widths]] + lines:
        yield "  ".join(text.ljust(width) if i == 0 else text.rjust(width)
                        for i, (text, width) in enumerate(zip(line, widths))).rstrip()


def text_report(results, machine):
    """The whole report; in brackets how many times Cairn's value a peer's is."""
    out = list(machine) + [""]
    out.append("Medians; ± is half of the range of all samples. (3.0x): three times Cairn's value.")
    for workload, title in plan.WORKLOADS.items():
        rows = [row for row in results.rows() if row[0] == workload]
        if not rows:
            continue
        peers = [p for p in plan.PEERS if any(results.samples[r].get(p) for r in rows)]
        lines = [[row_name(row)] + [cell(results, row, p) for p in peers]
                 for row in rows]
        out += ["", f"{workload}: {title}", ""]
        out += table(["", *peers], lines)
    verdicts = [[f"{row[0]} {row_name(row)}", wanted, found, "met" if met else "NOT MET"]
                for row in results.rows() for wanted, found, met in results.verdicts(row)]
    if verdicts:
        out += ["", "Targets", ""]
        out += table(["", "wanted", "measured", ""], verdicts)
    slower = [f"  {row_name(row)}: the fourth collection takes {growth:.2f} of the second"
              for row in results.rows() if row[1].endswith("/later")
              for growth in [results.growth(row, "cairn")] if growth and growth > 1.1]
    if slower:
        out += ["", "Cairn slows down from one collection to the next:"] + slower
    failed = [f"  {peer}: {workload} {variant} {size_name(n)}: {word}"
              for (workload, variant, n, peer), word in results.failures.items()]
    if failed:
        out += ["", "Did not finish:"] + failed
    out += [""] + [f"- {note}" for note in plan.NOTES]
    return "\n".join(out) + "\n"


def write_csv(results, path):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["workload", "variant", "n", "peer", "median", "min", "max", "samples",
                         "times_cairn"])
        for row in results.samples:
            for peer, values in results.samples[row].items():
                ratio = results.ratio(row, peer)
                writer.writerow([*row, peer, f"{statistics.median(values):.4f}",
                                 f"{min(values):.4f}", f"{max(values):.4f}", len(values),
                                 "" if ratio is None else f"{ratio:.4f}"])
