"""Verifies a journal without Daybook: walks its LMDB file page by page, and the segments of its archive (unpacked by
the `zstd` command), recomputes hashes, roots and the chain, decodes the records from the documents, decides every
command again by the model, and compares with what Daybook says. Exits with 0 if all agrees, 1 at the first
difference, 2 if the input can't be read."""
import argparse
import gc
import json
import mmap
import pathlib
import sys

from difference import record_difference
from flat_table import Malformed
from fold import Fold
from journal_bytes import Chain, Damage
from lmdb_file import Damaged, LmdbFile
from merkle import Tree
from model import Model
from record_bytes import read_record
from segments import with_archive
from streams import StreamFile, Unreadable

TOTALS = ("posted_debits", "posted_credits", "held_debits", "held_credits")


class Verification:
    """Takes blocks in order; what they come to is in `result`."""

    def __init__(self, lines=None):
        self.chain = Chain()
        self.model = Model()
        self.accepted = 0
        self.opened = {}  # account number → Seq
        self.last = {}  # account number → its newest touch
        self._fold = Fold(self._asset_of)
        self._lines = lines  # what `tail --json` or an export printed
        self._expiries = []  # that must come next

    def take(self, key, stored):
        block = self.chain.take(key, stored)
        for place, data in enumerate(block.records):
            seq = block.first_seq + place
            try:
                record = read_record(data)
            except Malformed as error:
                raise Damage(seq, str(error)) from error
            if record["seq"] != str(seq):
                raise Damage(seq, f"the record there says that it is seq {record['seq']}")
            self._take_line(seq, block, record)
            self._take_record(seq, block.stamp_ns, record)

    def finish(self):
        for asset, sums in self.model.imbalances().items():
            raise Damage(self.chain.next_seq - 1, f"asset {asset} is out of balance: {sums}")
        if self._lines and self._lines.next() is not None:
            raise Damage(self.chain.next_seq, f"{self._lines.path}:{self._lines.line} is not in the journal")

    def result(self):
        head = self.chain.last
        return {"book": head.book.hex(), "head_seq": str(head.last_seq), "chain_head": head.hash.hex(),
                "blocks": str(head.number), "records": str(head.last_seq), "accepted": str(self.accepted),
                "rejected": str(head.last_seq - self.accepted), "accounts": str(len(self.model.book.accounts)),
                "assets": str(len(self.model.book.assets)), "book_hash": self.book_hash().hex()}

    def _take_line(self, seq, block, record):
        if not self._lines:
            return
        line = self._lines.next()
        if line is None:
            raise Damage(seq, f"{self._lines.path} ends before it")
        stated = line.pop("block", {})
        right = {"number": str(block.number), "first_seq": str(block.first_seq), "records": block.record_count,
                 "book": block.book.hex(), "hash": block.hash.hex(), "previous": block.previous.hex(),
                 "payload_root": block.payload_root.hex(), "history_root": block.history_root.hex(),
                 "stamp_ns": str(block.stamp_ns)}
        stated.pop("stamp", None)
        if stated != right or line != record:
            raise Damage(seq, f"{self._lines.path}:{self._lines.line} is another record:\n  {line}\n  {record}")

    def _take_record(self, seq, stamp, record):
        if not self._expiries:
            self._expiries = self.model.expire(stamp)
        if self._expiries:
            expected = self._expiries.pop(0)
        else:
            expected = self._decide(seq, stamp, record)
        self._fold.take(record)
        first = record_difference(expected, record)
        if first:
            raise Damage(seq, f"{first.where}: stored {first.found}, recomputed {first.expected}")
        self.accepted += record["outcome"] == "accepted"
        for number in self.model.book.accounts.keys() - self.opened.keys() if self._may_open(record) else ():
            self.opened[number] = seq
        for index, touch in enumerate(record["touches"]):
            self.last[touch["account_number"]] = seq << 16 | index

    def _decide(self, seq, stamp, record):
        submission = {**record, "stamp_ns": str(stamp), "key": record.get("key")}
        try:
            answer, records = self.model.submit(submission)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Damage(seq, f"its command makes no sense: {error!r}") from error
        if len(records) != 1:
            raise Damage(seq, f"its key was bound before: {answer}")
        return records[0]

    def _may_open(self, record):
        return record["outcome"] == "accepted" and record["kind"] in ("open_account", "atomic")

    def _asset_of(self, number):
        account = self.model.book.accounts.get(number)
        return account.asset if account else None

    def book_hash(self):
        """A tree over the rows of docs/jsonl.md: assets and accounts by number, open holds by id."""
        tree, book = Tree(), self.model.book
        for code, asset in sorted(book.assets.items(), key=lambda item: int(item[1].number)):
            add_row(tree, row="asset", number=int(asset.number), code=code, scale=asset.scale)
        codes = {account.number: code for code, account in book.codes.items()}
        for number, account in sorted(book.accounts.items(), key=lambda item: int(item[0])):
            limits = {name: str(value) for name, value in (("min", account.minimum), ("max", account.maximum))
                      if value is not None}
            add_row(tree, row="account", number=number, code=codes[number], asset=int(account.asset),
                    type=account.kind, state=account.state, **limits, opened=str(self.opened[number]),
                    version=str(account.version), last=str(self.last.get(number, 0)),
                    **{name: str(getattr(account, name)) for name in TOTALS})
        for _, hold in sorted(book.holds.items()):
            if hold.state == "open":
                add_row(tree, row="hold", id=hold.name, debit=hold.debit.number, credit=hold.credit.number,
                        remaining=str(hold.remaining), captured=str(hold.captured),
                        expires_at_ns=str(hold.expires_at or 0))
        return tree.root()


