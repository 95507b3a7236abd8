"""Replays the corpus and every regression of a fuzz target, then fuzzes for some seconds: half of them always the same
way, half by a seed that is another every time. What breaks it is kept, and where is told.

    short_run.py PROGRAM TARGET [--seconds N] [--seed N]
"""
import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
INPUT_BYTES_MAX = 4096

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("program")
arguments.add_argument("target")
arguments.add_argument("--seconds", type=int, default=2)
arguments.add_argument("--seed", type=int, default=int(time.time()))
OPTIONS = arguments.parse_args()


def inputs(kind):
    folder = HERE / kind / OPTIONS.target
    return sorted(path for path in folder.glob("*") if path.is_file()) if folder.is_dir() else []


def run(words, where):
    done = subprocess.run([OPTIONS.program, *words], cwd=where, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode != 0:
        print(done.stderr[-6000:])
        for path in Path(where).glob("*-*"):
            print(f"kept: {path}; mend it, and copy the input to tests/fuzz/regressions/{OPTIONS.target}/")
        sys.exit(f"{OPTIONS.target}: broken by {' '.join(words)}")
    return done.stderr


def main():
    where = tempfile.mkdtemp(prefix=f"daybook-fuzz-{OPTIONS.target}-")
    known = inputs("regressions") + inputs("corpus")
    if not inputs("corpus"):
        sys.exit(f"{OPTIONS.target}: tests/fuzz/corpus/{OPTIONS.target} is empty")
    run([str(path) for path in known], where)
    print(f"{OPTIONS.target}: {len(known)} known inputs")
    words = [f"-max_len={INPUT_BYTES_MAX}", "-timeout=20", "-print_final_stats=1"]
    dictionary = HERE / "dictionaries" / f"{OPTIONS.target}.dict"
    if dictionary.exists():
        words.append(f"-dict={dictionary}")
    folders = [str(folder) for folder in (HERE / "corpus" / OPTIONS.target, HERE / "regressions" / OPTIONS.target) if folder.is_dir()]
    for seed in (20260301, OPTIONS.seed):
        found = Path(where) / f"found_{seed}"
        found.mkdir(exist_ok=True)
        told = run([*words, f"-seed={seed & 0xffffffff}", f"-max_total_time={max(1, OPTIONS.seconds // 2)}", str(found), *folders], where)
        count = re.search(r"number_of_executed_units: (\d+)", told)
        print(f"{OPTIONS.target}: seed {seed}, {int(count[1]) if count else 0} inputs")
    for path in Path(where).glob("found_*/*"):
        path.unlink()
    for path in Path(where).glob("found_*"):
        path.rmdir()
    Path(where).rmdir()


main()
