"""Twelve classes of edits, each at so many seeded places of copies of exports in every format, half of them with the
hashes of the manifest made good: `daybook verify-export` finds every one, and names its line where the content can tell.
What stands for itself, or is a sound export of another journal, only the owner's signature tells, or the export that
follows."""
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "oracle"))

from export_edits import EXPORT_EDITS  # noqa: E402
from export_lines import FORMATS, Export, lines_of, seqs_near  # noqa: E402
from places import SEEDS, arguments, make_journal  # noqa: E402

ACCOUNTS = ["--account", "alice", "--account", "bob"]  # of the statements


class Book:
    """A journal and its signed exports: up to some Seq, and from there on."""

    def __init__(self, options, directory, seed):
        self._daybook = options.daybook
        self._directory = directory
        directory.mkdir()
        self.data = make_journal(options, directory, seed)
        self.key, self.public = directory / "key.pem", directory / "public.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.key], check=True)
        subprocess.run(["openssl", "pkey", "-in", self.key, "-pubout", "-out", self.public], check=True)
        self.others = []  # exports of the other book
        self._count = 0
        self.cut = self.end_of_block(100)
        self.first = {kind: self.export(directory / "data", kind, 1, self.cut) for kind in FORMATS}
        self.next = {kind: self.export(directory / "data", kind, self.cut + 1, None) for kind in FORMATS}

    def end_of_block(self, seq):
        """Where it ends that has the Seq: a part of a block is only covered by the export behind it."""
        out = self.export(self._directory / "data", "jsonl", seq, seq)
        block = json.loads((out / "manifest.json").read_text())["last_block"]
        return int(block["first_seq"]) + block["records"] - 1

    def export(self, data, kind, start, end, is_signed=True):
        self._count += 1
        out = self._directory / f"export{self._count}.{kind}"
        words = ["--from-seq", str(start)] + (["--to-seq", str(end)] if end else [])
        words += ["--sign-key", self.key] if is_signed else []
        words += [*ACCOUNTS, "--statement", "1" if start == 1 else "2"] if kind == "camt053" else []
        done = subprocess.run([self._daybook, "export", "--data", data, "--format", kind, "--out", out, *words],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done
        return out

    def export_of(self, journal, part):
        """The same cut of another journal; without its owner's key."""
        data = self._directory / f"tampered{self._count}"
        (data / "journal").mkdir(mode=0o700, parents=True)
        (data / "journal/data.mdb").write_bytes(journal)
        out = self.export(data, part, 1, self.cut, is_signed=False)
        shutil.rmtree(data)
        return out

    def earlier(self, chooser, kind):
        # The statements' accounts are open from the beginning.
        return self.export(self._directory / "data", kind, 1, chooser.randint(30, self.cut - 1))


def verify(daybook, directories, public=None):
    words = ["--public-key", public] if public else []
    done = subprocess.run([daybook, "verify-export", "--json", *words, *directories], capture_output=True, text=True,
                          check=False)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, (results or [{}])[-1].get("finding"), done.stderr


def why_not_named(export, finding, found):
    """What is wrong with the place that was named; nothing when it is right."""
    line = int(finding.get("line", 0))
    if found.last == 0 or (line == 0 and found.or_end):
        return None
    if not found.first <= line <= found.last:
        return f"named line {line}, not one of {found.first} to {found.last}: {finding}"
    if export.kind not in ("csv", "jsonl"):
        return None
    # As the lines were, or as they are now; of JSONL the one that is due.
    seqs = [seq for lines in (export.lines, lines_of(export.directory / export.name))
            for seq in seqs_near(export.kind, lines, found.first, found.last)]
    seq = int(finding.get("seq", 0))
    is_first_row = export.kind == "csv" and line == 2  # before which there was no seq
    if seq in seqs or seq - 1 in seqs or (seq == 0 and is_first_row):
        return None
    return f"named seq {seq}, not one of {seqs}: {finding}"


def check_edit(options, book, kind, edit, seed, is_sealed, directory):
    """What is wrong with how the edit was found; nothing when all is right."""
    chooser = random.Random(f"{edit.__name__} {seed}")
    copy = directory / f"case.{kind}"
    shutil.copytree(book.first[kind], copy)
    try:
        export = Export(copy, book, kind, is_sealed)
        found = edit(chooser, export)
        code, finding, errors = verify(options.daybook, [copy])
        if found.by == "manifest":
            return None if code == 65 and "manifest" in errors else f"exit code {code}: {errors}"
        if found.by in ("key", "next"):
            if code != 0:
                return f"it is found by itself: the edit is not what it should be: {finding} {errors}"
            is_next = found.by == "next"
            code, finding, errors = verify(options.daybook, [copy, book.next[kind]] if is_next else [copy],
                                           None if is_next else book.public)
        if code != 1 or not finding or not finding.get("file"):
            return f"exit code {code}: {finding} {errors}"
        if found.by == "hash":
            is_hash = finding["file"] == export.name and "line" not in finding and "manifest" in finding["what"]
            return None if is_hash else f"not told by the file's hash: {finding}"
        return why_not_named(export, finding, found) if found.by == "content" else None
    finally:
        shutil.rmtree(copy)


def main():
    options = arguments(__doc__)
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="daybook-tamper-") as name:
        directory = pathlib.Path(name)
        books = [Book(options, directory / str(seed), seed) for seed in SEEDS]
        for book, other in (books, books[::-1]):
            book.others = [other.first[kind] for kind in FORMATS] + [book.next[kind] for kind in FORMATS]
            for kind in FORMATS:
                code, finding, errors = verify(options.daybook, [book.first[kind], book.next[kind]], book.public)
                assert code == 0, (finding, errors)
        for what, edit in EXPORT_EDITS.items():
            found = 0
            for seed in range(options.first, options.first + options.places):
                kind, is_sealed = FORMATS[seed % len(FORMATS)], seed // len(FORMATS) % 2 == 0
                book = books[seed // (2 * len(FORMATS)) % 2]
                problem = check_edit(options, book, kind, edit, seed, is_sealed, directory)
                found += problem is None
                if problem:
                    wrong += 1
                    print(f"{what} in {kind}, place {seed}: {problem}", file=sys.stderr)
            print(f"{what:20} {found} of {options.places} found")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
