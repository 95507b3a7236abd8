"""Exports from the outside: every format agrees with every balance, the same cut is the same bytes, what is
edited is found, and a book rebuilt from its JSONL is the same book."""
import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal

from command_line import Place, Server, ok, ok_json, run
from full_book import Book

FORMATS = ("csv", "jsonl", "hledger", "beancount")
SKIPPED = 77
missing = set()  # tools of others that are not here


def expect(code, words, *arguments):
    done = run(*arguments)
    what = f"daybook {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}"
    assert done.returncode == code, f"exit code {done.returncode} instead of {code}: {what}"
    assert words in done.stdout + done.stderr, f"'{words}' is not in: {what}"


def export(at, out, form, *more):
    return ok_json("export", "--data", at.data, "--format", form, "--out", at.path / out, *more)


def content(directory):
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


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


def entries(at):
    with open(at.path / "csv" / "entries.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


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


def check_edits(at):
    """What somebody changed is found, and named by line and seq where the content tells."""
    edits = [("csv", "entries.csv", rb",debit,(\d+),", rb",debit,9\1,", "entries.csv, line 2, seq"),
             ("csv", "balances.csv", rb",open,USD,(\d)", rb",open,USD,1\1", "balances.csv"),
             ("jsonl", "journal.jsonl", rb'"posted_debits":"(\d+)"', rb'"posted_debits":"1\1"', "journal.jsonl, line"),
             ("jsonl", "journal.jsonl", rb'"description":"a room"', rb'"description":"a rope"', "journal.jsonl, line"),
             ("jsonl", "journal.jsonl", rb'"stamp_ns":"(\d+)"', rb'"stamp_ns":"1\1"', "journal.jsonl, line 1"),
             ("hledger", "journal.hledger", rb"seq:\d", rb"seq:0", "journal.hledger"),
             ("csv", "manifest.json", rb'"postings":"', rb'"postings":"1', "manifest.json"),
             ("jsonl", "manifest.json", rb'"debits":"', rb'"debits":"1', "manifest.json"),
             ("jsonl", "manifest.json", rb'"genesis_stamp_ns":"', rb'"genesis_stamp_ns":"1', "manifest.json")]
    for form, name, was, becomes, place in edits:
        edited = at.path / "edited"
        shutil.copytree(at.path / form, edited)
        before = (edited / name).read_bytes()
        after = re.sub(was, becomes, before, count=1)
        assert after != before, (form, name, was)
        (edited / name).write_bytes(after)
        done = run("verify-export", edited)
        assert done.returncode in (1, 65), (form, name, was, done)
        assert place in done.stdout + done.stderr, (place, done)
        shutil.rmtree(edited)
    cut = at.path / "cut"
    shutil.copytree(at.path / "jsonl", cut)
    (cut / "journal.jsonl").unlink()
    expect(1, "the file is missing", "verify-export", cut)


def check_split_block(at):
    """A block that the cut splits is checked where both exports are named; where one is, what is not covered is said."""
    lines = [json.loads(line) for line in content(at.path / "jsonl")["journal.jsonl"].splitlines()]
    block = max((line["block"] for line in lines), key=lambda block: block["records"])
    first, records = int(block["first_seq"]), block["records"]
    assert records > 2, "no block has three records"
    middle = first + records // 2
    export(at, "head", "jsonl", "--to-seq", middle)
    export(at, "tail", "jsonl", "--from-seq", middle + 1)
    head, tail = at.path / "head", at.path / "tail"
    both = [json.loads(line) for line in ok("verify-export", head, tail, "--json").splitlines()]
    assert both[0]["not_covered"] == [{"from_seq": str(first), "to_seq": str(middle)}], both
    assert both[1]["not_covered"] == [] and both[1]["has_recomputed_totals"], both
    alone = ok_json("verify-export", tail)
    end = first + records - 1
    assert alone["not_covered"] == [{"from_seq": str(middle + 1), "to_seq": str(end)}], alone
    assert not alone["has_recomputed_totals"], alone
    expect(0, f"seq {middle + 1} to {end} are not covered by a whole block", "verify-export", tail)
    expect(0, "postings and totals; name the exports before it too", "verify-export", tail)
    # An edit that only the block's hash tells, and totals that only the accounts before do.
    for part in (head, tail):
        name = part / "journal.jsonl"
        kept, manifest = name.read_bytes(), (part / "manifest.json").read_bytes()
        places = [i for i, line in enumerate(kept.splitlines(keepends=True))
                  if int(json.loads(line)["block"]["number"]) == int(block["number"])]
        edited = kept.splitlines(keepends=True)
        edited[places[0]] = re.sub(rb'"producer":(\d+)', rb'"producer":9\1', edited[places[0]], count=1)
        name.write_bytes(b"".join(edited))
        seal(part)
        ok("verify-export", part)
        expect(1, "is not as it was", "verify-export", head, tail)
        name.write_bytes(kept)
        (part / "manifest.json").write_bytes(manifest)
    kept = (tail / "manifest.json").read_bytes()
    raised = re.sub(rb'"(debits|credits)":( ?)"', rb'"\1":\2"1', kept)
    assert raised != kept
    (tail / "manifest.json").write_bytes(raised)
    ok("verify-export", tail)
    expect(1, "its totals are not those of the records", "verify-export", head, tail)
    (tail / "manifest.json").write_bytes(kept)
    ok("verify-export", head, tail)


def seal(directory):
    """Makes good what the manifest says of the files as a whole."""
    path = directory / "manifest.json"
    manifest = json.loads(path.read_text())
    for file in manifest["files"]:
        data = (directory / file["name"]).read_bytes()
        file.update(bytes=str(len(data)), lines=str(data.count(b"\n")), sha256=hashlib.sha256(data).hexdigest())
    path.write_text(json.dumps(manifest, indent=1))


def check_sealed_edits(at):
    """What is edited in the tables and ledgers, and the hashes made good, the sums tell."""
    export(at, "camt", "camt053", "--account", "till:eur")
    # Of the later cut, which brings its balances along, as of the whole.
    later = {form: at.path / f"later-{form}" for form in ("hledger", "beancount", "csv")}
    for directory in later.values():
        ok("verify-export", directory)
    edits = [("csv", "balances.csv", rb"users:alice,[^\r]*\r\n", b"", "balances.csv"),
             ("csv", "balances.csv", rb"(shop,\d+),liability", rb"\1,asset", "balances.csv"),
             ("csv", "balances.csv", rb"(shop,\d+,\w+,\w+,USD),(\d)", rb"\1,1\2", "balances.csv, line"),
             ("csv", "balances.csv", rb"(untouched,\d+,\w+,\w+,BTC),0,0", rb"\1,5,5", "balances.csv, line"),
             ("csv", "trial-balance.csv", rb"(shop,\w+,USD,\d+\.\d+,\d+\.\d+),", rb"\g<1>1,", "trial-balance.csv, line"),
             ("csv", "trial-balance.csv", rb",total,USD,", rb",total,USD,1", "trial-balance.csv, line"),
             ("csv", "trial-balance.csv", rb",total,EUR,[^\r]*\r\n", b"", "trial-balance.csv"),
             ("csv", "entries.csv", rb"(\d{4}-\d\d-\d\dT)([^,]*,[0-9a-f]{64}\r)", rb"\g<1>9\2", "entries.csv, line"),
             ("hledger", "journal.hledger", rb"    users:alice  -?\d", rb"\g<0>1", "journal.hledger, line"),
             ("hledger", "journal.hledger", rb" = -?\d", rb"\g<0>1", "journal.hledger, line"),
             ("hledger", "journal.hledger", rb" = -?\d+\.\d+ USD", rb"", "no balance of account"),
             ("hledger", "journal.hledger", rb"\n\d{4}-[^\n]* \* \([^\n]*\n(    [^\n]*\n)+", rb"\n", "journal.hledger"),
             ("beancount", "journal.beancount", rb"\n  Liabilities:Shop  -?\d", rb"\g<0>1", "journal.beancount, line"),
             ("beancount", "journal.beancount", rb" balance Liabilities:Shop  -?\d", rb"\g<0>1", "journal.beancount, line"),
             ("beancount", "journal.beancount", rb"[^\n]* balance Liabilities:Shop [^\n]*\n", rb"", "no balance of account"),
             ("camt", "*.xml", rb"<Ntry>.*?<Amt Ccy=\"EUR\">", rb"\g<0>1", "do not give the closing balance"),
             ("camt", "*.xml", rb"<Ntry>.*?</Ntry>\n", rb"", "do not give the closing balance"),
             ("camt", "*.xml", rb"(OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">)", rb"\g<1>1", "before seq 1"),
             ("camt", "*.xml", rb"<ElctrncSeqNb>1<", rb"<ElctrncSeqNb>2<", "xml, line 5"),
             ("later-csv", "balances.csv", rb"users:alice,[^\r]*\r\n", b"", "balances.csv"),
             ("later-hledger", "journal.hledger", rb" \* opening balances\n    \S+  -?\d", rb"\g<0>1", "hledger, line"),
             ("later-beancount", "journal.beancount", rb" \* \"opening balances\"\n  \S+  -?\d", rb"\g<0>1", "beancount, line")]
    for form, name, was, becomes, place in edits:
        edited = at.path / "edited"
        shutil.copytree(at.path / form, edited)
        file = next(edited.glob(name))
        before = file.read_bytes()
        after = re.sub(was, becomes, before, count=1)
        assert after != before, (form, name, was)
        file.write_bytes(after)
        seal(edited)
        done = run("verify-export", edited)
        assert done.returncode == 1 and place in done.stdout, (form, was, place, done)
        shutil.rmtree(edited)


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
