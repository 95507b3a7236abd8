"""What long runs have shown so far. Runs resume and add up: each adds one line to deploy/soak/totals/NAME.jsonl, with
what it counted and where it ran; deploy/soak/report prints the sums.

    totals.add("bank", {"histories": 20, "operations": 2_000_000, "anomalies": 0}, seeds="101-120", seconds=312)

Counts are added up over runs; keys that begin with "most_" keep the largest. A run that found something is added too.
"""
import json
import os
import platform
import signal
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parent / "totals"


def stop_as_by_hand():
    """From now on SIGTERM ends a run as Ctrl-C does, so that what is done counts."""
    def interrupt(_number, _frame):
        raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, interrupt)


def commit():
    """The commit that was checked out, with a plus when the sources differ from it."""
    def git(*words):
        return subprocess.run(["git", "-C", ROOT, *words], capture_output=True, text=True, check=False).stdout.strip()
    changed = git("status", "--porcelain", "--", ".", ":!deploy/soak/totals")
    return (git("rev-parse", "--short=12", "HEAD") or "unknown") + ("+" if changed else "")


def file_system(place="."):
    done = subprocess.run(["stat", "-f", "-c", "%T", place], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def add(name, counts, *, seeds="", seconds=0, place="."):
    """Adds one run. Counts are whole numbers; seeds and place are for who wants to repeat it."""
    if not all(isinstance(value, int) for value in counts.values()):
        raise TypeError(f"counts are whole numbers: {counts}")
    run = {"day": time.strftime("%Y-%m-%d", time.gmtime()), "commit": commit(), "kernel": platform.release(),
           "file_system": file_system(place), "processors": os.cpu_count(), "seconds": round(seconds),
           "seeds": str(seeds), "counts": counts}
    FOLDER.mkdir(exist_ok=True)
    with open(FOLDER / f"{name}.jsonl", "a") as file:
        file.write(json.dumps(run) + "\n")


def runs(name):
    path = FOLDER / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def totals(name):
    """The counts of all runs together."""
    sums = {}
    for run in runs(name):
        for key, value in run["counts"].items():
            sums[key] = max(sums.get(key, 0), value) if key.startswith("most_") else sums.get(key, 0) + value
    return sums


def names():
    return sorted(path.stem for path in FOLDER.glob("*.jsonl"))
