"""One bout: the driver against one system, from a fresh start to the audit, and everything measured around it."""
import dataclasses
import json
import os
import pathlib
import subprocess

from ledger import Ledger
from machine import device_written_bytes

HERE = pathlib.Path(__file__).resolve().parent
FUNDS = 1_000_000_000


class DriverFailed(RuntimeError):
    pass


@dataclasses.dataclass(frozen=True)
class Cell:
    """What is measured: one line of a table, several times."""
    system: str               # postgres or daybook
    workload: str
    strategy: str = ""        # PostgreSQL's
    clients: int = 64
    connections: int = 16
    batch: int = 1

    def name(self):
        how = f"batches of {self.batch}" if self.batch > 1 else f"{self.clients} clients"
        pool = f", pool {self.connections}" if self.system == "postgres" and self.batch == 1 else ""
        return " ".join(filter(None, [self.system, self.strategy, how])) + pool


@dataclasses.dataclass
class Workload:
    name: str
    title: str
    shape: str
    accounts: int
    file: str = ""
    funds: int = FUNDS


class Ring:
    """Where bouts take place: the cluster, a directory for ledgers, the programs."""

    def __init__(self, cluster, directory, driver, daybook):
        self.cluster = cluster
        self.directory = pathlib.Path(directory)
        self.driver = driver
        self.daybook = daybook
        self.ledgers = 0
        self.kept = None   # a ledger that goes on from run to run, and PostgreSQL's tables with it
        self.laps = 0

    def preload(self, workload, count):
        """Books so much on both sides; from now on runs go on from there instead of starting anew."""
        booked = self.fight(Cell("postgres", workload.name, "function", 1, 1, 1000), workload, limit=count)
        self.kept = Ledger(self.daybook, self.directory / "ledger")
        self.kept.start()
        return booked["findings"] + self.fight(Cell("daybook", workload.name, "", 1, 1, 8190), workload, limit=count)["findings"]

    def close(self):
        if self.kept:
            self.kept.stop()

    def _next_operations(self, workload):
        """Keys nobody has used: laps of the plan far behind those of the run before."""
        self.laps += 1000
        return self.laps * (pathlib.Path(workload.file).stat().st_size // 32)

    def plan(self, workload, seed, count, **more):
        workload.file = str(self.directory / f"{workload.name}.operations")
        words = {"shape": workload.shape, "accounts": workload.accounts, "seed": seed, "count": count,
                 "file": workload.file, **more}
        subprocess.run([self.driver, "plan", *_words(words)], check=True)

    def fight(self, cell, workload, **load):
        load = {"accounts": workload.accounts, "funds": workload.funds, "file": workload.file,
                "clients": cell.clients, "connections": cell.connections, "batch": cell.batch,
                "strategy": cell.strategy, **load}
        if self.kept and "limit" not in load:
            load["first"] = self._next_operations(workload)
        return self._postgres(workload, load) if cell.system == "postgres" else self._daybook(load)

    def _postgres(self, workload, load):
        cluster = self.cluster
        if not self.kept:
            cluster.reset(workload.accounts, workload.funds)
        cluster.checkpoint()
        before = cluster.counters()
        load |= {"conninfo": cluster.conninfo, "statements": HERE / "statements.sql"}
        result = self._drive("postgres", load, cluster)
        cluster.wait_for_disconnects()
        after = cluster.counters()
        if load.get("pairs") != "yes":
            result["findings"] += cluster.audit(workload.funds)
        cluster.checkpoint()
        result["written_bytes"] = self._written_since(result)
        result |= {name: after[name] - before[name] for name in after}
        result["disk_bytes"] = result["table_bytes"] + result["wal_bytes"]
        result["syncs"] = result["wal_syncs"]
        return result

    def _daybook(self, load):
        self.ledgers += 1
        ledger = self.kept or Ledger(self.daybook, self.directory / f"ledger-{self.ledgers}")
        try:
            if not self.kept:
                ledger.start()
            load |= {"endpoint": ledger.endpoint, "data": ledger.data}
            result = self._drive("daybook", load, ledger, on_ready=ledger.disk_bytes)
            os.sync()  # the projection's too; by now the audit has waited for it
            result["written_bytes"] = self._written_since(result)
            result["disk_bytes"] = ledger.disk_bytes() - result.pop("at_ready")
            result["syncs"] = result["commits"] = result["blocks"]
            return result
        finally:
            if not self.kept:
                ledger.stop()

    def _written_since(self, result):
        before, now = result.pop("written_before"), device_written_bytes(self.directory)
        return None if None in (before, now) else now - before

    def _drive(self, what, load, server, on_ready=lambda: None):
        with subprocess.Popen([self.driver, what, *_words(load)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True, start_new_session=True) as driver:
            try:
                _expect(driver, "ready")
                meter = server.meter()
                at_ready = on_ready()
                written = device_written_bytes(self.directory)
                _go_on(driver)
                _expect(driver, "done")
                meter.look()
                cpu_seconds = meter.cpu_seconds()
                _go_on(driver)
                result = json.loads(driver.stdout.readline() or "null")
                driver.wait()
            finally:
                driver.kill()
        if result is None or driver.returncode != 0:
            raise DriverFailed(f"the driver failed ({driver.returncode}); what it said is above")
        return result | {"server_cpu_seconds": cpu_seconds, "at_ready": at_ready, "written_before": written}


def _words(settings):
    return [f"{name}={value}" for name, value in settings.items()]


def _expect(driver, word):
    line = driver.stdout.readline().strip()
    if line != word:
        driver.wait()
        raise DriverFailed(f"the driver failed ({driver.returncode}); what it said is above")


def _go_on(driver):
    driver.stdin.write("\n")
    driver.stdin.flush()
