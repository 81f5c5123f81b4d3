# SPDX-License-Identifier: MIT
"""The machine: packages, the build of the drivers, and what the report says about both."""
import os
import platform
import shutil
import subprocess
import sys

PACKAGES = ["libpython3.11-dev", "libgc-dev", "liblua5.4-dev", "duktape-dev", "nim", "php8.2-cli",
            "valgrind", "linux-perf", "libexpat1-dev", "zlib1g-dev"]

# Peers that are the driver of another one, with a variable set.
ENVIRONMENT = {
    "cairn-sliced": ("cairn", "CAIRN_BENCH_PAUSE_TARGET=200000"),
    "lua-generational": ("lua", "CAIRN_BENCH_GENERATIONAL=1"),
}


class Machine:
    def __init__(self, root, build="build/bench"):
        self.root = root
        self.build = root / build

    def prepare(self, targets, *options):
        """Installs what is missing and builds these targets; says so and ends if that fails."""
        subprocess.run([self.root / "tools/setup"], check=True)
        self.install_packages()
        self.build.mkdir(parents=True, exist_ok=True)
        log_path = self.build / "build.log"
        configure = ["cmake", "--preset", "release", "-S", self.root, "-B", self.build,
                     "-DCAIRN_BUILD_BENCH=ON", "-DCAIRN_BUILD_TESTS=OFF", "-DCAIRN_WERROR=OFF", *options]
        with open(log_path, "w", encoding="utf-8") as log:
            for command in (configure, ["ninja", "-C", self.build, *targets]):
                done = subprocess.run(command, stdout=log, stderr=log, cwd=self.root, check=False)
                if done.returncode != 0:
                    sys.exit(f"tools/bench: {command[0]} failed: see {log_path}")

    def install_packages(self):
        if shutil.which("dpkg-query") is None:
            return
        listed = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Package}\n"]
                                + PACKAGES, capture_output=True, text=True, check=False).stdout
        there = {line[2:].strip() for line in listed.splitlines() if line.startswith("ii")}
        missing = [package for package in PACKAGES if package not in there]
        if not missing:
            return
        print("tools/bench: installing", *missing, file=sys.stderr)
        as_root = [] if os.geteuid() == 0 else ["sudo"]
        apt = as_root + ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y"]
        subprocess.run(apt + ["update"], check=False, stdout=subprocess.DEVNULL)
        # A peer that cannot be installed is left out of the comparison.
        for package in missing:
            done = subprocess.run(apt + ["install", "--no-install-recommends", package],
                                  check=False, stdout=subprocess.DEVNULL)
            if done.returncode != 0:
                print(f"tools/bench: {package} could not be installed", file=sys.stderr)

    def driver(self, peer):
        """The command that starts a peer's driver, or None."""
        if peer == "php":
            script = self.root / "tools/benchmarks/drivers/php.php"
            return ["php8.2", "-n", str(script)] if shutil.which("php8.2") else None
        program, *setting = ENVIRONMENT.get(peer, (peer,))
        path = self.build / "drivers" / program
        return [*(["env", *setting] if setting else []), str(path)] if path.exists() else None

    def graph_tool(self):
        path = self.build / "bin/cairn"
        return path if path.exists() else None

    def describe(self, command_line, cpu):
        """Lines for the head of the report."""
        model = "unknown processor"
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    model = line.split(":", 1)[1].strip()
                    break
        compiler = first_line(["c++", "--version"])
        commit = first_line(["git", "-C", str(self.root), "describe", "--always", "--dirty"])
        huge = read("/sys/kernel/mm/transparent_hugepage/enabled")
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        load = "%.2f" % os.getloadavg()[0]
        return [
            f"command: {command_line}",
            f"machine: {model}, {os.cpu_count()} processors, {memory:.0f} GiB, caches"
            f" {caches()}, Linux {platform.release()}, huge pages {huge}",
            f"build: {compiler}, -O2, cairn {commit}; pinned to processor {cpu}; load before: {load}",
        ]


def first_line(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "unknown"
    return (done.stdout.splitlines() or ["unknown"])[0]


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return "unknown"


def caches():
    folder = "/sys/devices/system/cpu/cpu0/cache"
    sizes = []
    for index in range(5):
        kind = read(f"{folder}/index{index}/type")
        if kind in ("Data", "Unified"):
            sizes.append(f"L{read(f'{folder}/index{index}/level')} {read(f'{folder}/index{index}/size')}")
    return ", ".join(sizes) or "unknown"
