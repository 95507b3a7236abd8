"""A generated month with planted breaks: every line in exactly one bucket, all planted found, none invented."""
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))

from command_line import Place, Server, ok, run  # noqa: E402

from planted import ACCOUNT, Month  # noqa: E402

LINES, PLANTED, SEED = map(int, sys.argv[2:5])


def sorted_out(report):
    """The bucket of each line of the month; that there is one only."""
    found = {}
    for bucket in report["buckets"]:
        sums = Counter()
        for match in bucket["matches"]:
            for party, place in (("ledger", "seq"), ("statement", "line")):
                for line in match[party]:
                    if line.get("is_outside_period"):
                        continue
                    key = party, int(line[place])
                    assert key not in found, f"{key} is in two buckets"
                    found[key] = bucket["bucket"]
                    sums[party, "lines"] += 1
                    sums[party, "sum"] += int(line["amount"])
        for party in ("ledger", "statement"):
            assert bucket[party] == {name: str(sums[party, name]) for name in ("lines", "sum")}, bucket["bucket"]
    return found


def check_totals(report, month):
    lines = {"ledger": [line[1] for line in month.ledger if line[5]], "statement": [line[1] for line in month.statement]}
    for party, amounts in lines.items():
        totals = report["totals"][party]
        assert int(totals["increases"]["sum"]) == sum(one for one in amounts if one > 0), party
        assert int(totals["decreases"]["sum"]) == sum(one for one in amounts if one < 0), party
        assert int(totals["closing"]) == int(totals["opening"]) + sum(amounts), party
        assert sum(int(bucket[party]["lines"]) for bucket in report["buckets"]) == len(amounts), party
    assert sum(int(step["amount"]) for step in report["bridge"][:-1]) == int(report["bridge"][-1]["amount"])
    assert all(trial["total"] == "0" for trial in report["trial_balance"])
    assert report["opening_open"] == "0", report["opening_open"]


def check(month, report):
    found = sorted_out(report)
    assert found.keys() == {place for place, _, _ in month.places()}, "every line of the month is in a bucket"
    # Which of several equal lines is the one too many nobody can tell.
    expected, told = defaultdict(Counter), defaultdict(Counter)
    for place, looks, bucket in month.places():
        expected[looks][bucket] += 1
        told[looks][found[place]] += 1
    wrong = [(looks, dict(expected[looks]), dict(told[looks])) for looks in expected if expected[looks] != told[looks]]
    assert not wrong, f"{len(wrong)} lines, e.g. (line, planted, found): {wrong[:10]}"
    assert len(set(found.values())) == 10, "every bucket is planted"
    check_totals(report, month)


def read(place, name):
    return {path.name: path.read_bytes() for path in (place.path / name).iterdir()}


def reconcile(place, out, statement, *more):
    done = run("reconcile", "--account", ACCOUNT, "--period", "2025-03", "--statement", place.path / statement,
               "--rules", place.path / "rules.json", "--data", place.data, "--out", place.path / out, *more)
    assert done.returncode == 1, f"exit code {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


with Place() as at:
    planted = Month(SEED, LINES, PLANTED)
    planted.write(at.path)
    with Server(at) as server:
        ok("submit", at.path / "commands.jsonl", "--connect", server.listen)
        head = planted.FIRST_SEQ + len(planted.ledger) - 1
        text = reconcile(at, "first", "bank.csv", "--min-seq", head)
        first = read(at, "first")
        parsed = json.loads(first["report.json"])
        assert parsed["cut_seq"] == str(head), parsed["cut_seq"]
        check(planted, parsed)
        assert "not clean" in text and "more, in breaks.csv" in text, text

        # The ledger goes on; what it said at the cut stays.
        ok("post", "--debit", ACCOUNT, "--credit", "users:all", "--amount", 7, "--effective-at", "2025-03-10",
           "--connect", server.listen)
        reconcile(at, "again", "bank.csv", "--at-seq", head)
        assert read(at, "again") == first, "the same cut has other bytes"
        reconcile(at, "camt", "bank.xml", "--at-seq", head)
        check(planted, json.loads(read(at, "camt")["report.json"]))
    print({bucket["bucket"]: bucket["count"] for bucket in parsed["buckets"]})
