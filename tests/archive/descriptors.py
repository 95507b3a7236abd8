"""An archive has more segments than a process opens files by default: it takes as many as it may, and where that is too few it
says so, and not that a segment is lost."""
import resource
import subprocess
import sys
from argparse import ArgumentParser

import views

from command_line import BINARY, ENVIRONMENT, Place, Server, ok

FEW = 16


def limited(soft, hard, *arguments):
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, env=ENVIRONMENT, check=False, timeout=60,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)))


def main():
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("daybook")
    parser.parse_args()
    with Place() as at:
        with Server(at) as server:
            ok("bench", "transfers", "--transfers", 40_000, "--batch", 500, "--runs", 1, "--no-floor", "--connect",
               server.listen, "--data", at.data)
        before = views.verified(at.data)
        ok("archive", "--keep", 100, "--segment-mib", 1, "--data", at.data)
        segments = len(list((at.data / "archive").iterdir()))
        assert segments + 5 > FEW, segments
        assert views.verified(at.data) == before
        done = limited(FEW, 4096, "verify", "--data", at.data, "--json")
        assert done.returncode == 0, done
        told = limited(FEW, FEW, "verify", "--data", at.data)
        assert told.returncode == 74 and len(told.stderr.splitlines()) == 1, told
        assert "Too many open files" in told.stderr and "ulimit -n" in told.stderr, told
        assert "put it back" not in told.stderr, told
        # What is really gone is told as before.
        next((at.data / "archive").iterdir()).unlink()
        lost = limited(FEW, 4096, "verify", "--data", at.data)
        assert lost.returncode == 76 and "from a backup" in lost.stderr, lost
    print(f"{segments} segments, {FEW} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
