"""An export's first file as lines, and what its format can tell of each."""
import hashlib
import json
import re
import shutil
from typing import NamedTuple


class Form(NamedTuple):
    """Regular expressions of lines. `counted` matches with its group 1 what enters a sum, a place or a hash;
    `postings` a line without which something is missing; `heads` one that cannot change places with the next;
    `silent` one with something, in group 1, that stands for itself."""
    counted: str
    postings: str
    heads: str
    silent: str = r"(?!)"


CELL = r'(?:"(?:[^"]|"")*"|[^,"]*)'
ROW = r"^\d+,\d+,"
FORMS = {
    # A record's line enters its block's hash with every digit.
    "jsonl": Form(r"(\d)", r"^\{", r"^\{"),
    # seq, line, both amounts, both balances; the effective moment.
    "csv": Form(rf"^(\d+,\d+),|(?<=,)(?<=debit,|redit,)(\d+)", ROW, ROW,
                rf"^(?=\d)(?:{CELL},){{12}}([^,]+),"),
    "hledger": Form(r"(?:^    [^ ]+  |= |seq:|^\S+ \* \()(-?[\d.]+)", r"^    ", r"^\d{4}-", r"^\d{4}-\S+ \* \(\d+\) ()"),
    "beancount": Form(r'(?:^  [A-Z][^ ]+  | seq: ")(-?[\d.]+)', r"^  [A-Z]", r"^\d{4}-\S+ \*", r'^\d{4}-\S+ \* "()'),
    "camt053": Form(r'(?:<NtryRef>|<AcctSvcrRef>|<Ntry>.*<Amt Ccy="[A-Z]+">)([\d.]+)', r"^<Ntry>", r"^<Ntry>",
                    r"<ValDt><Dt>(\d+)"),
}
FORMATS = tuple(FORMS)


def lines_of(path):
    return re.findall(r"[^\n]*\n", path.read_bytes().decode())


class Export:
    """A copy of one, to be tampered with. With `is_sealed`, what the manifest says of the file is made good."""

    def __init__(self, directory, book, kind, is_sealed):
        self.directory = directory
        self.book = book  # makes others of the same kind
        self.kind = kind
        self.is_sealed = is_sealed
        self.manifest = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
        self.name = self.manifest["files"][0]["name"]
        self.lines = lines_of(directory / self.name)
        self.counted, self.postings, self.heads, self.silent = FORMS[kind]

    def places(self, pattern):
        return [place for place, line in enumerate(self.lines) if re.search(pattern, line)]

    def is_loose(self, place):
        """Whether the line may change places with another of its transaction, and nobody could count it."""
        return self.kind == "hledger" and re.match(r"    ", self.lines[place]) and " = " not in self.lines[place]

    def edited_silently(self, random, line):
        at = re.search(self.silent, line).end(1)
        if self.kind in ("hledger", "beancount"):
            return line[:at] + "not " + line[at:]
        return line[:at - 1] + random.choice([digit for digit in "0123456789" if digit != line[at - 1]]) + line[at:]

    def noticed(self, lines, place):
        """The last line, from 1, that an edit at `place` can be named by; None: also the end of the file."""
        if self.kind == "jsonl":  # with the last of its block
            numbers = [re.search(r'"number":"(\d+)"', line)[1] for line in self.lines]
            place = min(place, len(numbers) - 1)
            return max(at for at, number in enumerate(numbers) if number == numbers[place]) + 1
        if self.kind == "csv":  # at once, or with the record
            return place + 2 if place + 1 < len(lines) else None
        if self.kind == "camt053":
            return lines.index("</Stmt>\n") + 1
        heads = [at for at, line in enumerate(lines) if at > place and re.match(self.heads, line)]
        # Beancount's head has its seq on the next line.
        return heads[0] + (2 if self.kind == "beancount" else 1) if heads else None

    def write(self, lines):
        text = "".join(lines).encode()
        (self.directory / self.name).write_bytes(text)
        if not self.is_sealed:
            return
        self.manifest["files"][0].update(bytes=str(len(text)), lines=str(text.count(b"\n")),
                                         sha256=hashlib.sha256(text).hexdigest())
        self.write_manifest()

    def write_manifest(self):
        (self.directory / "manifest.json").write_text(json.dumps(self.manifest), encoding="utf-8")

    def replace(self, other):
        """By another export, as it is."""
        shutil.rmtree(self.directory)
        shutil.copytree(other, self.directory)


def seqs_near(kind, lines, first, last):
    """The Seqs of these lines, counted from 1, and of those beside them."""
    pattern = {"jsonl": r'^\{.*?"seq":"(\d+)"', "csv": r"^(\d+)"}[kind]
    found = [re.search(pattern, line) for line in lines[max(0, first - 3):last + 1]]
    return [int(match[1]) for match in found if match]
