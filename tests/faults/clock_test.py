"""The wall clock jumps under a running server, and between two: forth, back, to 1970, past 2038.

usage: clock_test.py DAYBOOK MODULES [--books N] [--jumps N] [--seed N]
"""
import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import clock_jumps
import zmtp
from witness import Failed

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("binary")
parser.add_argument("modules", help="the folder of the modules that are preloaded")
parser.add_argument("--books", type=int, default=2)
parser.add_argument("--jumps", type=int, default=10, help="of each book's clock")
parser.add_argument("--seed", type=int, default=int(time.time() / 86400))
options = parser.parse_args()
module = Path(os.path.abspath(options.modules)) / "fault_clock.so"
slowest = starts = expired = 0
with tempfile.TemporaryDirectory(prefix="daybook-") as directory:
    for seed in range(options.seed, options.seed + options.books):
        try:
            # Far more than an answer takes, for machines that do other things too.
            place = Path(directory) / str(seed)
            took, started, due = clock_jumps.run_book(os.path.abspath(options.binary), module, place, seed, options.jumps,
                                                      stall_ms=5000)
        except (Failed, zmtp.Gone) as problem:
            sys.exit(f"seed {seed}: {problem}")
        slowest, starts, expired = max(slowest, took), starts + started, expired + due
print(f"seeds {options.seed} to {options.seed + options.books - 1}: {options.books * options.jumps} jumps, {starts} of them "
      f"between two servers; {expired} holds expired; slowest answer {slowest} ms")
