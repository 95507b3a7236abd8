"""`daybook archive` is killed at many moments: nothing is lost, every reader goes on, and the next call finishes.
Options: --cycles N, --seed N."""
import random
import shutil
import signal
import sys
import time
from argparse import ArgumentParser

import views

from command_line import Place, Server, ok, ok_json, run, start

WORDS = ("archive", "--keep", 100, "--segment-mib", 1, "--json")


def make_book(at):
    with Server(at) as server:
        ok("bench", "transfers", "--transfers", 40_000, "--batch", 500, "--runs", 1, "--no-floor", "--connect", server.listen,
           "--data", at.data)


def state_of(data):
    """What must stay as it is: the verified book, and the bytes of every record."""
    return views.verified(data), ok("tail", "--data", data, "--json", "--from-seq", 1)


def segments(data):
    folder = data / "archive"
    return sorted(folder.iterdir()) if folder.exists() else []


def wait(data, process, chooser, took):
    """For some part of the time it takes; or for a segment to get its name, whose blocks are still in the journal."""
    if chooser.random() < 0.5:
        time.sleep(chooser.uniform(0.02, 1.05) * took)
        return
    names = set(segments(data))
    while process.poll() is None and not any(path.suffix == ".segment" for path in set(segments(data)) - names):
        pass
    time.sleep(chooser.uniform(0, 0.02))


def main():
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("daybook")
    parser.add_argument("--cycles", type=int, default=15)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    chooser = random.Random(options.seed)
    counts = {"kills": 0, "in the middle": 0, "with both": 0, "finished": 0}
    with Place() as at:
        make_book(at)
        before = state_of(at.data)
        whole = at.path / "whole"
        shutil.copytree(at.data, whole)
        begun = time.monotonic()
        ok(*WORDS, "--data", at.data)
        took = time.monotonic() - begun
        assert state_of(at.data) == before
        files = {path.name: path.read_bytes() for path in segments(at.data)}
        for _ in range(options.cycles):
            shutil.rmtree(at.data)
            shutil.copytree(whole, at.data)
            for _ in range(chooser.choice((1, 1, 2, 3))):
                process = start(*map(str, WORDS), "--data", at.data, stdout=-3, stderr=-3)
                wait(at.data, process, chooser, took)
                process.send_signal(signal.SIGKILL)
                counts["finished"] += process.wait() == 0
                counts["kills"] += 1
                partial = [path for path in segments(at.data) if path.name.endswith(".partial")]
                counts["in the middle"] += bool(partial)
                # The verifier decides every record again, through segments and journal.
                found = views.verified(at.data)
                assert found == before[0], f"seed {options.seed}: {found} instead of {before[0]}"
            if chooser.random() < 0.5:
                assert state_of(at.data) == before, f"seed {options.seed}: another tail"
            done = ok_json(*WORDS[:-1], "--data", at.data)
            counts["with both"] += int(done["blocks"]) > 0 and done["segments"] == "0"
            found = {path.name: path.read_bytes() for path in segments(at.data)}
            assert found == files, f"seed {options.seed}: other segments"
            assert views.verified(at.data) == before[0], f"seed {options.seed}"
        code = run(*WORDS, "--data", at.data)
        assert code.returncode == 0 and '"blocks":"0"' in code.stdout, code
        # Ctrl-C is an answer, and what is done stays.
        shutil.rmtree(at.data)
        shutil.copytree(whole, at.data)
        process = start(*map(str, WORDS), "--data", at.data, stdout=-3, stderr=-1)
        time.sleep(took / 2)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
        assert process.returncode in (0, 130) and ("run it again" in told) == (process.returncode == 130), told
        assert views.verified(at.data) == before[0]
    print(f"seed {options.seed}: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
