# SPDX-License-Identifier: MIT
"""Runs the statements of docs/fleet.md on snapshots of a small fleet.

usage: fleet_test.py duckdb|clickhouse CAIRN GENERATE MODULES

Three hosts, two days, two builds; from the second build on, Type1 grows by 250 objects on two of them.
"""
import csv
import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from modules import HERE, need_modules, skip

PAGE = HERE.parent.parent / "docs" / "fleet.md"
GROWN_BY = 250
OBJECT_BYTES = 48
EXPECTED_GROWTH = [["Type1", "web1", GROWN_BY * OBJECT_BYTES], ["Type1", "web2", GROWN_BY * OBJECT_BYTES]]


def make_fleet(cairn, generate, folder):
    """Rows of all hosts below folder/rows."""
    days = [("2026-01-30 09:00:00", "4.1", 0), ("2026-01-31 12:00:00", "4.2", 0),
            ("2026-02-01 09:00:00", "4.2", GROWN_BY)]
    for number, host in enumerate(("web1", "web2", "web3")):
        for day, (moment, build, grown) in enumerate(days):
            file = folder / f"{host}-{day}.heapsnapshot"
            grown = 0 if host == "web3" else grown
            # The holder of what grows is there from the start: grown=1 has it.
            subprocess.run([generate, str(number + 1), "300", file, "clean", f"grown={grown + 1}"], check=True)
            rows = folder / "rows" / f"{host}-{day}"
            subprocess.run([cairn, "heap", "rows", file, "-o", rows, "--format", "csv", "--host", host,
                            "--build", build, "--time", moment], check=True)


def statements(heading):
    """The blocks of SQL below a heading of the page: those that load, and three questions."""
    part = PAGE.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    blocks = re.findall(r"```sql\n(.*?)```", part, re.DOTALL)
    assert len(blocks) == 4, heading
    return blocks[0], blocks[1:]


class DuckDb:
    def __init__(self, folder, modules):
        self.folder, self.modules = folder, need_modules(modules)

    def load(self, sql):
        self.setup = sql

    def ask(self, question):
        script = f"""
            const {{ DuckDBInstance }} = require('@duckdb/node-api');
            (async () => {{
                const database = await (await DuckDBInstance.create(':memory:')).connect();
                await database.run({json.dumps(self.setup)});
                const rows = await database.runAndReadAll({json.dumps(question)});
                console.log(JSON.stringify(rows.getRowsJson()));
            }})();"""
        file = self.modules / "question.cjs"
        file.write_text(script)
        run = subprocess.run(["node", file], cwd=self.folder, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout)

    def close(self):
        pass


CONFIGURATION = """<yandex>
    <logger><level>error</level><log>{0}/log</log><errorlog>{0}/errors</errorlog></logger>
    <http_port>{1}</http_port><tcp_port>{2}</tcp_port><listen_host>127.0.0.1</listen_host>
    <path>{0}/data/</path><tmp_path>{0}/tmp/</tmp_path><users_config>{0}/users.xml</users_config>
    <default_profile>default</default_profile><default_database>default</default_database>
    <mark_cache_size>100000000</mark_cache_size>
</yandex>"""
USERS = """<yandex><profiles><default/></profiles><quotas><default/></quotas>
    <users><default><password></password><networks><ip>127.0.0.1</ip></networks>
    <profile>default</profile><quota>default</quota></default></users></yandex>"""


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class ClickHouse:
    """A server of its own, on the loopback, with its data in the test's folder."""

    def __init__(self, folder, _modules):
        program = shutil.which("clickhouse-server") or shutil.which("clickhouse-server", path="/usr/sbin")
        if program is None:
            skip("clickhouse-server is not there")
        self.folder = folder
        home = folder / "clickhouse"
        home.mkdir()
        self.port, tcp = free_ports(2)
        (home / "config.xml").write_text(CONFIGURATION.format(home, self.port, tcp))
        (home / "users.xml").write_text(USERS)
        self.server = subprocess.Popen([program, f"--config-file={home}/config.xml"], cwd=home,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            try:
                self.send("SELECT 1")
                return
            except urllib.error.URLError:
                if self.server.poll() is not None:
                    skip(f"clickhouse-server does not start (status {self.server.returncode})")
                time.sleep(0.2)
        self.close()
        skip("clickhouse-server does not answer")

    def send(self, statement, data=b""):
        query = urllib.parse.urlencode({"query": statement})
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/?{query}", data) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{statement}\n{error.read().decode()}") from None

    def load(self, sql):
        for statement in filter(str.strip, sql.split(";")):
            self.send(statement)
        for table in ("snapshots", "types", "nodes"):
            for file in sorted(self.folder.glob(f"rows/*/{table}.csv")):
                self.send(f"INSERT INTO {table} FORMAT CSVWithNames", file.read_bytes())

    def ask(self, question):
        text = self.send(question.strip().rstrip(";") + " FORMAT JSONCompact")
        return json.loads(text)["data"]

    def close(self):
        self.server.terminate()
        self.server.wait(60)


def check(database, folder, heading):
    setup, (growth, builds, holders) = statements(heading)
    database.load(setup)
    numbers = lambda rows: [[*row[:-1], int(row[-1])] for row in rows]
    assert numbers(database.ask(growth)) == EXPECTED_GROWTH, database.ask(growth)
    by_build = database.ask(builds)
    assert [row[0] for row in by_build] == ["4.1", "4.2"], by_build
    assert [int(row[2]) for row in by_build] == [3, 3], by_build
    assert float(by_build[1][3]) > float(by_build[0][3]), by_build
    last = [row for host in ("web1", "web2", "web3")
            for row in csv.DictReader(open(folder / f"rows/{host}-2/nodes.csv", newline=""))
            if row["type"] == "Type1"]
    held = {}
    for row in last:
        held[row["dominator_type"]] = held.get(row["dominator_type"], 0) + int(row["self_size"])
    answer = database.ask(holders)
    assert {row[0]: int(row[2]) for row in answer} == held, answer
    assert answer[0][0] == "Type0" and int(answer[0][1]) >= 2 * GROWN_BY, answer


def main():
    engine, cairn, generate, modules = sys.argv[1:]
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        database = {"duckdb": DuckDb, "clickhouse": ClickHouse}[engine](folder, modules)
        try:
            make_fleet(cairn, generate, folder)
            check(database, folder, "DuckDB" if engine == "duckdb" else "ClickHouse")
        finally:
            database.close()
    print(f"{engine}: the three questions of docs/fleet.md have the right answers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
