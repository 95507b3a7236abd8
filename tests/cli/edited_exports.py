"""What is edited in an export is found, and its place named, also when its hashes are made right again."""
import hashlib
import json
import re
import shutil

from command_line import ok, ok_json, run
from export_calls import content, expect, export


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
