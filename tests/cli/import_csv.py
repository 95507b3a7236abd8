"""A CSV of opening balances and entries: checked as a whole, tried, posted once, and what is wrong is named by line."""
import csv
import json
import signal
import subprocess
import time

from command_line import Place, Server, ok, ok_json, run, start

OPENING = """entry,account,side,amount,asset,type,reference,description,effective_at
opening-1,bank:cash,debit,1250.00,CZK,asset,o-1,"Opening, 2026",2026-01-01
opening-1,equity:opening,credit,1250.00,CZK,equity,,,
opening-2,equity:opening,debit,1000.50,CZK,equity,,,
opening-2,users:alice,credit,1000.50,CZK,liability,,,
rent-1,users:alice,debit,0.50,,,'=rent,,
rent-1,bank:cash,credit,0.50,,,,,
"""

WRONG = {
    "3": ("e1", "does not balance", "e1,users:alice,debit,1.00\ne1,bank:cash,credit,2.00\n"),
    "5": ("e2", "at most 2 digits", "e2,users:alice,debit,1.001\ne2,bank:cash,credit,1.001\n"),
    "7": ("e3", "there is no account 'nobody'", "e3,nobody,debit,1.00\ne3,bank:cash,credit,1.00\n"),
    "9": ("e4", "neither debit nor credit", "e4,users:alice,left,1.00\ne4,bank:cash,credit,1.00\n"),
    "11": ("e5", "the amount is zero", "e5,users:alice,debit,0\ne5,bank:cash,credit,0\n"),
    "13": ("e6", "2 to 255", "e6,users:alice,debit,1\n"),
    "14": ("e1", "has ended before", "e1,users:alice,debit,1.00\ne1,bank:cash,credit,1.00\n"),
    "16": ("", "3 fields instead of 4", "e7,users:alice,debit\n"),
}


def expect(code, words, *arguments):
    done = run(*arguments)
    assert done.returncode == code, (arguments, done)
    assert words in done.stdout + done.stderr, (words, done)


def read_report(path):
    with open(path, newline="", encoding="utf-8") as lines:
        return {row["line"]: row for row in csv.DictReader(lines)}


def refused_and_total(at, to, report):
    """A line that is wrong is what is told: without it no control total is the file's."""
    wrong = at.path / "total.csv"
    wrong.write_text("entry,account,side,amount\nt1,users:alice,debit,1\nt1,bank:cash,credit,1\n"
                     "t2,users:alice,debit,2\nt2,bank:cash,credit,3\n")
    for more in ((), ("--dry-run",)):
        done = run("import", "csv", wrong, *to, *more, "--expect", "CZK=3.00", "--refused", report)
        assert done.returncode == 65 and "line 4: entry 't2': it does not balance" in done.stderr, done
        assert "control total" not in done.stderr, done
        assert read_report(report).keys() == {"4"}, report.read_text()
    # A total that differs leaves a report of no lines, not the last import's.
    wrong.write_text("entry,account,side,amount\nt1,users:alice,debit,1\nt1,bank:cash,credit,1\n")
    expect(65, "the control total is not", "import", "csv", wrong, *to, "--expect", "CZK=3.00", "--refused", report)
    assert report.read_text().splitlines() == ["line,entry,why"], report.read_text()


