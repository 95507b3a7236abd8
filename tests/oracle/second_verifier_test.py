"""Runs the second verifier over journals of every kind of command, beside `daybook verify`, `balance` and `tail`."""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
SEEDS = (50, 100, 150)  # of those that random_streams makes a projection for


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("daybook")
    parser.add_argument("random_streams", help="the program that makes the journals")
    parser.add_argument("--commands", type=int, default=600)
    options = parser.parse_args()
    for seed in SEEDS:
        with tempfile.TemporaryDirectory(prefix="daybook-second-") as name:
            directory = pathlib.Path(name)
            subprocess.run([options.random_streams, str(seed), "1", str(options.commands), directory, "keep"], check=True)
            for file, arguments in (("verify", ["verify"]), ("balances", ["balance"]), ("jsonl", ["tail", "--from-seq", "1"])):
                with open(directory / file, "wb") as output:
                    subprocess.run([options.daybook, *arguments, "--json", "--data", directory / "data"], stdout=output,
                                   check=True)
            stated = [word for name in ("verify", "balances", "jsonl") for word in (f"--{name}", directory / name)]
            done = subprocess.run([sys.executable, "-B", HERE / "second_verifier.py", directory / "data/journal", "--json", *stated],
                                  capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            found = json.loads(done.stdout)
            assert json.loads((directory / "verify").read_text())["projection"] == "equal"
            print(f"stream {seed}: {found['records']} records in {found['blocks']} blocks, the same from both")


if __name__ == "__main__":
    sys.exit(main())
