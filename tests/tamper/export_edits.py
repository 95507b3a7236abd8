"""The twelve classes of edits, of an export's files. Each takes a random generator and an Export and changes its
directory; it returns how it is to be found."""
import hashlib
import json
import shutil
from typing import NamedTuple

from edits import JOURNAL_EDITS
from journal_editor import Journal


class Found(NamedTuple):
    """`line` is where the first bad line is, from 1; 0 where none can be named. Some are found only by the
    signature, and some only by the export behind it."""
    line: int = 0
    by_key: bool = False
    by_next: bool = False


class Export:
    """A copy of one, to be tampered with."""

    def __init__(self, directory, book, part):
        self.directory = directory
        self.book = book  # makes others of the same kind
        self.part = part
        self.manifest = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
        self.name = self.manifest["files"][0]["name"]
        self.lines = (directory / self.name).read_text(encoding="utf-8").splitlines(keepends=True)
        self.first = 0 if self.name.endswith("jsonl") else 1  # behind the head line of a CSV

    def choose(self, random, spare=0):
        return random.randrange(self.first, len(self.lines) - spare)

    def write(self, lines, random):
        """With what the manifest says of the file made good, half of the time."""
        text = "".join(lines).encode()
        (self.directory / self.name).write_bytes(text)
        is_sealed = random.random() < 0.5
        if is_sealed:
            self.manifest["files"][0].update(bytes=str(len(text)), lines=str(text.count(b"\n")),
                                             sha256=hashlib.sha256(text).hexdigest())
            self.write_manifest()
        return is_sealed

    def write_manifest(self):
        (self.directory / "manifest.json").write_text(json.dumps(self.manifest), encoding="utf-8")

    def replace(self, other):
        """By another export, as it is."""
        shutil.rmtree(self.directory)
        shutil.copytree(other, self.directory)


def found_in(export, lines, random, place):
    return Found(place + 1 if export.write(lines, random) and export.first == 0 else 0)


def modify(random, export):
    """A digit."""
    place = export.choose(random)
    line = export.lines[place]
    at = random.choice([at for at, letter in enumerate(line) if letter.isdigit()])
    digit = random.choice([digit for digit in "0123456789" if digit != line[at]])
    lines = list(export.lines)
    lines[place] = line[:at] + digit + line[at + 1:]
    export.write(lines, random)
    return Found()


def delete(random, export):
    place = export.choose(random, spare=1)
    return found_in(export, export.lines[:place] + export.lines[place + 1:], random, place)


def insert(random, export):
    """A line that nobody exported: another's, with the Seq that would be next."""
    place = export.choose(random)
    other = export.lines[export.choose(random)].replace("1", "2", 3)
    return found_in(export, export.lines[:place] + [other] + export.lines[place:], random, place)


def swap(random, export):
    lines = list(export.lines)
    places = [place for place in range(export.first, len(lines) - 1) if lines[place] != lines[place + 1]]
    place = random.choice(places)
    lines[place], lines[place + 1] = lines[place + 1], lines[place]
    return found_in(export, lines, random, place)


def truncate(random, export):
    """What is left is told by the counts."""
    export.write(export.lines[:export.choose(random)], random)
    return Found()


def duplicate(random, export):
    place = export.choose(random)
    return found_in(export, export.lines[:place + 1] + export.lines[place:], random, place + 1)


def of_tampered_journal(random, export, edit):
    """A whole export, made by Daybook itself, of a journal that was rewritten."""
    tampered = JOURNAL_EDITS[edit](random, Journal(export.book.data), export.book.data)
    export.replace(export.book.export_of(tampered.file, export.part))
    return Found(by_key=True)


def rechain(random, export):
    return of_tampered_journal(random, export, "re-chain")


def replay_backup(random, export):
    """An earlier export of the same owner, which ended earlier."""
    export.replace(export.book.earlier(random))
    return Found(by_next=True)


def swap_checkpoint(random, export):
    """The manifest of another export."""
    other = random.choice([path for path in export.book.others if path.suffix == export.directory.suffix])
    shutil.copy(other / "manifest.json", export.directory / "manifest.json")
    shutil.copy(other / "manifest.sig", export.directory / "manifest.sig")
    return Found()


def fork(random, export):
    return of_tampered_journal(random, export, "fork")


def change_author(random, export):
    """Of a record in the lines; of a CSV, which names none, in the journal it is made from."""
    if export.first:
        return of_tampered_journal(random, export, "change the author")
    place = random.choice([at for at, line in enumerate(export.lines) if '"producer":1,' in line])
    lines = list(export.lines)
    lines[place] = lines[place].replace('"producer":1,', f'"producer":{random.randint(2, 10**6)},')
    export.write(lines, random)
    return Found()


def change_version(random, export):
    export.manifest["manifest_version"] = random.choice([0, 2, 3, 77])
    export.write_manifest()
    return Found()


EXPORT_EDITS = {"modify": modify, "delete": delete, "insert": insert, "swap": swap, "truncate the tail": truncate,
                "duplicate": duplicate, "re-chain": rechain, "replay a backup": replay_backup, "fork": fork,
                "change the author": change_author, "change the version": change_version,
                "swap the checkpoint": swap_checkpoint}
