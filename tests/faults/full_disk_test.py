"""A small disk becomes full, and has room again: commands are refused rather than lost, reads go on. The same for
the projection's disk, the snapshot's, and for LMDB's map. Skipped, saying so, where nothing can be mounted.

usage: full_disk_test.py DAYBOOK MODULES [--cycles N] [--seed N] [--kind tmpfs|ext4]
"""
import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import full_disk
import small_disk
from witness import Failed

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("binary")
parser.add_argument("modules", help="the folder of the modules that are preloaded")
parser.add_argument("--cycles", type=int, default=3, help="of a disk that becomes full and has room again")
parser.add_argument("--seed", type=int, default=int(time.time() / 86400))
parser.add_argument("--kind", choices=("tmpfs", "ext4"), default="tmpfs", help="of the small disk (default: tmpfs)")
options = parser.parse_args()
why_not = small_disk.enter()
chance, waited_ms = random.Random(options.seed), 0
binary, modules = os.path.abspath(options.binary), os.path.abspath(options.modules)
try:
    with tempfile.TemporaryDirectory(prefix="daybook-") as top:
        full_disk.run_maps(binary, modules, Path(top), chance)
    if why_not:
        print(f"SKIPPED: {options.cycles} cycles, projection and snapshot: nothing can be mounted here ({why_not}); run as root, "
              "or allow user namespaces")
        sys.exit(small_disk.SKIPPED)
    for _ in range(options.cycles):
        with tempfile.TemporaryDirectory(prefix="daybook-") as top:
            waited_ms = max(waited_ms, full_disk.run_cycle(binary, Path(top), chance, options.kind))
    with tempfile.TemporaryDirectory(prefix="daybook-") as top:
        full_disk.run_parts(binary, Path(top), chance)
except Failed as problem:
    sys.exit(f"seed {options.seed}: {problem}")
print(f"seed {options.seed}: {options.cycles} cycles on {options.kind}, at most {waited_ms} ms from room to the next answer; "
      "projection, snapshot and map")
