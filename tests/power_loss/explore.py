"""What is left after a power cut, at many moments of a recorded run, holds everything that was answered.

A cut leaves of each file all that had been synced, and any part, by sectors, of what was written since; of each
directory the names that had been synced, and any of the changes since. For every such state the book must verify, and
its head be no older than the last answer. Now and then a server is started on what is left, as after a real cut, and
must take commands.

usage: explore.py DAYBOOK RECORDER EXPLORER [--states N] [--seed N] [--lie SHARE] [--json] [--recording FOLDER]
       explore.py DAYBOOK --restart STATE
--lie leaves that share of the syncs out of the recording: the explorer must then find losses. A recording in which a
loss was found is kept, and the line that plays it again is printed.
Exit code 1: a loss; with --lie: none was found.
"""
import argparse
import json
import os
import pathlib
import random
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time


ANSWER = 9  # recording.h: Kind::answer


class Server:
    """On `place`/data; leaves with the block."""

    def __init__(self, binary, place, aside, **environment):
        self.endpoint = f"ipc://{aside}/socket"
        self.process = subprocess.Popen(
            [binary, "serve", "--data", place / "data", "--listen", self.endpoint, "--feed", "", "--query", "",
             "--disk-reserve", "0"],
            env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        if kind is None and code != 0:
            raise RuntimeError(f"the server ended with {code}: {self.process.stderr.read()}")


class Cast:
    """Commands of every durable kind, as lines that `daybook submit` reads."""

    def __init__(self, binary, seed):
        self.binary, self.server, self.chance, self.sent = binary, None, random.Random(seed), 0

    def submit(self, commands):
        lines = []
        for command in commands:
            self.sent += 1
            lines.append(json.dumps({"key": f"key-{self.sent}"} | command))
        done = subprocess.run([self.binary, "submit", "-", "--connect", self.server.endpoint], input="\n".join(lines),
                              capture_output=True, text=True, timeout=60, check=False)
        if done.returncode not in (0, 1):  # 1: some are rejected, which is durable too
            raise RuntimeError(f"submit ended with {done.returncode}: {done.stderr} The server: {self.server.process.poll()}")

    def open_book(self):
        self.submit([{"kind": "define_asset", "code": "USD", "scale": 2}])
        self.submit([{"kind": "open_account", "code": f"users:{number}", "asset": "USD", "type": "liability"}
                     for number in range(20)])

    def transfers(self, count):
        def one():
            debit, credit = self.chance.sample(range(1, 21), 2)
            return {"kind": "transfer", "debit_account_number": str(debit), "credit_account_number": str(credit),
                    "amount": str(self.chance.randint(1, 900))}
        self.submit([one() for _ in range(count)])


class Shelf:
    """What is done with a book between two lives; what was said to be done is a promise."""

    def __init__(self, binary, recorded, recording, environment):
        self.binary, self.recorded, self.recording, self.environment = binary, recorded, recording, environment

    def run(self, *words):
        done = subprocess.run([self.binary, *words, "--json"], env=os.environ | self.environment, capture_output=True, text=True,
                              timeout=60, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{words[0]} ended with {done.returncode}: {done.stderr}")
        return json.loads(done.stdout.splitlines()[-1])

    def promise(self, name, seq):
        with open(self.recording, "ab") as file:
            file.write(struct.pack("<IIQQQQ", ANSWER, len(name), 0, 0, int(seq), 0) + name.encode())

    def back_up(self):
        done = self.run("backup", "--data", self.recorded / "data", "--to", self.recorded / "backup")
        self.promise("backup", done["head_seq"])

    def archive(self):
        self.run("archive", "--data", self.recorded / "data", "--keep", "60")

    def restore(self):
        done = self.run("restore", "--from", self.recorded / "backup", "--data", self.recorded / "restored")
        self.promise("restored", done["head_seq"])


def record(binary, recorder, place, seed):
    """Lives of a server: the first makes the book, the next find it, each stops in order and saves the book's state. After
    each the book is backed up and archived; in the end the backup is restored."""
    recorded, aside = place / "recorded", place / "aside"
    recorded.mkdir()
    aside.mkdir()
    preload = {"LD_PRELOAD": str(recorder), "DAYBOOK_RECORDING": str(place / "recording"),
               "DAYBOOK_RECORDED": str(recorded.resolve())}
    cast, shelf = Cast(binary, seed), Shelf(binary, recorded, place / "recording", preload)
    for life in range(3):
        with Server(binary, recorded, aside, **preload) as server:
            cast.server = server
            if life == 0:
                cast.open_book()
            for size in (1, 1, 3, 1, 40, 1, 8, 150, 1, 1):
                cast.transfers(size)
        shelf.back_up()
        shelf.archive()
    shelf.restore()
    return place / "recording", recorded.stat().st_ino


def goes_on(binary, place):
    """A server starts on what is left, and takes a command that is there when it has ended."""
    with tempfile.TemporaryDirectory(prefix="daybook-") as aside:
        with Server(binary, place, pathlib.Path(aside)) as server:
            asked = subprocess.run([binary, "asset", "define", "AGAIN", "--connect", server.endpoint, "--json"],
                                   capture_output=True, text=True, timeout=60, check=False)
            if asked.returncode != 0:
                raise RuntimeError(f"no command is taken after the cut: {asked.stderr}")
    subprocess.run([binary, "verify", "--data", place / "data"], check=True, capture_output=True, timeout=120)


def keep(recording, root):
    kept = pathlib.Path(tempfile.mkdtemp(prefix="daybook-power-loss-"))
    shutil.copyfile(recording, kept / "recording")
    (kept / "root").write_text(str(root))
    return kept


def explore(options, binary, place):
    began = time.monotonic()
    if options.recording:
        recording, root = options.recording / "recording", int((options.recording / "root").read_text())
    else:
        recording, root = record(binary, os.path.abspath(options.recorder), place, options.seed)
    restart = f"{sys.executable} -B {os.path.abspath(__file__)} {binary} --restart"
    share = options.states // options.processes
    explorers = []
    for number in range(options.processes):
        state = place / f"states{number}"
        state.mkdir()
        explorers.append(subprocess.Popen(
            [os.path.abspath(options.explorer), recording, state, str(root), str(share), str(options.seed * 100 + number), str(options.lie),
             restart, str(0 if options.lie else options.restart_each)], stdout=subprocess.PIPE, text=True))
    sums = {}
    for explorer in explorers:
        said = explorer.communicate()[0].splitlines()
        if explorer.returncode not in (0, 1):
            raise RuntimeError(f"the explorer ended with {explorer.returncode}: {said}")
        for line in said[:-1]:
            print(line)
        for key, value in json.loads(said[-1]).items():
            sums[key] = sums.get(key, 0) + value if key in ("states", "distinct", "bad", "restarts") else value
    if sums["bad"] and not options.lie and not options.recording:
        kept = keep(recording, root)
        print(f"again: {shlex.join(sys.argv)} --recording {kept}")
    sums["seconds"] = round(time.monotonic() - began)
    print(json.dumps(sums) if options.json else ", ".join(f"{value} {key.replace('_', ' ')}" for key, value in sums.items()))
    return sums["bad"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("recorder", nargs="?")
    parser.add_argument("explorer", nargs="?")
    parser.add_argument("--states", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--lie", type=float, default=0, help="leave out this share of the syncs: losses must be found")
    parser.add_argument("--restart-each", type=int, default=500, help="start a server on one of so many states")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--recording", type=pathlib.Path, help="play one that was kept")
    parser.add_argument("--restart", type=pathlib.Path, help="start a server on what is left, and no more")
    options = parser.parse_args()
    binary = os.path.abspath(options.binary)
    if options.restart:
        goes_on(binary, options.restart)
        return 0
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="daybook-", dir=memory) as directory:
        found = explore(options, binary, pathlib.Path(directory))
    return 0 if bool(found) == bool(options.lie) else 1


sys.exit(main())
