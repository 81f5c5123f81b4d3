# SPDX-License-Identifier: MIT
"""Runs the drivers: all peers in turn, round after round, on one processor."""
import os
import re
import subprocess
import sys

TIMEOUT_S = 900
NOT_OFFERED = 3
GRAPH_PROGRAMS = ("imports", "ast", "service")
GRAPH_LINE = re.compile(r"collection of (\d+) tracked live objects: median [\d.]+ ms, ([\d.]+) ns")


class Runner:
    def __init__(self, machine, results, cpu, rounds):
        self.machine = machine
        self.results = results
        self.prefix = ["taskset", "-c", str(cpu)]
        self.rounds = rounds
        self.given_up = set()

    def say(self, text):
        print(f"tools/bench: {text}", file=sys.stderr, flush=True)

    def call(self, command):
        """The finished process, or a word that says why there is none."""
        try:
            done = subprocess.run(self.prefix + command, capture_output=True, text=True,
                                  timeout=TIMEOUT_S, check=False)
        except subprocess.TimeoutExpired:
            return "timeout"
        if done.returncode < 0:
            return "crash"
        return done

    def run_jobs(self, jobs, peers):
        for number, job in enumerate(jobs, 1):
            chosen = [p for p in peers if p in job.peers and self.machine.driver(p)]
            self.say(f"{number}/{len(jobs)} {job.workload} {job.variant} {job.n}")
            for _ in range(min(self.rounds, job.most_rounds)):
                for peer in chosen:
                    self.run_job(job, peer)

    def run_job(self, job, peer):
        if (job, peer) in self.given_up:
            return
        done = self.call(self.machine.driver(peer) +
                         [job.workload, str(job.n), job.variant, str(job.repetitions)])
        if isinstance(done, str):
            self.give_up(job, peer, done)
            return
        if done.returncode == NOT_OFFERED:
            self.given_up.add((job, peer))
            return
        if done.returncode != 0:
            self.say(f"{peer} {job.workload} {job.variant} {job.n}: {done.stderr.strip()}")
            self.give_up(job, peer, "wrong")
            return
        for line in done.stdout.splitlines():
            workload, variant, n, value, repetition = line.split("\t")
            if int(repetition) > 0 or job.repetitions == 1:
                self.results.add((workload, variant, int(n)), peer, float(value))

    def give_up(self, job, peer, word):
        self.given_up.add((job, peer))
        self.results.fail(job, peer, word)

    def run_graphs(self, peers):
        """Collections of real programs' heaps: CPython's in the program itself, Cairn's of the
        same graph, dumped from that program."""
        tool = self.machine.graph_tool()
        dump = self.machine.root / "tests/graph/dump.py"
        if tool is None or not dump.exists():
            self.say("graphs: left out, the program `cairn` or tests/graph/dump.py is not there")
            return
        folder = self.machine.build / "graphs"
        folder.mkdir(exist_ok=True)
        python = ["/usr/bin/python3.11", "-I", str(dump)]
        files = {}
        for program in GRAPH_PROGRAMS:
            files[program] = str(folder / f"{program}.hgraph")
            self.say(f"graph {program}")
            self.call([*python, program, files[program]])
            commands = {"cairn": [str(tool), "graph", files[program]],
                        "cpython": [*python, program, "--time"]}
            for _ in range(self.rounds):
                for peer, command in commands.items():
                    if peer in peers:
                        self.run_graph(program, peer, command)

    def run_graph(self, program, peer, command):
        done = self.call(command)
        found = None if isinstance(done, str) else GRAPH_LINE.search(done.stdout)
        if found:
            # The two programs do not count quite the same objects: rows are per object.
            self.results.add(("graph", program, 0), peer, float(found[2]))
        else:
            why = done if isinstance(done, str) else done.stderr.strip()[-200:]
            self.say(f"graph {program}, {peer}: {why}")


def default_cpu():
    """The last processor that this process may use: the first one serves most interrupts."""
    return max(os.sched_getaffinity(0))
