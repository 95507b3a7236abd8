"""A server that finds no memory while it starts ends; it never waits for what can't come.

Each of the last allocations before it would listen fails once, in a run of its own: that is where libraries start their
threads, and one that is half through its start used to wait for a thread that nobody had told to stop. The address
cannot be listened on, so that every run ends by itself.

usage: no_memory_test.py DAYBOOK MODULES
"""
import os
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import calls

ALLOCATIONS = 100  # the last ones: where threads are started, and some before
PATIENCE = 15
WORKERS = 4


class Book:
    """One worker's, so that no run meets the lock of another."""

    def __init__(self, binary, modules, place):
        self.binary, self.place = binary, place
        self.module = Path(modules) / "fault_memory.so"
        place.mkdir()
        self.serve("0 once")
        code, said = self.serve("0 once")  # the first one made the book
        if code != calls.CONFIGURATION:
            raise RuntimeError(f"without any fault it ended with {code}: {said}")
        self.allocations = int((place / "allocations").read_text())

    def serve(self, which):
        """Its exit code, nothing when it did not end; what it said."""
        place = self.place
        words = [self.binary, "serve", "--data", place / "data", "--listen", f"ipc://{place}/missing/socket", "--feed", "",
                 "--query", "", "--disk-reserve", "0"]
        environment = os.environ | {"LD_PRELOAD": str(self.module), "DAYBOOK_FAULT_ALLOCATION": which,
                                    "DAYBOOK_FAULT_ALLOCATIONS": str(place / "allocations")}
        try:
            done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired as late:
            return None, (late.stderr or b"").decode()
        return done.returncode, done.stderr

    def try_each(self, share):
        """How each ended that should not have ended so; how many ended by the line."""
        wrong, told = [], 0
        for back in range(1 + share, ALLOCATIONS + 1, WORKERS):
            code, said = self.serve(f"{self.allocations - back} once")
            told += code == calls.TRY_AGAIN and "no memory is left" in said
            # glibc's name services follow a null pointer then, when libzmq asks for a protocol as it starts.
            if code is None or code not in calls.ENDS_WITHOUT_MEMORY | {-signal.SIGSEGV}:
                wrong.append(f"the allocation {back} before the last: {'it never ended' if code is None else code}: {said}")
        return wrong, told


def main():
    binary, modules = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="daybook-") as directory:
        books = [Book(binary, modules, Path(directory) / str(share)) for share in range(WORKERS)]
        with ThreadPoolExecutor(WORKERS) as pool:
            ends = list(pool.map(lambda share: books[share].try_each(share), range(WORKERS)))
    wrong = [line for lines, _ in ends for line in lines]
    told = sum(count for _, count in ends)
    print("\n".join(wrong))
    print(f"{ALLOCATIONS} allocations failed, {told} ended it by its own line, {len(wrong)} wrong")
    sys.exit(1 if wrong or told == 0 else 0)


main()
