"""Two that make one book at the same time: one makes it whole, the other is told to wait [I20].

The first stands still just before the book gets its name, and the second begins. It must not take away what the first is
about to name, nor may the first say that it restored what is not there any more.

usage: two_makers_test.py DAYBOOK MODULES
"""
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import sweep
from witness import Failed, Memory, Server, run_json, verified_head

TRY_AGAIN = 75


def wait_until_stopped(process):
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        if Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T":
            return
        time.sleep(0.002)
    raise Failed(f"it does not come to the rename: {process.poll()}")


def race(binary, modules, place, words, made):
    preload = {"LD_PRELOAD": f"{modules}/fault_injector.so", "DAYBOOK_FAULT_ROOT": str(place),
               "DAYBOOK_FAULT": f"rename {made.name} 1 stop once"}
    first = subprocess.Popen([binary, *words], env=os.environ | preload, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        wait_until_stopped(first)
        second = subprocess.run([binary, *words], capture_output=True, text=True, timeout=60, check=False)
        first.send_signal(signal.SIGCONT)
        _, said = first.communicate(timeout=60)
    finally:
        first.kill()
    if first.returncode != 0:
        raise Failed(f"{words[0]}: the first ended with {first.returncode}: {said}")
    if second.returncode != TRY_AGAIN or "another process is making" not in second.stderr:
        raise Failed(f"{words[0]}: the second ended with {second.returncode}: {second.stderr}")
    left = sorted(path.name for path in made.iterdir())
    if left != ["journal"] or made.with_name(f"{made.name}.partial").exists():
        raise Failed(f"{words[0]} leaves {left}")


def main():
    binary, modules = map(os.path.abspath, sys.argv[1:3])
    with tempfile.TemporaryDirectory(prefix="daybook-") as directory:
        place = Path(directory)
        server = Server(binary, place)
        try:
            sweep.work(server.connect(), Memory(), "first")
            server.stop()
        finally:
            server.kill()
        head = int(run_json(binary, "backup", "--data", place / "data", "--to", place / "backup")[-1]["head_seq"])
        for words in (["restore", "--from", place / "backup", "--data", place / "restored"],
                      ["fork", "--from", place / "backup", "--at", str(head), "--to", place / "forked"]):
            race(binary, modules, place, words, words[-1])
            if verified_head(binary, words[-1]) != head:
                raise Failed(f"{words[0]} has lost records")
    print("two makers of one book, twice")
    return 0


try:
    sys.exit(main())
except Failed as problem:
    sys.exit(str(problem))
