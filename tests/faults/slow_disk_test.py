"""The journal's syncs take 10 ms to 5 s longer.

usage: slow_disk_test.py DAYBOOK MODULES [--scale N]
"""
import argparse
import os
import sys
import tempfile
from pathlib import Path

import zmtp
from slow_disk import CLIENTS, SlowDisk
from witness import Failed

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("binary")
parser.add_argument("modules", help="the folder of the modules that are preloaded")
options = parser.parse_args()


def watch(place):
    disk = SlowDisk(os.path.abspath(options.binary), Path(os.path.abspath(options.modules)) / "fault_injector.so", place)
    try:
        # Blocks of more than a hundred records are committed by a thread of their own.
        for delay_ms, seconds, batch in ((10, 0.5, 1), (100, 1, 1), (100, 0.6, 10), (1000, 1.5, 1), (5000, 0.5, 1)):
            grouped, waited_ms = disk.load(delay_ms, seconds, batch)
            print(f"{delay_ms} ms: {grouped:.1f} commands a commit; all answered {waited_ms} ms after it is quick again")
            if seconds * 1000 > 2 * delay_ms and grouped < CLIENTS * batch / 4:
                raise Failed("blocks do not grow with the time a sync takes")
        refused, waited_ms = disk.flood(500, 48)
        print(f"48 MiB at once: {refused} messages refused with a hint; the others answered {waited_ms} ms after")
        if refused == 0:
            raise Failed("all of it found room: the queue has no bound")
        if disk.heart.slowest_ms > 1000:
            raise Failed(f"a heartbeat was answered after {disk.heart.slowest_ms:.0f} ms")
        commits = disk.finish()
        print(f"{len(disk.answers)} answers, each after its commit, {commits} commits; {disk.heart.asked} heartbeats, the "
              f"slowest answered in {disk.heart.slowest_ms:.0f} ms")
    finally:
        disk.server.kill()


with tempfile.TemporaryDirectory(prefix="daybook-") as directory:
    try:
        watch(Path(directory) / "place")
    except (Failed, zmtp.Gone) as problem:
        sys.exit(str(problem))
