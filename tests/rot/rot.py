"""Damages the files of a closed book in many ways; what is then read is what was written, or an error that says
what to do [I23].

usage: rot.py DAYBOOK JUDGE_ROT [--flips N] [--starts N] [--seed N]
Most damages are judged in a child of judge_rot, which reads as the binary's commands do; some by the binary itself,
whose server is started on what is left. The targets are below: a new one is a line.
Exit code 1: a wrong answer that nobody would have noticed, an unclear end, a crash or a hang.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

from closed_book import Server, make_book

WALLET = "users:1:wallet"
OF_JOURNAL = ["tail --json --from-seq 1", f"statement {WALLET} --json", "start"]
OF_PROJECTION = ["balance --json", "account list --json", f"account show {WALLET} --json", "hold list --json",
                 "trial-balance --json", f"statement {WALLET} --json", "aged entry 60 --json", "else verify --json"]
# Which files, the share of the flips, and what is read of each.
TARGETS = (("journal/data.mdb", 0.5, OF_JOURNAL), ("journal/data.mdb", 0.1, [*OF_JOURNAL, "verify --json"]),
           ("projection/data.mdb", 0.25, OF_PROJECTION), ("state/manifest", 0.03, ["start"]),
           ("state/book-*", 0.06, ["start"]), ("state/keys-*", 0.06, ["start"]))
BIT_BY_BIT = (("journal/data.mdb", OF_JOURNAL), ("projection/data.mdb", OF_PROJECTION))  # of meta pages 2 x 120 bytes
SECONDS_MAX = 5


class Judge:
    def __init__(self, options, place):
        self._options, self._place, self._count = options, place, 0
        self.counts = collections.Counter()
        self.is_good = True

    def start(self, data, stale, target, flips, readings, seed):
        """A judge at work on one file, which nobody else may use meanwhile."""
        self._count += 1
        list_of_readings = self._place / f"readings{self._count}"
        list_of_readings.write_text("\n".join(readings) + "\n")
        words = [self._options.judge_rot, data, target, stale if stale.exists() else "-", str(seed), str(flips),
                 list_of_readings]
        return target, subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def finish(self, judging):
        target, process = judging
        said = process.communicate()[0].splitlines()
        if process.returncode not in (0, 1):
            raise RuntimeError(f"{target}: the judge ended with {process.returncode}: {said}")
        counts = json.loads(said[0])
        self.counts.update(counts)
        self.is_good &= process.returncode == 0
        print(f"{target:22}", ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in counts.items()), flush=True)
        for line in said[1:]:
            print("   ", line)


def files_of(data, pattern):
    return sorted(path.relative_to(data) for path in data.glob(pattern))


def judge_files(judge, data, stale, top, options):
    """Two judges at once, each on a copy of its own."""
    jobs = [(str(name), max(1, round(options.flips * share)), readings)
            for pattern, share, readings in TARGETS for name in files_of(data, pattern)]
    jobs += [(name, "0", readings) for name, readings in BIT_BY_BIT]
    if options.heads:
        jobs += [(name, "heads", readings) for name, readings in BIT_BY_BIT]
    under_way = []
    for number, (name, flips, readings) in enumerate(jobs):
        copy = top / f"copy{number}"
        subprocess.run(["cp", "-r", "--sparse=always", data, copy], check=True)
        under_way.append((judge.start(copy, stale / name, name, flips, readings, options.seed), copy))
        if len(under_way) == 2 or number == len(jobs) - 1:
            for judging, done in under_way:
                judge.finish(judging)
                shutil.rmtree(done)
            under_way = []


def run(words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=SECONDS_MAX * 4, check=False)
    return done.returncode, done.stdout, done.stderr


def damage(chance, data):
    """One damage to one file of the closed book; in words."""
    path = chance.choice([data / "journal/data.mdb", data / "projection/data.mdb", *sorted((data / "state").iterdir())])
    used = os.stat(path).st_blocks * 512 if path.suffix == ".mdb" else os.stat(path).st_size
    with open(path, "r+b") as file:
        if chance.random() < 0.1:
            length = chance.randrange(used)
            file.truncate(length)
            return f"{path.name} cut to {length}"
        at = chance.randrange(used)
        file.seek(at)
        before = file.read(1)
        file.seek(at)
        file.write(bytes([before[0] ^ 1 << chance.randrange(8)]))
        return f"a bit of byte {at} of {path.parent.name}/{path.name}"


def judge_start(binary, data, place, good, chance):
    """Why a server that starts on damaged files may not; None when it serves what is right, or says no."""
    subprocess.run(["cp", "-r", "--sparse=always", data, place / "data"], check=True)
    what = damage(chance, place / "data")
    server = Server(binary, place)
    try:
        words = [binary, "balance", "--json", "--query", f"ipc://{place}/queries", "--min-seq", good["head"]]
        until = time.monotonic() + SECONDS_MAX
        while True:
            code, said, errors = run(words)
            if code != 69 or server.process.poll() is not None or time.monotonic() > until:
                break
        ended = server.process.poll()
        if ended is not None:
            said = server.process.communicate()[1]
            return None if ended == 76 and said else f"{what}: the server ended with {ended}: {said}"
        if code == 0 and said == good["balances"]:
            return None
        return None if code in (74, 76) and errors else f"{what}: exit code {code}, {errors}{said[:300]}"
    finally:
        server.process.terminate()
        server.process.wait(60)


def judge_starts(options, data, top):
    """The server on damaged files."""
    chance, wrong = random.Random(options.seed), 0
    code, balances, _ = run([options.daybook, "balance", "--json", "--data", data])
    head = json.loads(balances.splitlines()[0])["as_of_seq"]
    assert code == 0
    for number in range(options.starts):
        place = top / f"start{number}"
        place.mkdir()
        why = judge_start(options.daybook, data, place, {"balances": balances, "head": head}, chance)
        if why:
            wrong += 1
            print(f"start {number}: {why}")
        shutil.rmtree(place)
    print(f"{options.starts} servers started on damaged files, {wrong} of them served what was not right", flush=True)
    return wrong


def arguments(words=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("daybook", type=os.path.abspath)
    parser.add_argument("judge_rot", type=os.path.abspath)
    parser.add_argument("--flips", type=int, default=5000, help="beside those of every bit of the meta pages")
    parser.add_argument("--heads", action="store_true", help="flip each bit of the first 32 bytes of every other page too")
    parser.add_argument("--starts", type=int, default=20, help="of a server on damaged files")
    parser.add_argument("--seed", type=lambda text: int(time.time()) if text == "rotates" else int(text), default=1)
    return parser.parse_args(words)


def run_all(options):
    """What was counted, and whether all was right. In memory where there is room: no damage needs a disk."""
    where = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="daybook-rot-", dir=where) as name:
        top = pathlib.Path(name)
        data = make_book(options.daybook, top / "book", options.seed)
        judge = Judge(options, top)
        judge_files(judge, data, top / "book/stale", top, options)
        wrong = judge_starts(options, data, top)
    judge.counts["starts"] += options.starts
    judge.counts["wrong_starts"] += wrong
    print(f"seed {options.seed}, {time.monotonic() - began:.0f} s:",
          ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in judge.counts.items()))
    return judge.counts, judge.is_good and wrong == 0, time.monotonic() - began


if __name__ == "__main__":
    sys.exit(0 if run_all(arguments())[1] else 1)