def add_row(tree, **fields):
    tree.add(json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode())


def compare_verify(result, path):
    """With what `daybook verify --json` printed."""
    stated = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    if not stated["is_clean"]:
        raise Damage(int(stated["finding"]["seq"]), f"Daybook has a finding, this has none: {stated['finding']}")
    for name, value in result.items():
        if str(stated[name]) != value:
            raise Damage(int(result["head_seq"]), f"{name}: Daybook says {stated[name]}, this says {value}")


def compare_balances(verification, path):
    """With what `daybook balance --json` printed, a line an account."""
    book, head = verification.model.book, verification.chain.last.last_seq
    seen = set()
    for text in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        account = book.codes.get(line["account"])
        if account is None or line["account"] in seen:
            raise Damage(head, f"Daybook has an account {line['account']} too much")
        seen.add(line["account"])
        for name in TOTALS:
            if int(line[name]) != getattr(account, name):
                raise Damage(head, f"{line['account']}: {name}: Daybook says {line[name]}, this says {getattr(account, name)}")
    if len(seen) != len(book.codes):
        raise Damage(head, f"Daybook lacks the accounts {sorted(book.codes.keys() - seen)[:5]}")


def arguments(stated):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("journal", type=pathlib.Path, help="a journal's directory, or a copy of its data.mdb")
    parser.add_argument("--jsonl", metavar="FILE", help="what `daybook tail --json` printed: it must be the same records")
    parser.add_argument("--verify", metavar="FILE", help="what `daybook verify --json` printed")
    parser.add_argument("--balances", metavar="FILE", help="what `daybook balance --json` printed")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args(stated)


def verify(options):
    path = options.journal / "data.mdb" if options.journal.is_dir() else options.journal
    lines = StreamFile(options.jsonl) if options.jsonl else None
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        journal = LmdbFile(data)
        verification = Verification(lines)
        archive = (options.journal if options.journal.is_dir() else path.parent).resolve().parent / "archive"
        archived = 0
        for key, stored, is_archived in with_archive(journal.values(journal.database("blocks")), archive):
            verification.take(key, stored)
            archived += is_archived
        if verification.chain.last is None:
            raise Damage(1, "there is no genesis block")
        verification.finish()
    result = verification.result()
    if options.verify:
        compare_verify(result, options.verify)
    if options.balances:
        compare_balances(verification, options.balances)
    return {**result, "archived_blocks": str(archived)}


def main(stated=None):
    options = arguments(stated)
    try:
        result = verify(options)
    except Damage as damage:
        print(json.dumps({"is_clean": False, "seq": str(damage.seq), "what": damage.what}) if options.json
              else f"FINDING {damage}")
        return 1
    except Damaged as error:
        print(f"unreadable: {error}", file=sys.stderr)
        return 2
    except (OSError, ValueError, Unreadable) as error:
        print(f"unreadable: {error}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps({"is_clean": True, **result}))
    else:
        for name, value in result.items():
            print(f"{name.replace('_', ' '):12}{value}")
        print("clean")
    return 0


if __name__ == "__main__":
    gc.disable()  # nothing here refers back to itself
    sys.exit(main())
