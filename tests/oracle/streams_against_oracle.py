"""Runs random streams through the state machine, in portions, and compares each portion with the model.
Sums the counts; exits with 1 at the first portion that differs, or if something was hit too rarely."""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

from counts import Counts

HERE = pathlib.Path(__file__).parent


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("random_streams", help="the program that makes the streams")
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--commands", type=int, default=60, help="in each stream, after its opening")
    parser.add_argument("--first", type=int, default=1, metavar="SEED", help="of the first stream")
    parser.add_argument("--portion", type=int, default=1000, help="streams compared at once")
    parser.add_argument("--require-each", type=int, default=0, metavar="N",
                        help="fail if a kind was accepted, or a rejection given, fewer than N times")
    return parser.parse_args()


def temporary_directory():
    # In memory if there is such a place: what is tested here is not the disk.
    memory = pathlib.Path("/dev/shm")
    return tempfile.TemporaryDirectory(prefix="daybook-oracle-", dir=memory if memory.is_dir() else None)


def compare(options, first, count, directory):
    subprocess.run([options.random_streams, str(first), str(count), str(options.commands), directory],
                   check=True)
    oracle = subprocess.run(
        [sys.executable, "-B", HERE / "oracle.py", f"{directory}/submissions.jsonl",
         f"{directory}/records.jsonl", "--json"], stdout=subprocess.PIPE, text=True, check=False)
    if oracle.returncode == 2:
        sys.exit("the streams cannot be read")
    return json.loads(oracle.stdout)


def add(counts, portion):
    for name in counts.totals:
        counts.totals[name] += portion[name]
    for group in ("accepted", "members", "rejected"):
        for name, count in portion[group].items():
            getattr(counts, group)[name] += count


def main():
    options = arguments()
    counts = Counts()
    started = time.monotonic()
    end = options.first + options.streams
    for first in range(options.first, end, options.portion):
        with temporary_directory() as directory:
            add(counts, compare(options, first, min(options.portion, end - first), directory))
        if sys.stderr.isatty():
            done = first - options.first + options.portion
            print(f"\r{done} of {options.streams} streams, {time.monotonic() - started:.0f} s", end="",
                  file=sys.stderr)
        if counts.totals["differences"]:
            break
    print(counts.as_table())
    rare = counts.hit_less_than(options.require_each)
    for name in rare:
        print(f"hit fewer than {options.require_each} times: {name}", file=sys.stderr)
    return 1 if rare or counts.totals["differences"] else 0


if __name__ == "__main__":
    sys.exit(main())
