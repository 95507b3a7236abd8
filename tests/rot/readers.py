"""Readers that stop, are killed, take every slot or write to lock files: the ledger goes on, and what was answered is
there afterwards [I1] [I6].

usage: readers.py DAYBOOK [--killed N]
"""
import argparse
import json
import os
import pathlib
import signal
import struct
import subprocess
import sys
import tempfile
import time

from closed_book import Server, account, opening

READER = pathlib.Path(__file__).parent / "held_reader.py"
PAGE, LAST_PAGE_AT, TXN_AT = 4096, 136, 144
GROWTH_MAX = 2000  # pages, by as many commits


def reader(*words, **more):
    return subprocess.Popen([READER, *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **more)


def use_reader(*words):
    done = subprocess.run([READER, *map(str, words)], capture_output=True, text=True, timeout=120, check=False)
    if done.returncode == 77:
        print("skipped: python3-lmdb is not installed")
        sys.exit(77)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


class Place:
    def __init__(self, binary, place):
        self.binary, self.place, self.count = binary, place, 0
        self.projection, self.journal = place / "data/projection", place / "data/journal"
        self.server = Server(binary, place)
        self.head = int(self.server.submit(opening())[-1]["seq"])

    def run(self, *words):
        done = subprocess.run([self.binary, *map(str, words)], capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr

    def pay(self, times, accounts=range(20)):
        """Each account pays the next one."""
        for _ in range(times):
            self.count += 1
            done = self.server.submit(
                {"key": f"pay{self.count}.{place}", "kind": "post_entry",
                 "postings": [{"account": account(place), "side": "debit", "amount": "1"},
                              {"account": account(place + 1), "side": "credit", "amount": "1"}]} for place in accounts)
            self.head = int(done[-1]["seq"])

    def load(self, transfers):
        self.run("bench", "transfers", "--connect", self.server.listen, "--no-floor", "--runs", "1", "--accounts", "200",
                 "--clients", "8", "--transfers", transfers, "--dir", self.place)

    def pages(self):
        """How long the projection is."""
        with open(self.projection / "data.mdb", "rb") as file:
            data = file.read(2 * PAGE)
        newest = max((0, PAGE), key=lambda page: struct.unpack_from("<Q", data, page + TXN_AT))
        return struct.unpack_from("<Q", data, newest + LAST_PAGE_AT)[0]

    def check_all(self):
        """Everything answered is there, and the projection says what the journal says."""
        code, said, errors = self.run("balance", "--json", "--data", self.place / "data", "--min-seq", self.head)
        assert code == 0, errors
        code, said, errors = self.run("verify", "--json", "--data", self.place / "data")
        assert code == 0 and int(json.loads(said)["head_seq"]) >= self.head, (code, said, errors)
        assert json.loads(said)["projection"] == "equal", said

    def restart(self, expected=None):
        if expected is None:
            self.server.stop()
        else:
            code = self.server.process.wait(30)
            assert code in expected, f"the server ended with {code}: {self.server.process.stderr.read()}"
        self.server = Server(self.binary, self.place)


def stopped_reader(place, _):
    """It pins the pages of its view; they are used again as soon as it is gone."""
    held = reader(place.projection, "slots", 1)
    held.stdout.readline()
    os.kill(held.pid, signal.SIGSTOP)
    before = place.pages()
    place.load(1500)
    pinned = place.pages() - before
    held.kill()
    held.wait()
    time.sleep(1.2)  # dead readers are looked for every second
    before = place.pages()
    place.load(1500)
    after = place.pages() - before
    print(f"stopped reader: {pinned} pages pinned, {after} more once it was killed")
    assert after < max(100, pinned // 4), "the pages of a killed reader are not used again"
    place.check_all()


def killed_readers(place, options):
    """More than there are slots."""
    use_reader(place.projection, "killed", options.killed)
    place.pay(3)
    place.check_all()
    print(f"{options.killed} readers killed")


def all_slots_taken(place, _):
    held = reader(place.projection, "slots", 1024)
    taken, refused = map(int, held.stdout.readline().split())
    assert taken > 900, (taken, refused)
    place.pay(3)
    code, _, errors = place.run("balance", "--json", "--data", place.place / "data")
    assert code in (0, 75) and (code == 0 or "readers" in errors), (code, errors)
    held.stdin.close()
    held.wait(30)
    place.check_all()
    print(f"{taken} slots taken, then free again")


def lock_of_projection(place, _):
    """Whoever reads the projection can do this; it must not make a balance wrong."""
    place.pay(1, range(5))
    place.check_all()
    use_reader(place.projection, "tamper")
    place.pay(2, range(10, 15))  # others: what was taken back is not put right by chance
    place.check_all()
    print("lock file of the projection tampered with: nothing lost")


def lock_of_journal(place, _):
    """The writer stops before it writes over what was answered."""
    place.pay(2)
    use_reader(place.journal, "tamper")
    asking = subprocess.Popen([place.binary, "asset", "define", "LATE", "--connect", place.server.listen],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    place.restart(expected=(-signal.SIGABRT, 74, 76))
    asking.wait(60)
    place.pay(1)
    place.check_all()
    print("lock file of the journal tampered with: the writer stopped, nothing lost")


def second_server(place, _):
    code, _, errors = place.run("sequencer", "--data", place.place / "data", "--listen", f"ipc://{place.place}/other", "--feed", "")
    assert code == 75 and errors, (code, errors)
    place.pay(1)
    place.check_all()
    print("a second server is refused")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("daybook", type=os.path.abspath)
    parser.add_argument("--killed", type=int, default=1100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="daybook-readers-") as name:
        place = Place(options.daybook, pathlib.Path(name))
        try:
            for abuse in (killed_readers, stopped_reader, all_slots_taken, second_server, lock_of_projection, lock_of_journal):
                abuse(place, options)
        finally:
            place.server.process.kill()
            place.server.process.wait()


main()
