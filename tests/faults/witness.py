"""A client outside of the server that remembers every answer, and the server it watches."""
import json
import mmap
import os
import re
import signal
import struct
import subprocess
import time

import wire
import zmtp

LOGGED = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z (info|warning) ")

# Large pages for what it allocates: half of what a start costs is making small ones.
QUICKER = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


class Failed(Exception):
    """What a test has found wrong."""


class Server:
    """One process on one data directory. Its standard error goes to a file, so that it never waits for a reader."""

    def __init__(self, binary, place, *options, environment=None, data=None, reserve_mib=0, query=""):
        self.place, self.data, self.socket = place, data or place / "data", place / "socket"
        self.log = place / "log"
        self._errors = open(self.log, "wb")  # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            [binary, "serve", "--data", self.data, "--listen", f"ipc://{self.socket}", "--feed", "", "--query", query,
             "--disk-reserve", str(reserve_mib), *options],
            env=os.environ | QUICKER | (environment or {}), stdout=subprocess.DEVNULL, stderr=self._errors)

    def connect(self, patience=20):
        """None when it ends before it takes connections."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            try:
                return Client(self.socket)
            except zmtp.Gone:
                if self.process.poll() is not None:
                    return None
                time.sleep(0.002)
        raise Failed(f"the server takes no connections after {patience} s: {self.errors()}")

    def ended(self, patience):
        """The exit code; None when it has not ended in time."""
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            return None

    def stop(self, patience=20):
        self.process.send_signal(signal.SIGTERM)
        return self.ended(patience)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._errors.close()

    def errors(self):
        return self.log.read_text(errors="replace")

    def complaints(self):
        """What it says to the operator beside its log."""
        return [line for line in self.errors().splitlines() if line and not LOGGED.match(line)]


def run_json(binary, *words):
    """The lines a command of the binary prints; it must end well."""
    done = subprocess.run([binary, *words, "--json"], capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        raise Failed(f"{words[0]} ended with {done.returncode}: {done.stdout[-500:]} {done.stderr[-500:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def verified_head(binary, data):
    return int(run_json(binary, "verify", "--data", data)[-1]["head_seq"])


class Control:
    """A number that a module in the server looks at again and again."""

    def __init__(self, path):
        path.write_bytes(bytes(8))
        self.path, self._file = path, open(path, "r+b")  # pylint: disable=consider-using-with
        self._shared = mmap.mmap(self._file.fileno(), 8)

    def set(self, value):
        self._shared[:8] = struct.pack("<q", value)


class Client:
    """Sends messages in lockstep or several at once; gives up with zmtp.Gone when the server has gone."""

    def __init__(self, path):
        self.peer = zmtp.Dealer(path)
        self.correlation = 0
        self.book = bytes(16)
        self.book = self.ask(wire.INFO).book

    def submit(self, kind, count=0, body=b""):
        self.correlation += 1
        self.peer.send(wire.message(kind, self.book, self.correlation, count, body))
        return self.correlation

    def answer(self, patience=10):
        data = self.peer.receive(patience)
        return None if data is None else wire.read_answer(data)

    def ask(self, kind, count=0, body=b"", patience=10):
        asked = self.submit(kind, count, body)
        answer = self.answer(patience)
        if answer is None:
            raise zmtp.Gone("no answer")
        if answer.correlation != asked:
            raise Failed(f"answer {answer.correlation} came to question {asked}")
        return answer

    def close(self):
        self.peer.close()


class Memory:
    """Which receipt each key got first, and when the last one came."""

    def __init__(self):
        self.first = {}
        self.last_at = 0
        self.head = 0

    def take(self, keys, answer, is_last=True):
        """Remembers receipts; a repeat must get what the key got first. `is_last`: no other question is open."""
        if answer.kind != wire.RECEIPTS or len(answer.receipts) != len(keys):
            raise Failed(f"answer of kind {answer.kind}, code {answer.code}, with {len(answer.receipts)} receipts to "
                         f"{len(keys)} commands")
        if is_last:
            self.last_at = time.monotonic_ns()
        for key, receipt in zip(keys, answer.receipts):
            if receipt.verdict not in (wire.ACCEPTED, wire.REJECTED):
                raise Failed(f"a command is answered by verdict {receipt.verdict}, code {receipt.code}")
            before = self.first.setdefault(key, receipt.lasting)
            if before != receipt.lasting:
                raise Failed(f"a key got {before} first, and {receipt.lasting} when it was sent again")
            self.head = max(self.head, receipt.seq)
