"""Twelve classes of edits, each at so many seeded places of a copy of an export: `daybook verify-export` finds every
one. What is a sound export of another journal only the owner's signature tells, or the export that follows it."""
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "oracle"))

from export_edits import EXPORT_EDITS, Export  # noqa: E402
from places import SEEDS, arguments, make_journal  # noqa: E402

FORMATS = ("jsonl", "csv")


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
        self.cut = 100
        self.first = {kind: self.export(directory / "data", kind, 1, self.cut) for kind in FORMATS}
        self.next = {kind: self.export(directory / "data", kind, self.cut + 1, None) for kind in FORMATS}

    def export(self, data, kind, start, end, is_signed=True):
        self._count += 1
        out = self._directory / f"export{self._count}.{kind}"
        words = ["--from-seq", str(start)] + (["--to-seq", str(end)] if end else [])
        words += ["--sign-key", self.key] if is_signed else []
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

    def earlier(self, chooser):
        return self.export(self._directory / "data", chooser.choice(FORMATS), 1, chooser.randint(1, self.cut - 1))


def verify(daybook, directories, public=None):
    words = ["--public-key", public] if public else []
    done = subprocess.run([daybook, "verify-export", "--json", *words, *directories], capture_output=True, text=True,
                          check=False)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, (results or [{}])[-1].get("finding"), done.stderr


def check_edit(options, book, kind, edit, seed, directory):
    """What is wrong with how the edit was found; nothing when all is right."""
    chooser = random.Random(f"{edit.__name__} {seed}")
    copy = directory / f"case.{kind}"
    shutil.copytree(book.first[kind], copy)
    try:
        found = edit(chooser, Export(copy, book, kind))
        code, finding, errors = verify(options.daybook, [copy])
        if found.by_key or found.by_next:
            if code != 0:
                return f"it is found by itself: the edit is not what it should be: {finding} {errors}"
            code, finding, errors = verify(options.daybook, [copy, book.next[kind]] if found.by_next else [copy],
                                           None if found.by_next else book.public)
        if code == 65 and "manifest" in errors:
            return None  # it is no manifest of this version, and is told so
        if code != 1 or not finding or not finding.get("file"):
            return f"exit code {code}: {finding} {errors}"
        if found.line > 0 and abs(int(finding.get("line", 0)) - found.line) > 1:
            return f"named line {finding.get('line')}, not {found.line}: {finding}"
        return None
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
                problem = check_edit(options, books[seed % 2], FORMATS[seed // 2 % 2], edit, seed, directory)
                found += problem is None
                if problem:
                    wrong += 1
                    print(f"{what}, place {seed}: {problem}", file=sys.stderr)
            print(f"{what:20} {found} of {options.places} found")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
