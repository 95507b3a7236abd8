"""A bank's client processes against a server that is killed and stopped, and two judges of what they were told.

usage: bank.py DAYBOOK BANK_CLIENTS JUDGE_HISTORY [--histories N] [--operations N] [--seed N] [--plants]
Each history has a book of its own. One judge believes the seqs and replays them; the other searches windows of about
200 operations for any order that explains the replies and does not look at seqs [I1] [I2] [I3] [I5] [I6].
Exit code 1: something was answered that no ledger answers.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from bad_network import BadNetwork

LIES = {"swapped-replies": ("seqs", "windows"), "lost-write": ("seqs", "windows"), "stale-read": ("seqs", "windows"),
        "double-effect": ("seqs", "windows"), "false-funds": ("seqs", "windows"), "swapped-seqs": ("seqs",)}


class Role:
    """One process of the server, started again whenever it was killed."""

    def __init__(self, words, log):
        self._words, self._log = words, log
        self.start()

    def start(self):
        with open(self._log, "ab") as log:
            self.process = subprocess.Popen(self._words, stdout=subprocess.DEVNULL, stderr=log)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.start()

    def pause(self, seconds):
        os.kill(self.process.pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(self.process.pid, signal.SIGCONT)

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def last_words(self):
        return pathlib.Path(self._log).read_text(errors="replace")[-1000:]


def start_roles(binary, place, is_apart):
    """The roles, and where commands and queries go."""
    commands, queries = (f"ipc://{place}/{name}" for name in ("commands", "queries"))
    data = ["--data", place / "data"]
    sequencer = ["--listen", commands, "--feed", "", "--disk-reserve", "0"]
    if not is_apart:
        return [Role([binary, "serve", *data, *sequencer, "--query", queries], place / "log")], commands, queries
    first = Role([binary, "sequencer", *data, *sequencer], place / "log")
    while not (place / "data/journal/data.mdb").exists():
        time.sleep(0.01)
    return [first, Role([binary, "projector", *data, "--query", queries], place / "projector.log")], commands, queries


def disturb(roles, clients, chance, counts, longest):
    """Until the clients have ended, with so many seconds between two disturbances; on a slow machine not for ever."""
    for _ in range(40):
        try:
            return clients.wait(chance.uniform(*longest))
        except subprocess.TimeoutExpired:
            pass
        role = chance.choice(roles)
        if role.process.poll() is not None:
            # A projector gives up when there is no journal to follow yet; nothing else ends by itself.
            if role.process.returncode != 75:
                print(f"a server ended by itself with {role.process.returncode}: {role.last_words()}")
                clients.kill()
                return 1
            role.start()
        elif chance.random() < 0.6:
            role.kill()
            counts["kills"] += 1
        else:
            role.pause(chance.uniform(0.02, 0.4))
            counts["pauses"] += 1
    return clients.wait(300)


def run_history(options, place, seed, counts):
    """Whether the clients could do their work; their logs are in place/logs."""
    chance = random.Random(seed)
    logs = place / "logs"
    logs.mkdir(parents=True)
    roles, commands, queries = start_roles(options.daybook, place, seed % 2 == 0)
    networks = []
    if options.network:
        networks = [BadNetwork(place / f"bad_{name}", place / name, seed, options.delay).start()
                    for name in ("commands", "queries")]
        commands, queries = (f"ipc://{place}/bad_{name}" for name in ("commands", "queries"))
    words = [options.bank_clients, commands, queries, logs, chance.randint(8, 16), chance.choice((11, 20, 50, 100)),
             options.operations, seed]
    clients = subprocess.Popen([str(word) for word in words])
    code = disturb(roles, clients, chance, counts, (0.3, 2) if options.network else (0.05, 0.8))
    for network in networks:
        network.end()
        for kind, count in network.counts.items():
            counts[f"{kind}_connections"] += count
    ends = [role.end() for role in roles]
    if code or any(end not in (0, -signal.SIGTERM) for end in ends):  # the latter: it had only just been started
        print(f"seed {seed}: the clients ended with {code}, the server with {ends}: {roles[0].last_words()}")
        return False
    return True


def judge(options, logs, *more):
    return subprocess.Popen([options.judge_history, logs, *more], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finish(judging, seed, counts):
    """Waits for the judges and adds up; whether they found nothing."""
    said = judging.communicate(timeout=600)[0].splitlines()
    if judging.returncode not in (0, 1):
        print(f"seed {seed}: the judges ended with {judging.returncode}: {said}")
        return False
    for name, value in json.loads(said[0]).items():
        counts[name] = max(counts[name], value) if name.startswith("most_") else counts[name] + value
    if judging.returncode == 1:
        print(f"seed {seed}:", *said, sep="\n  ")
    return judging.returncode == 0


def find_plants(options, logs, seed):
    """Lies put into a good history: each judge finds them by itself."""
    all_found = True
    for lie, judges in LIES.items():
        for only in judges:
            found = judge(options, logs, "--plant", lie, str(seed), "--only", only)
            said = found.communicate(timeout=600)[0].splitlines()
            has_found = found.returncode == 1  # or has no explanation, as for a good history it always has
            all_found &= has_found
            print(f"{lie:16} {only:8} {'found' if has_found else 'NOT FOUND: ' + str(said)}")
    return all_found


def run(options, top):
    """The counts of all histories, and whether all were good."""
    counts, is_good, before = collections.Counter(), True, None
    for seed in range(options.seed, options.seed + options.histories):
        place = top / str(seed)
        worked = run_history(options, place, seed, counts)
        shutil.rmtree(place / "data")
        if before:
            is_good &= finish(*before, counts)
            shutil.rmtree(top / str(seed - 1))
        is_good &= worked
        counts["histories"] += 1
        before = (judge(options, place / "logs"), seed) if worked else None
        if not worked:
            break
    if before:
        is_good &= finish(*before, counts)
        if options.plants:
            is_good &= find_plants(options, top / str(before[1]) / "logs", before[1])
    return counts, is_good


def first_seed(text):
    return int(time.time()) if text == "rotates" else int(text)


def arguments(words=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for binary in ("daybook", "bank_clients", "judge_history"):
        parser.add_argument(binary, type=os.path.abspath)
    parser.add_argument("--histories", type=int, default=10)
    parser.add_argument("--operations", type=int, default=10_000, help="of each history (default: 10,000)")
    parser.add_argument("--seed", type=first_seed, default=1, help="of the first history; the next ones count on; or: rotates")
    parser.add_argument("--plants", action="store_true", help="at the end put lies into the last history: all must be found")
    parser.add_argument("--network", action="store_true", help="put a bad network between clients and server")
    parser.add_argument("--delay", type=float, default=0.2, help="at most so many seconds of it at once (default: 0.2)")
    parser.add_argument("--dir", default=None, help="where the data is kept meanwhile")
    return parser.parse_args(words)


def run_and_tell(options):
    """As run(); counts have the seconds too."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="daybook-bank-", dir=options.dir) as directory:
        counts, is_good = run(options, pathlib.Path(directory))
    seconds = time.monotonic() - began
    print(f"seeds {options.seed}-{options.seed + counts['histories'] - 1}, {seconds:.0f} s, "
          f"{counts['operations'] / seconds:,.0f} operations/s")
    print(", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in counts.items()), flush=True)
    return counts, is_good, seconds


def main():
    _, is_good, _ = run_and_tell(arguments())
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
