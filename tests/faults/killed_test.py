"""What a killed run left visible, and had not synced, is durable before the next run rests on it [I1] [I20] [I21].

A server that makes its book, a backup, an archiving and a restore are each killed at each of their directory syncs. Kill -9
loses no name that was given: whoever comes next sees it, and a power cut may still take it. So each directory in which
the two runs gave a name must have been synced behind that, once the second one has said that all is well.

usage: killed_test.py DAYBOOK MODULES
"""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path, PurePosixPath

import calls
import sweep
from witness import Failed, Memory, Server, verified_head

# Made anew where they are lost.
DISPOSABLE = ("data/projection", "data/state", "restored/projection", "restored/state")


class Runs:
    """Two of them on one place, and what they called."""

    def __init__(self, binary, modules, place):
        self.binary, self.modules, self.place = binary, Path(modules), place
        self.logs = []

    def environment(self, fault=None):
        self.logs.append(self.place / f"calls{len(self.logs)}")
        return {"LD_PRELOAD": str(self.modules / "fault_injector.so"), "DAYBOOK_FAULT_ROOT": str(self.place),
                "DAYBOOK_FAULT_LOG": str(self.logs[-1])} | ({"DAYBOOK_FAULT": fault} if fault else {})

    def serve(self, data, fault=None):
        """Until it has answered."""
        server = Server(self.binary, self.place, environment=self.environment(fault), data=self.place / data)
        try:
            return server.connect() is not None
        finally:
            server.kill()

    def run(self, words, fault=None):
        done = subprocess.run([self.binary, *words], env=os.environ | self.environment(fault), capture_output=True, text=True,
                              timeout=60, check=False)
        if done.returncode not in (0, -9):
            raise Failed(f"{words[0]} ended with {done.returncode}: {done.stderr}")
        return done.returncode == 0

    def back_up(self, fault=None):
        return self.run(["backup", "--data", self.place / "data", "--to", self.place / "backup"], fault)

    def archive(self, fault=None):
        return self.run(["archive", "--data", self.place / "data", "--keep", "60"], fault)

    def restore(self, fault=None):
        if (self.place / "restored").exists():
            return self.serve("restored", fault)
        return self.run(["restore", "--from", self.place / "backup", "--data", self.place / "restored"], fault)

    def make(self, fault=None):
        return self.serve("data", fault)

    def lines(self):
        return [line for log in self.logs for line in calls.read_log(log)]

    def not_durable(self):
        """Directories in which a name was given that no sync has followed."""
        waiting = set()
        for line in self.lines():
            if line.result == 0 and line.call in ("rename", "mkdir") and not line.file.startswith(DISPOSABLE):
                waiting.add(str(PurePosixPath(line.file).parent))
            if line.result == 0 and line.call == "fsync":
                waiting.discard(line.file)
        return waiting


def filled(binary, place):
    """A book with some blocks, and a backup of it."""
    server = Server(binary, place)
    try:
        sweep.work(server.connect(), Memory(), "first")
        server.stop()
    finally:
        server.kill()
    subprocess.run([binary, "backup", "--data", place / "data", "--to", place / "backup"], check=True, capture_output=True)


def try_kills(binary, modules, place, what, template):
    """How often it was killed, and what is wrong."""
    def new(name):
        here = place / f"{what}-{name}"
        here.mkdir()
        for part in template:
            sweep.copy_sparse(place / "filled" / part, here / part)
        return Runs(binary, modules, here)

    whole = new("whole")
    getattr(whole, what)()
    syncs = calls.count(line for line in whole.lines() if line.call == "fsync" and not line.file.startswith(DISPOSABLE))
    found, kills = [], 0
    for (call, file), most in sorted(syncs.items()):
        for nth in range(1, most + 1):
            runs = new(f"{kills}")
            fault = f"{call} {file} {nth} kill once"
            if getattr(runs, what)(fault):
                found.append(f"{what} is not killed at {fault}")
            if not getattr(runs, what)():
                found.append(f"{what} does not go on behind {fault}")
            for directory in sorted(runs.not_durable()):
                found.append(f"{what}, {fault}: what it named in {directory} is not durable when the next run has succeeded")
            for data in ("data", "restored"):
                if (runs.place / data).exists():
                    verified_head(binary, runs.place / data)
            shutil.rmtree(runs.place)
            kills += 1
    return kills, found


def main():
    binary, modules = map(os.path.abspath, sys.argv[1:3])
    kills, found = 0, []
    with tempfile.TemporaryDirectory(prefix="daybook-") as directory:
        place = Path(directory)
        (place / "filled").mkdir()
        filled(binary, place / "filled")
        for what, template in (("make", ()), ("back_up", ("data",)), ("archive", ("data",)), ("restore", ("backup",))):
            times, wrong = try_kills(binary, modules, place, what, template)
            kills, found = kills + times, found + wrong
            if times < 2:
                found.append(f"{what} was killed {times} times")
    print("\n".join(found))
    print(f"{kills} kills, {len(found)} findings")
    return 1 if found else 0


sys.exit(main())
