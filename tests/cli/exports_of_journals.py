"""The records of a crossfire, and all of the Czech bank's, as other engines recompute them. By hand with more of them:
exports_of_journals.py build/release/cli/daybook trans.csv --records 1000000"""
import argparse
import sys
import time
from pathlib import Path

from command_line import Place, Server, ok, ok_json
from export_calls import export
from exports import SKIPPED, check_beancount, check_hledger, missing


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("daybook")
    parser.add_argument("czech_bank", type=Path, help="its trans.csv")
    parser.add_argument("--records", type=int, default=20_000, help="of the crossfire (default: 20000)")
    return parser.parse_args()


def compare(at, what, end):
    for form in ("hledger", "beancount", "csv", "jsonl"):
        export(at, form, form, "--to-seq", end)
        ok("verify-export", at.path / form)
    for engine, check in (("hledger", check_hledger), ("beancount", check_beancount)):
        begun = time.monotonic()
        check(at, "--at-seq", end)
        if not missing:
            print(f"{what}, {end} records: {engine} agrees, {time.monotonic() - begun:.1f} s", flush=True)


def main():
    chosen = arguments()
    with Place() as at:
        with Server(at) as server:
            ok("bench", "crossfire", "--users", 200, "--commands", chosen.records * 3 // 2, "--connect", server.listen,
               "--data", at.data)
        compare(at, "a crossfire", chosen.records)
    if not chosen.czech_bank.exists():
        print(f"SKIPPED: {chosen.czech_bank} is not here")
        sys.exit(SKIPPED)
    with Place() as at:
        with Server(at) as server:
            ok("import", "czech-bank", chosen.czech_bank, "--connect", server.listen)
        compare(at, "the Czech bank", int(ok_json("verify", "--data", at.data)["head_seq"]))
    if missing:
        print("SKIPPED: no " + ", ".join(sorted(missing)))
        sys.exit(SKIPPED)


main()