def stopped_dry_run(at, to):
    """A dry run that was asked to stop has not tried the file, and says so."""
    many = at.path / "many.csv"
    many.write_text("entry,account,side,amount\n" + "".join(
        f"many-{i},users:alice,debit,0.01\nmany-{i},bank:cash,credit,0.01\n" for i in range(200_000)))
    process = start("import", "csv", many, *to, "--dry-run", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(2)
    assert process.poll() is None, process.communicate()
    process.send_signal(signal.SIGINT)
    told, errors = process.communicate(timeout=60)
    assert process.returncode == 75 and "stopped before all was tried" in errors, (process.returncode, told, errors)


def long_codes(at, to):
    """Accounts are opened under keys of their own: a code of any length has one, and no entry's name takes it."""
    codes = [f"long:{'x' * (length - 6)}{i}" for i, length in enumerate((124, 127, 128, 128))]
    file = at.path / "codes.csv"
    file.write_text("entry,account,side,amount,asset,type\n" + "".join(
        f"open:{code[:100]}{i},{code},debit,1,CZK,asset\nopen:{code[:100]}{i},equity:opening,credit,1,,\n"
        for i, code in enumerate(codes)) + "open:users:new,users:new,debit,1,CZK,asset\nopen:users:new,equity:opening,credit,1,,\n")
    done = ok_json("import", "csv", file, *to)
    assert (done["new_accounts"], done["accepted"]) == ("5", "5"), done
    records = [json.loads(line) for line in ok("tail", "--data", at.data, "--json").splitlines()]
    keys = {record["key"] for record in records if record["command"].get("code", "").startswith("long:")}
    assert len(keys) == len(codes) and not any(key.replace("-", "").strip("0") == "" for key in keys), keys


def main():
    with Place() as at, Server(at) as server:
        to = ("--connect", server.listen)
        ok("asset", "define", "CZK", "--scale", 2, *to)
        file = at.path / "opening.csv"
        file.write_text(OPENING)
        # A dry run tells what would be, and changes nothing.
        tried = ok_json("import", "csv", file, *to, "--dry-run", "--expect", "CZK=2251.00", "--expect-rows", 6)
        assert (tried["entries"], tried["new_accounts"], tried["refused"]) == ("3", "3", "0"), tried
        assert (tried["not_tried"], tried["rejected"]) == ("3", "0"), tried  # no account is there yet
        assert "not tried     3 (their accounts are opened first)" in ok("import", "csv", file, *to, "--dry-run")
        assert tried["totals"] == [{"asset": "CZK", "scale": 2, "debits": "225100", "credits": "225100"}], tried
        assert len(ok("tail", "--data", at.data, "--json").splitlines()) == 1
        # Another total or number of rows: nothing is sent.
        expect(65, "posts 2251.00 of CZK", "import", "csv", file, *to, "--expect", "CZK=2251.01")
        expect(65, "the control total is not", "import", "csv", file, *to, "--expect", "EUR=1")
        expect(65, "has 6 rows, not 7", "import", "csv", file, *to, "--expect-rows", 7)
        assert len(ok("tail", "--data", at.data, "--json").splitlines()) == 1
        # It is posted once.
        done = ok_json("import", "csv", file, *to, "--expect", "CZK=2251.00")
        assert (done["accepted"], done["replayed"]) == ("3", "0"), done
        again = ok_json("import", "csv", file, *to)
        assert (again["accepted"], again["replayed"], again["new_accounts"]) == ("0", "3", "0"), again
        balance = json.loads(ok("balance", "users:alice", "--data", at.data, "--min-seq", done["last_seq"], "--json"))
        assert balance["posted"] == "100000", balance
        entries = [json.loads(line)["command"] for line in ok("tail", "--data", at.data, "--json").splitlines()]
        posted = [entry for entry in entries if "postings" in entry]
        assert [entry.get("reference") for entry in posted] == ["o-1", None, "=rent"], posted
        assert posted[0]["description"] == "Opening, 2026" and posted[0]["effective_at_ns"] == "1767225600000000000"
        # Every wrong line is named, and none of the file is sent.
        wrong = at.path / "wrong.csv"
        report = at.path / "refused.csv"
        wrong.write_text("entry,account,side,amount\ngood,users:alice,debit,1\n" + "good,bank:cash,credit,1\n"
                         + "".join(rows for _, _, rows in WRONG.values()))
        before = len(entries)
        expect(65, "nothing was sent", "import", "csv", wrong, *to, "--refused", report)
        assert len(ok("tail", "--data", at.data, "--json").splitlines()) == before
        refused = read_report(report)
        for line, (entry, why, _) in WRONG.items():
            row = refused.get(str(int(line) + 1), {})
            assert row.get("entry") == entry and why in row["why"], (line, entry, why, refused)
        refused_and_total(at, to, report)
        long_codes(at, to)
        stopped_dry_run(at, to)
        # What the ledger rejects is told after the others were posted.
        ok("account", "open", "users:poor", "--asset", "CZK", "--min", 0, *to)
        wrong.write_text("entry,account,side,amount\nx1,users:poor,debit,1\nx1,bank:cash,credit,1\n"
                         "x2,bank:cash,debit,3\nx2,users:poor,credit,3\n")
        expect(1, "line 2: entry 'x1': insufficient_funds", "import", "csv", wrong, *to, "--dry-run")
        expect(1, "line 2: entry 'x1': insufficient_funds", "import", "csv", wrong, *to)
        assert json.loads(ok("outcome", "--key", "x2", *to, "--json"))["outcome"] == "accepted"
        for head, words in (("entry,account,side", "has no column 'amount'"), ("entry,account,side,amount,more", "'more'"),
                            ("entry,entry,account,side,amount", "twice"), ("", "empty")):
            wrong.write_text(head)
            expect(65, words, "import", "csv", wrong, *to)
        expect(66, "no file", "import", "csv", at.path / "none.csv", *to)


main()
