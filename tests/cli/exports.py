"""Exports from the outside: every format agrees with every balance, the same cut is the same bytes, what is
edited is found, and a book rebuilt from its JSONL is the same book."""
import csv
import json
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal

from command_line import Place, Server, ok, ok_json, run
from edited_exports import check_edits, check_sealed_edits, check_split_block
from export_calls import content, entries, expect, export
from full_book import Book

FORMATS = ("csv", "jsonl", "hledger", "beancount")
SKIPPED = 77
missing = set()  # tools of others that are not here


def balances(at, *moment):
    """What the projection says: code to debits minus credits, where there is one, and the asset."""
    found = {}
    for line in ok("account", "list", "--data", at.data, "--all", "--json", *moment).splitlines():
        account = json.loads(line)
        net = Decimal(int(account["posted_debits"]) - int(account["posted_credits"]))
        found[account["account"]] = (net.scaleb(-account["scale"]), account["asset"])
    return found


def has(tool):
    """Without the other engine the test is not passed but skipped, once all else is done."""
    if shutil.which(tool):
        return True
    missing.add(tool)
    return False


def check_hledger(at, *moment):
    if not has("hledger"):
        return
    file = at.path / "hledger" / "journal.hledger"
    done = subprocess.run(["hledger", "-f", file, "check", "--strict"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    listed = subprocess.run(["hledger", "-f", file, "balance", "--flat", "--no-total", "--empty", "-O", "csv"],
                            capture_output=True, text=True, check=True).stdout
    theirs = {}
    for row in csv.DictReader(listed.splitlines()):
        amount, _, asset = row["balance"].partition(" ")
        theirs[row["account"]] = (Decimal(amount), asset.strip('"'))
    for code, (net, asset) in balances(at, *moment).items():
        amount, commodity = theirs.pop(code, (Decimal(0), asset))
        assert amount == net and (amount == 0 or commodity == asset), (code, amount, commodity, net, asset)
    assert not theirs, theirs
    # What is wrong is noticed by them too.
    text = file.read_text()
    wrong = at.path / "wrong.hledger"
    wrong.write_text(re.sub(r" = (-?)(\d)", r" = \g<1>9\2", text, count=1))
    assert subprocess.run(["hledger", "-f", wrong, "check"], capture_output=True, check=False).returncode != 0


def check_days(at):
    """Each posting is on the day of its record, whatever its reference looks like."""
    if not has("hledger"):
        return
    file = at.path / "hledger" / "journal.hledger"
    listed = subprocess.run(["hledger", "-f", file, "register", "-O", "csv"], capture_output=True, text=True,
                            check=True).stdout
    theirs = {(row["code"], row["date"]) for row in csv.DictReader(listed.splitlines())}
    assert theirs == {(row["seq"], row["recorded_at"][:10]) for row in entries(at)}


def check_beancount(at, *moment):
    if not has("bean-check"):
        return
    file = at.path / "beancount" / "journal.beancount"
    done = subprocess.run(["bean-check", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    codes = dict(re.findall(r'^\S+ open (\S+) .*\n  code: "(.*)"', file.read_text(), re.MULTILINE))
    query = "SELECT account, str(sum(number)) AS total GROUP BY account"  # text: numbers are rounded for the table
    listed = subprocess.run(["bean-query", "-f", "csv", file, query], capture_output=True, text=True, check=True).stdout
    theirs = {codes[row["account"].strip()]: Decimal(re.search(r"Decimal\('(.*)'\)", row["total"])[1])
              for row in csv.DictReader(listed.splitlines())}
    for code, (net, _) in balances(at, *moment).items():
        amount = theirs.pop(code, Decimal(0))
        assert amount == net, (code, amount, net)
    assert not theirs, theirs


def check_csv(at):
    rows = entries(at)
    places = [(int(row["seq"]), int(row["line"])) for row in rows]
    assert places == sorted(places)
    sums = defaultdict(Decimal)
    for row in rows:
        sums[row["account"]] += Decimal(row["amount"]) * (1 if row["side"] == "debit" else -1)
    for code, (net, _) in balances(at).items():
        assert sums.pop(code, Decimal(0)) == net, code
    assert not sums, sums
    with open(at.path / "csv" / "trial-balance.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["type"] == "total":
                assert row["closing_debit"] == row["closing_credit"], row
    formula = [row["reference"] for row in rows if "SUM" in row["reference"]]
    assert formula == ["'=SUM(A1)", "'=SUM(A1)"], formula


def check_camt(at, last):
    out = export(at, "camt1", "camt053", "--account", "users:eur", "--to-seq", last - 1)
    assert out["postings"] == ok_json("export", "--data", at.data, "--format", "csv", "--to-seq", last - 1,
                                      "--out", at.path / "csv1")["postings"]
    expect(64, "--statement", "export", "--data", at.data, "--format", "camt053", "--account", "users:eur",
           "--from-seq", last, "--out", at.path / "camt2")
    export(at, "camt2", "camt053", "--account", "users:eur", "--from-seq", last, "--statement", 2)
    ok("verify-export", at.path / "camt1", at.path / "camt2")
    # Numbers go on for each account: without its statement in both there is nothing to go on from.
    export(at, "camt2-more", "camt053", "--account", "users:eur", "--account", "till:eur", "--from-seq", last,
           "--statement", 2)
    expect(1, "are not of the same accounts", "verify-export", at.path / "camt1", at.path / "camt2-more")
    export(at, "csv2", "csv", "--from-seq", last)
    expect(1, "only one of them has statements", "verify-export", at.path / "camt1", at.path / "csv2")
    expect(64, "is number 1", "export", "--data", at.data, "--format", "camt053", "--account", "users:eur",
           "--statement", 2, "--out", at.path / "camt3")
    first, second = (next((at.path / name).glob("*.xml")).read_text() for name in ("camt1", "camt2"))
    assert re.findall(r"<ElctrncSeqNb>(\d+)<", first + second) == ["1", "2"]
    amounts = re.findall(r"<Cd>(OPBD|CLBD)</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">([0-9.]+)<", first + second)
    assert amounts == [("OPBD", "0.00"), ("CLBD", "0.00"), ("OPBD", "0.00"), ("CLBD", "7.25")], amounts
    assert "a &lt;b&gt; &amp; c" in second
    expect(65, "camt.053 cannot carry asset BTC", "export", "--data", at.data, "--format", "camt053", "--account",
           "users:btc", "--out", at.path / "camt3")
    expect(66, "no account 'nobody'", "export", "--data", at.data, "--format", "camt053", "--account", "nobody",
           "--out", at.path / "camt3")
    assert not (at.path / "camt3").exists()
    # An account that grows by debits and one that grows by credits: what is exported is what reconciling finds.
    for code, closing in (("till:eur", ("2.50", "CRDT")), ("users:eur", ("7.25", "CRDT"))):
        name = "camt-" + code.replace(":", "-")
        export(at, name, "camt053", "--account", code)
        statement = next((at.path / name).glob("*.xml"))
        closings = re.findall(r"<Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">([0-9.]+)</Amt><CdtDbtInd>(....)<",
                              statement.read_text())
        assert closings == [closing], closings
        ok("reconcile", "--data", at.data, "--account", code, "--statement", statement, "--period", "2000-01..2099-12")


def check_cuts(at, last):
    """Exports that follow each other join; others do not; all of them together are the book."""
    middle = last // 2
    export(at, "a", "jsonl", "--to-seq", middle)
    export(at, "b", "jsonl", "--from-seq", middle + 1)
    ok("verify-export", at.path / "a", at.path / "b")
    export(at, "a2", "jsonl", "--from-seq", middle + 2)
    expect(1, "are missing between them", "verify-export", at.path / "a", at.path / "a2")
    expect(1, "is in both of them", "verify-export", at.path / "a", at.path / "jsonl")
    joined = content(at.path / "a")["journal.jsonl"] + content(at.path / "b")["journal.jsonl"]
    assert joined == content(at.path / "jsonl")["journal.jsonl"]
    # A cut that begins later brings its balances along.
    for form, tool in (("hledger", ["hledger", "check", "--strict", "-f"]), ("beancount", ["bean-check"])):
        export(at, f"later-{form}", form, "--from-seq", middle + 1)
        if has(tool[0]):
            subprocess.run([*tool, at.path / f"later-{form}" / f"journal.{form}"], check=True, capture_output=True)
    export(at, "later-csv", "csv", "--from-seq", middle + 1)
    ok("verify-export", at.path / "later-csv")


def check_import(at):
    """From one export or from two, the book comes out the same."""
    tail = ok("tail", "--data", at.data, "--json")
    for name, parts in (("one", ["jsonl"]), ("two", ["a", "b"])):
        data = at.path / f"restored-{name}"
        imported = ok_json("import", "jsonl", *[at.path / part for part in parts], "--data", data)
        assert ok("tail", "--data", data, "--json") == tail
        verified = ok_json("verify", "--data", data)
        assert verified["is_clean"] and verified["chain_head"] == imported["chain_head"], verified
        assert verified["book_hash"] == ok_json("verify", "--data", at.data)["book_hash"]
        assert ok("export", "--data", data, "--format", "csv", "--out", at.path / f"again-{name}")
        assert content(at.path / f"again-{name}") == content(at.path / "csv")
    expect(73, "holds a book already", "import", "jsonl", at.path / "jsonl", "--data", data)
    expect(65, "begins with seq", "import", "jsonl", at.path / "b", "--data", at.path / "none")
    expect(65, "no JSONL export", "import", "jsonl", at.path / "csv", "--data", at.path / "none")
    forged = at.path / "forged"
    shutil.copytree(at.path / "jsonl", forged)
    text = (forged / "journal.jsonl").read_text().replace('"a room"', '"a rope"')
    (forged / "journal.jsonl").write_text(text)
    expect(65, "is not as it was", "import", "jsonl", forged, "--data", at.path / "none")
    assert not (at.path / "none").exists() and not (at.path / "none.partial").exists()


def check_signature(at):
    if not has("openssl"):
        return
    key, public, other = (at.path / name for name in ("key.pem", "public.pem", "other.pem"))
    for made in (key, other):
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", made], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True)
    export(at, "signed", "csv", "--sign-key", key)
    signed = at.path / "signed"
    assert ok_json("verify-export", signed, "--public-key", public)["signature"] == "valid"
    assert ok_json("verify-export", signed)["signature"] == "not_checked"
    expect(0, "signed, not checked", "verify-export", signed)
    assert ok_json("verify-export", at.path / "csv")["signature"] == "none"
    subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-in",
                    signed / "manifest.json", "-sigfile", signed / "manifest.sig"], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", other, "-pubout", "-out", public], check=True)
    expect(1, "not the signature", "verify-export", signed, "--public-key", public)
    expect(1, "is not signed", "verify-export", at.path / "csv", "--public-key", public)
    expect(65, "no private Ed25519 key", "export", "--data", at.data, "--format", "csv", "--out", at.path / "unsigned",
           "--sign-key", public)
    assert not (at.path / "unsigned").exists()


def check_places(at):
    """Nothing is overwritten unasked, and nothing half-written has the name."""
    before = content(at.path / "csv")
    expect(73, "--force", "export", "--data", at.data, "--format", "csv", "--out", at.path / "csv")
    export(at, "csv", "csv", "--force")
    assert content(at.path / "csv") == before
    other = at.path / "other"
    other.mkdir()
    (other / "precious.txt").write_text("ours")
    expect(73, "is no export", "export", "--data", at.data, "--format", "csv", "--out", other, "--force")
    # Nor what only looks like one: a backup has a manifest.json too, and somebody may keep a file beside an export.
    ok("backup", "--data", at.data, "--to", at.path / "backup")
    shutil.copytree(at.path / "csv", at.path / "annotated")
    (at.path / "annotated" / "notes.txt").write_text("ours")
    for name in ("backup", "annotated"):
        kept = content(at.path / name)
        expect(73, "is no export", "export", "--data", at.data, "--format", "csv", "--out", at.path / name, "--force")
        assert content(at.path / name) == kept, name
    (at.path / "kept.partial").mkdir()
    (at.path / "kept.partial" / "precious.txt").write_text("ours")
    expect(73, "no export left", "export", "--data", at.data, "--format", "csv", "--out", at.path / "kept")
    assert content(at.path / "kept.partial") == {"precious.txt": b"ours"}
    shutil.rmtree(at.path / "kept.partial")
    # What a killed export left is replaced.
    left = at.path / "left.partial"
    left.mkdir()
    (left / "entries.csv").write_text("seq,line\r\n1,")
    export(at, "left", "csv")
    assert content(at.path / "left") == before and not left.exists()
    expect(64, "no format", "export", "--data", at.data, "--format", "xml", "--out", at.path / "xml")
    expect(66, "there is no seq", "export", "--data", at.data, "--format", "csv", "--to-seq", 10**6, "--out",
           at.path / "far")
    expect(66, "no export", "verify-export", other)
    assert not list(at.path.glob("*.partial"))


def main():
    with Place() as at, Server(at) as server:
        book = Book(at, server)
        book.fill()
        book.do("asset", "define", "EUR", "--scale", 2)
        book.do("asset", "define", "1INCH", "--scale", 0)
        for code, asset in (("users:eur", "EUR"), ("bank_eur", "EUR"), ("bank.eur", "EUR"), ("Bank-eur", "EUR"),
                            ("_:x", "1INCH"), ("9:x", "1INCH")):
            book.do("account", "open", code, "--asset", asset)
        book.post("bank_eur", "bank.eur", "1", "--reference", "=SUM(A1)", "--description", 'say "so"; \\ or | not, 100%')
        book.post("_:x", "9:x", "12345678901234567890")
        book.do("account", "open", "till:eur", "--asset", "EUR", "--type", "asset")
        book.post("till:eur", "bank_eur", "3.10")
        # hledger takes a date in brackets for the posting's own.
        for reference in ("INV[2026/01]", "[2026-13-45]", "[=2026-01-05]", "x], date:2026-01-05"):
            book.post("till:eur", "bank_eur", "0.01", "--reference", reference)
        book.do("account", "open", "once:a", "--asset", "EUR")
        book.do("account", "open", "once:b", "--asset", "EUR")
        book.post("once:a", "once:b", "0.04", "--reference", "[2026-01-05]")  # the last of both is asserted
        book.post("bank_eur", "till:eur", "0.04")
        book.post("bank_eur", "till:eur", "0.60", "--reference", "change")
        # Many at once, so that blocks have many records.
        lines = [json.dumps({"key": f"many-{i}", "kind": "post_entry", "postings": [
            {"account": "bank_eur", "side": "debit", "amount": "1"},
            {"account": "bank.eur", "side": "credit", "amount": "1"}]}) for i in range(300)]
        done = run("submit", "-", "--connect", server.listen, input="\n".join(lines) + "\n")
        assert done.returncode == 0, done
        last = int(book.post("Bank-eur", "users:eur", "7.25", "--description", "a <b> & c"))
        ok("balance", "users:eur", "--data", at.data, "--min-seq", last)
        for form in FORMATS:
            done = export(at, form, form)
            assert int(done["to_seq"]) == last, done
            export(at, f"{form}-again", form)
            assert content(at.path / form) == content(at.path / f"{form}-again"), form
            ok("verify-export", at.path / form)
        assert content(at.path / "jsonl")["journal.jsonl"].decode() == ok("tail", "--data", at.data, "--json")
        check_csv(at)
        check_hledger(at)
        check_days(at)
        check_beancount(at)
        check_camt(at, last)
        check_edits(at)
        check_cuts(at, last)
        check_split_block(at)
        check_sealed_edits(at)
        check_import(at)
        check_signature(at)
        check_places(at)
    if missing:
        print("SKIPPED: no " + ", ".join(sorted(missing)))
        sys.exit(SKIPPED)


if __name__ == "__main__":
    main()
