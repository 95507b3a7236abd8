"""The twelve classes of edits, of an export's files in every format. Each takes a random generator and an Export and
changes its directory; it returns how it is to be found."""
import re
import shutil
from typing import NamedTuple

from edits import JOURNAL_EDITS
from export_lines import Export
from journal_editor import Journal


class Found(NamedTuple):
    """`by` is what tells: the content, which then names a line between `first` and `last` (from 1; 0 for both: it
    cannot say where; `or_end`: or none, at the end of the file); the file's hash alone; the owner's signature alone;
    or the export behind it."""
    by: str
    first: int = 0
    last: int = 0
    or_end: bool = False


def told(export, lines, place, spare=0):
    """By the content, from the line at `place` on, to where the format notices at the latest."""
    export.write(lines)
    last = export.noticed(lines, place)
    return Found("content", place + 1, (last or len(lines)) + spare, or_end=last is None)


def silent(export, lines):
    """No sum and no hash within the file is about it: once the manifest is made good, only the signature is."""
    export.write(lines)
    return Found("key" if export.is_sealed else "hash")


def modify(random, export):
    """A digit that is counted; or something that stands for itself."""
    lines = list(export.lines)
    if export.kind != "jsonl" and random.random() < 0.3:
        place = random.choice(export.places(export.silent))
        lines[place] = export.edited_silently(random, lines[place])
        return silent(export, lines)
    place = random.choice(export.places(export.counted))
    spans = [match.span(1) for match in re.finditer(export.counted, lines[place])]
    at = random.choice([at for start, end in spans for at in range(start, end) if lines[place][at].isdigit()])
    digit = random.choice([digit for digit in "0123456789" if digit != lines[place][at]])
    lines[place] = lines[place][:at] + digit + lines[place][at + 1:]
    return told(export, lines, place)


def delete(random, export):
    places = export.places(export.postings)
    place = random.choice(places[:-1] if export.kind == "jsonl" else places)
    return told(export, export.lines[:place] + export.lines[place + 1:], place)


def insert(random, export):
    """A line that nobody exported: another's."""
    place, other = random.choice(export.places(export.postings)), random.choice(export.places(export.postings))
    line = export.lines[other]
    if export.kind in ("csv", "jsonl"):
        line = line.replace("1", "2", 3)  # as if of the Seq that would be next
    return told(export, export.lines[:place] + [line] + export.lines[place:], place, spare=1)


def swap(random, export):
    """A line with the one behind it. The order of a transaction's postings means nothing to the plain-text ledgers."""
    lines = list(export.lines)
    pairs = [place for place in export.places(export.heads) if export.heads != export.postings or
             place + 1 in export.places(export.heads)]
    loose = [place for place in export.places(export.postings)
             if export.is_loose(place) and export.is_loose(place + 1) and lines[place] != lines[place + 1]]
    is_silent = bool(loose) and random.random() < 0.3
    place = random.choice(loose if is_silent else pairs)
    lines[place], lines[place + 1] = lines[place + 1], lines[place]
    return silent(export, lines) if is_silent else told(export, lines, place, spare=1)


def truncate(random, export):
    """What is left is told by the counts, or by what is missing at the end."""
    export.write(export.lines[:random.choice(export.places(export.postings))])
    return Found("content")


def duplicate(random, export):
    place = random.choice(export.places(export.postings))
    return told(export, export.lines[:place + 1] + export.lines[place:], place + 1, spare=1)


def of_tampered_journal(random, export, edit):
    """A whole export, made by Daybook itself, of a journal that was rewritten."""
    tampered = JOURNAL_EDITS[edit](random, Journal(export.book.data), export.book.data)
    export.replace(export.book.export_of(tampered.file, export.kind))
    return Found("key")


def rechain(random, export):
    return of_tampered_journal(random, export, "re-chain")


def replay_backup(random, export):
    """An earlier export of the same owner, which ended earlier."""
    export.replace(export.book.earlier(random, export.kind))
    return Found("next")


def swap_checkpoint(random, export):
    """The manifest of another export."""
    other = random.choice([path for path in export.book.others if path.suffix == export.directory.suffix])
    shutil.copy(other / "manifest.json", export.directory / "manifest.json")
    shutil.copy(other / "manifest.sig", export.directory / "manifest.sig")
    return Found("content")


def fork(random, export):
    return of_tampered_journal(random, export, "fork")


def change_author(random, export):
    """Of a record in the lines; of the formats that name none, in the journal they are made from."""
    if export.kind != "jsonl":
        return of_tampered_journal(random, export, "change the author")
    place = random.choice(export.places('"producer":1,'))
    lines = list(export.lines)
    lines[place] = lines[place].replace('"producer":1,', f'"producer":{random.randint(2, 10**6)},')
    return told(export, lines, place)


def change_version(random, export):
    export.manifest["manifest_version"] = random.choice([0, 2, 3, 77])
    export.write_manifest()
    return Found("manifest")


EXPORT_EDITS = {"modify": modify, "delete": delete, "insert": insert, "swap": swap, "truncate the tail": truncate,
                "duplicate": duplicate, "re-chain": rechain, "replay a backup": replay_backup, "fork": fork,
                "change the author": change_author, "change the version": change_version,
                "swap the checkpoint": swap_checkpoint}
