"""Imports a file of the Czech bank twice and recomputes the book from the journal's JSONL alone."""
import csv
import json
import sys
from collections import defaultdict
from pathlib import Path

from command_line import Place, Server, ok, ok_json, run

FILE = Path(sys.argv[2])
if not FILE.exists():
    print(f"SKIPPED: {FILE} is not here")
    sys.exit(77)


def sums_of_rows():
    sums = defaultdict(int)
    with open(FILE, newline="", encoding="ascii") as file:
        for row in csv.DictReader(file, delimiter=";"):
            whole, _, part = row["amount"].partition(".")
            amount = int(whole + part.ljust(2, "0"))
            sums[f"customers:{row['account_id']}"] += amount if row["type"] == "PRIJEM" else -amount
    return sums


def add_posting(state, record, posting, touch, codes):
    """One posting and the touch it made: the after-image is the one before plus the amount."""
    number = codes[posting["account"]]
    assert touch["account_number"] == number, record
    before = state[number]
    before[posting["side"]] += int(posting["amount"])
    assert (int(touch["posted_debits"]), int(touch["posted_credits"])) == (before["debit"], before["credit"]), record
    assert int(touch["version"]) == before["version"] + 1, record
    before["version"] += 1
    assert touch.get("prev") == before["last"], record
    place = record["touches"].index(touch)
    before["last"] = {"seq": record["seq"], "touch": place}


def recompute(lines):
    """Balances by code, from the records; every link of the chain and every after-image on the way."""
    codes, keys, block = {}, set(), None
    state = defaultdict(lambda: {"debit": 0, "credit": 0, "version": 0, "last": None})
    for seq, line in enumerate(lines, 1):
        record = json.loads(line)
        assert record["seq"] == str(seq), record
        assert record["key"] not in keys, record
        keys.add(record["key"])
        if block and record["block"]["number"] != block["number"]:
            assert record["block"]["previous"] == block["hash"], record
            assert int(record["block"]["stamp_ns"]) >= int(block["stamp_ns"]), record
        block = record["block"]
        assert record["outcome"] == "accepted", record
        if record["kind"] == "open_account":
            codes[record["command"]["code"]] = record["subject"]
            assert record["subject"] == str(len(codes)), record
        for posting, touch in zip(record["command"].get("postings", []), record["touches"], strict=True):
            add_posting(state, record, posting, touch, codes)
    assert sum(account["debit"] - account["credit"] for account in state.values()) == 0
    return {code: state[number]["credit"] - state[number]["debit"] for code, number in codes.items()}, block


def import_file(server):
    return ok_json("import", "czech-bank", FILE, "--connect", server.listen)


def check(place, server, expected):
    rows = str(sum(1 for _ in open(FILE, encoding="ascii")) - 1)
    first = import_file(server)
    assert (first["rows"], first["accepted"], first["replayed"], first["rejected"]) == (rows, rows, "0", "0"), first
    assert first["customers"] == {"equal": str(len(expected)), "mixed": "0", "different": "0"}, first
    verified = ok_json("verify", "--data", place.data)
    assert verified["is_clean"] and verified["head_seq"] == first["head_seq"], verified

    second = import_file(server)
    assert (second["accepted"], second["replayed"], second["head_seq"]) == ("0", rows, first["head_seq"]), second
    assert second["customers"] == first["customers"], second
    again = ok_json("verify", "--data", place.data)
    assert again["chain_head"] == verified["chain_head"], "a second import changed the journal"

    balances, block = recompute(ok("tail", "--json", "--data", place.data).splitlines())
    assert block["hash"] == verified["chain_head"]
    lines = ok("balance", "--json", "--data", place.data, "--min-seq", first["head_seq"]).splitlines()
    projected = {account["account"]: int(account["posted"]) for account in map(json.loads, lines)}
    for code, balance in expected.items():
        assert balances[code] == balance, code
        assert projected[code] == balance, code


with Place() as at:
    plan = ok_json("import", "czech-bank", FILE, "--dry-run")
    with Server(at) as serving:
        check(at, serving, sums_of_rows())
    final = ok_json("verify", "--data", at.data)
    assert final["projection"] == "equal" and final["watermark"] == final["head_seq"], final
    text = run("tail", "--data", at.data, "--last", "3").stdout
    assert len(text.splitlines()) == 3 and "CZK" in text, text
    print(json.dumps(final))
