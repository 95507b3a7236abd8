"""Twelve classes of edits, each at so many seeded places of a copy of a journal: `daybook verify` finds every one
and names a first bad place that is right; the second verifier, which shares no code with it, finds those that
need no anchor."""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "oracle"))

from edits import JOURNAL_EDITS, swap_checkpoint  # noqa: E402
from flat_table import Malformed  # noqa: E402
from journal_bytes import Damage  # noqa: E402
from journal_editor import Journal  # noqa: E402
from lmdb_file import Damaged, LmdbFile  # noqa: E402
from places import SEEDS, arguments, make_journal  # noqa: E402
from second_verifier import Verification  # noqa: E402


class Book:
    """A journal with its projection, to be tampered with in copies."""

    def __init__(self, options, directory, seed):
        self.data = make_journal(options, directory, seed)
        self.projection = (directory / "data/projection/data.mdb").read_bytes()
        journal = Journal(self.data)
        self.heads = [(block.last_seq, block.hash.hex()) for block in journal.blocks]

    def anchor(self, place):
        seq, block_hash = self.heads[place]
        return f"{seq}:{block_hash}"


class Bench:
    def __init__(self, options, directory):
        self._daybook = options.daybook
        self._directory = directory
        self._count = 0

    def verify(self, journal, projection=None, anchors=()):
        """Exit code, what was printed as JSON (None for nothing), standard error."""
        self._count += 1
        at = self._directory / f"case{self._count}"
        for name, data in (("journal", journal), ("projection", projection)):
            if data is not None:
                (at / name).mkdir(mode=0o700, parents=True)
                (at / name / "data.mdb").write_bytes(data)
                (at / name / "lock.mdb").touch()
        stated = [word for anchor in anchors for word in ("--anchor", anchor)]
        done = subprocess.run([self._daybook, "verify", "--json", "--data", at, *stated], capture_output=True, text=True,
                              check=False)
        subprocess.run(["rm", "-r", at], check=True)
        return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def second_finding(data):
    """The Seq at which the second verifier finds something; None when it finds nothing."""
    verification = Verification()
    try:
        file = LmdbFile(data)
        for found in file.values(file.database("blocks")):
            verification.take(found.key, found.value)
        verification.finish()
    except (Damage, Damaged, Malformed) as problem:
        return getattr(problem, "seq", 0)
    return None


def check_journal_edit(bench, book, edit, seed):
    """What is wrong with how the edit was found; nothing when all is right."""
    chooser = random.Random(f"{edit.__name__} {seed}")
    journal = Journal(book.data)
    tampered = edit(chooser, journal, book.data)
    if tampered.needs_anchor:
        changed = tampered.changed or tampered.last
        early = chooser.choice([place for place, (seq, _) in enumerate(book.heads) if seq < changed])
        first = tampered.first or book.heads[early][0] + 1
        code, result, errors = bench.verify(tampered.file, anchors=[book.anchor(early), book.anchor(-1)])
        if edit.__name__ != "fork" and bench.verify(tampered.file)[0] != 0:
            return "it is found without an anchor: the edit is not what it should be"
    else:
        first = tampered.first
        code, result, errors = bench.verify(tampered.file)
        second = second_finding(tampered.file)
        if second is None:
            return "the second verifier finds nothing"
        if not first <= second <= tampered.last:
            return f"the second verifier names seq {second}, not one from {first} to {tampered.last}"
    if tampered.may_be_unreadable and code == 76 and "genesis block" in errors:
        return None
    if code != 1 or result is None:
        return f"exit code {code}: {errors}"
    seq = int(result["finding"]["seq"])
    if not first <= seq <= tampered.last:
        return f"named seq {seq}, not one from {first} to {tampered.last}: {result['finding']}"
    return None


def check_checkpoint_edit(bench, book, other, seed):
    chooser = random.Random(f"checkpoint {seed}")
    is_foreign = chooser.random() < 0.2
    projection = other.projection if is_foreign else swap_checkpoint(chooser, book.projection)
    code, result, errors = bench.verify(book.data, projection)
    if code == 76 and "projection" in errors:
        return None  # a row that says nothing at all, told with its remedy
    if code != 1 or result is None:
        return f"exit code {code}: {errors}"
    if "projection" not in result["finding"]["what"]:
        return f"blamed on the journal: {result['finding']}"
    return None


def main():
    options = arguments(__doc__)
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="daybook-tamper-") as name:
        directory = pathlib.Path(name)
        books = [Book(options, directory, seed) for seed in SEEDS]
        bench = Bench(options, directory)
        for book in books:
            code, result, errors = bench.verify(book.data, book.projection, [book.anchor(-1)])
            assert code == 0 and result["projection"] == "equal" and second_finding(book.data) is None, (result, errors)
        checks = {what: lambda book, _, seed, edit=edit: check_journal_edit(bench, book, edit, seed)
                  for what, edit in JOURNAL_EDITS.items()}
        checks["swap the checkpoint"] = lambda book, other, seed: check_checkpoint_edit(bench, book, other, seed)
        for what, check in checks.items():
            found = 0
            for seed in range(options.first, options.first + options.places):
                problem = check(books[seed % 2], books[1 - seed % 2], seed)
                found += problem is None
                if problem:
                    wrong += 1
                    print(f"{what}, place {seed}: {problem}", file=sys.stderr)
            print(f"{what:20} {found} of {options.places} found, the first bad place named")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
