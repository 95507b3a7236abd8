"""What is left after a power cut, at many moments of a recorded run, holds everything that was answered.

A cut leaves of each file all that had been synced, and any part, by sectors, of what was written since. For every such
state `daybook verify` must find nothing wrong and a head no older than the last answer that had been given. Now and
then a server is started on what is left, as after a real cut, and must take commands.

usage: explore.py DAYBOOK RECORDER [--states N] [--seed N] [--lie]
--lie leaves half of the syncs out of the recording: the explorer must then find losses.
Exit code 1: a loss; with --lie: none was found.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

ENTRY = struct.Struct("<IIQQ")
WRITE, SYNC, ANSWER, RESIZE = 1, 2, 3, 4
SECTOR = 512
NAMES = {1: "journal/data.mdb", 2: "projection/data.mdb"}


def stop(server):
    server.send_signal(signal.SIGTERM)
    code = server.wait(60)
    assert code == 0, f"the server ended with {code}: {server.stderr.read()}"


def serve(binary, data, socket, **environment):
    return subprocess.Popen([binary, "serve", "--data", data, "--listen", f"ipc://{socket}", "--feed", "", "--query", "",
                             "--disk-reserve", "0"], env=os.environ | environment,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def record(binary, recorder, place):
    """A run of lone commands and small batches, by several clients at once."""
    log = place / "recording"
    data, socket = place / "recorded", place / "socket"
    server = serve(binary, data, socket, LD_PRELOAD=str(recorder), DAYBOOK_RECORDING=str(log))
    try:
        for load in (("--clients", "4", "--transfers", "300"), ("--batch", "40", "--transfers", "4000"),
                     ("--clients", "16", "--transfers", "600"), ("--batch", "2000", "--transfers", "12000")):
            subprocess.run([binary, "bench", "transfers", "--connect", f"ipc://{socket}", "--no-floor", "--runs", "1",
                            "--accounts", "200", *load, "--dir", place], check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, timeout=120)
    finally:
        stop(server)
    return log.read_bytes()


def entries(log):
    at = 0
    while at < len(log):
        kind, file, offset, size = ENTRY.unpack_from(log, at)
        at += ENTRY.size
        data = b""
        if kind == WRITE:
            data = log[at:at + size]
            at += size
        yield kind, file, offset, size, data


class Disk:
    """The files as they are for certain, and what may or may not have reached them."""

    def __init__(self, place):
        self.place = place
        self.pending = {1: [], 2: []}
        for name in NAMES.values():
            (place / name).parent.mkdir(parents=True, mode=0o700)
        # Made before the projection: a file system that keeps entries in order has it whenever it has that.
        (place / "projection/projector.lock").touch()
        self.files = {}

    def file(self, number):
        if number not in self.files:
            path = self.place / NAMES[number]
            self.files[number] = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        return self.files[number]

    def apply(self, kind, file, offset, size, data):
        if kind == WRITE:
            self.pending[file].append((offset, data))
        elif kind == RESIZE:
            os.ftruncate(self.file(file), offset)
        elif size == 0:
            for at, written in self.pending[file]:
                os.pwrite(self.file(file), written, at)
            self.pending[file] = []
        else:
            last = self.pending[file].pop()
            assert (last[0], len(last[1])) == (offset, size), "a durable write follows its entry"
            os.pwrite(self.file(file), last[1], last[0])

    def cut(self, keep):
        """Applies the sectors that `keep` says reached the disk; returns how to take them back."""
        undo = []
        for number, writes in self.pending.items():
            if not writes:
                continue
            fd = self.file(number)
            undo.append(lambda fd=fd, size=os.fstat(fd).st_size: os.ftruncate(fd, size))
            for offset, data in writes:
                at = 0
                while at < len(data):
                    step = min(SECTOR - (offset + at) % SECTOR, len(data) - at)
                    if keep():
                        before = os.pread(fd, step, offset + at)
                        undo.append(lambda fd=fd, before=before, at=offset + at: os.pwrite(fd, before, at))
                        os.pwrite(fd, data[at:at + step], offset + at)
                    at += step
        return undo


def judge(binary, place, answered):
    """Why the state is bad; None when it is not."""
    done = subprocess.run([binary, "verify", "--data", place, "--json"], capture_output=True, text=True, timeout=120)
    if answered == 0 and done.returncode in (66, 75, 76):
        return None  # nothing had been answered: the book need not be there yet
    if done.returncode != 0:
        return f"verify ended with {done.returncode}: {done.stderr.strip() or done.stdout.strip()}"
    head = int(json.loads(done.stdout.splitlines()[-1])["head_seq"])
    return None if head >= answered else f"the head is {head}, and {answered} had been answered"


def goes_on(binary, place, aside):
    """A server starts on a copy of what is left, and takes a command."""
    copy, socket = aside / "copy", aside / "again"
    subprocess.run(["cp", "-r", "--sparse=always", place, copy], check=True)
    server = serve(binary, copy, socket)
    try:
        asked = subprocess.run([binary, "asset", "define", "AGAIN", "--connect", f"ipc://{socket}"],
                               capture_output=True, text=True, timeout=60)
        assert asked.returncode == 0, f"no command is taken after the cut: {asked.stderr}"
    finally:
        stop(server)
    assert judge(binary, copy, 1) is None
    shutil.rmtree(copy)


def explore(binary, log, place, options):
    chance = random.Random(options.seed)
    steps = [entry for entry in entries(log)
             if not (options.lie and entry[0] == SYNC and entry[3] == 0 and chance.random() < 0.5)]
    moments = sum(entry[0] in (WRITE, SYNC) for entry in steps)
    per_moment = max(options.states / moments, 0.001)
    disk = Disk(place / "disk")
    keeps = (lambda: True, lambda: False, lambda: chance.random() < 0.5, lambda: chance.random() < 0.95,
             lambda: chance.random() < 0.05)
    answered = states = bad = restarts = commits = 0
    began = time.monotonic()
    for step in steps:
        if step[0] == ANSWER:
            answered = max(answered, step[2])
            continue
        disk.apply(*step)
        commits += step[0] == SYNC and step[1] == 1 and step[3] > 0
        for _ in range(int(per_moment) + (chance.random() < per_moment % 1)):
            undo = disk.cut(chance.choice(keeps))
            why = judge(binary, disk.place, answered)
            if why is None and answered and not options.lie and chance.random() < 0.01:
                goes_on(binary, disk.place, place)
                restarts += 1
            for take_back in reversed(undo):
                take_back()
            states += 1
            if why is not None:
                bad += 1
                if bad <= 5:
                    print(f"state {states}, after {answered} had been answered: {why}")
    print(f"{states} states of {commits} commits and {moments} writes and syncs, {bad} bad; {restarts} servers started "
          f"again; {answered} answered; {time.monotonic() - began:.0f} s")
    return bad


parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("binary")
parser.add_argument("recorder")
parser.add_argument("--states", type=int, default=1000)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--lie", action="store_true", help="leave syncs out: losses must be found")
options = parser.parse_args()
with tempfile.TemporaryDirectory(prefix="daybook-") as directory:
    top = pathlib.Path(directory)
    binary = os.path.abspath(options.binary)
    found = explore(binary, record(binary, os.path.abspath(options.recorder), top), top, options)
sys.exit(0 if bool(found) == options.lie else 1)
