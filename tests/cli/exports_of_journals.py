"""The first records of the Czech bank, and of a crossfire, as other engines recompute them."""
import sys
from pathlib import Path

from command_line import Place, Server, ok
from exports import check_beancount, check_hledger, export

RECORDS = 20_000


def compare(at):
    for form in ("hledger", "beancount", "csv", "jsonl"):
        export(at, form, form, "--to-seq", RECORDS)
        ok("verify-export", at.path / form)
    check_hledger(at, "--at-seq", RECORDS)
    check_beancount(at, "--at-seq", RECORDS)


def main():
    with Place() as at:
        with Server(at) as server:
            ok("bench", "crossfire", "--users", 200, "--commands", 30_000, "--connect", server.listen, "--data", at.data)
        compare(at)
    file = Path(sys.argv[2])
    if not file.exists():
        print(f"SKIPPED: {file} is not here")
        return
    with Place() as at:
        head = at.path / "trans.csv"
        with open(file, encoding="ascii") as lines:
            head.write_text("".join(line for _, line in zip(range(RECORDS), lines)))
        with Server(at) as server:
            ok("import", "czech-bank", head, "--connect", server.listen)
        compare(at)


main()
