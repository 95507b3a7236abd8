"""Small benches beside the floor of the same run, with generous margins: nothing has become many times slower."""
import json
import subprocess
import sys
import tempfile

BINARY = sys.argv[1]
# What no machine can keep: the test that this test can fail.
MARGINS_TIMES = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0

# What is measured, the figure, and at least how much of the floor it must be.
CHECKS = [
    (["transfers", "--transfers", 150_000, "--accounts", 1000], "share_of_bare_append", 0.10),
    (["transfers", "--transfers", 2000, "--accounts", 1000, "--clients", 16], "share_of_bare_echo", 0.04),
    (["contention", "--transfers", 100_000, "--accounts", 1000], "few_by_many", 0.5),
]


def best(scratch, arguments, figure):
    """Of three runs: what else the machine does makes one slower, hardly ever faster."""
    done = subprocess.run([BINARY, "bench", *map(str, arguments), "--runs", "3", "--dir", scratch, "--json"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)["figures"][figure]["max"]


def main():
    with tempfile.TemporaryDirectory() as scratch:
        for arguments, figure, margin in CHECKS:
            reached = best(scratch, arguments, figure)
            print(f"bench {arguments[0]}: {figure} is {reached:.3f}, must be {margin * MARGINS_TIMES:.3f}")
            if reached < margin * MARGINS_TIMES:
                sys.exit(f"bench {' '.join(map(str, arguments))}: {figure} is too low; run it alone and compare it "
                         "with the commit before")


main()
