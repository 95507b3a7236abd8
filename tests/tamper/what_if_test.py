"""`daybook what-if` over journals whose records were made by other rules: one record is changed as those rules would
have decided it, and everything behind it sealed again. It names exactly that Seq and what is different."""
import json
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "oracle"))

from journal_editor import Journal  # noqa: E402
from places import SEEDS, arguments, make_journal  # noqa: E402
from record_bytes import HEADER, REJECTIONS, read_record  # noqa: E402

CODE_AT = 26  # behind verdict
REJECTED = 2


def what_if(options, directory, data, *more):
    """Exit code and what was printed as JSON."""
    at = directory / "case"
    (at / "journal").mkdir(mode=0o700, parents=True)
    (at / "journal/data.mdb").write_bytes(data)
    (at / "journal/lock.mdb").touch()
    done = subprocess.run([options.daybook, "what-if", "--json", "--data", at, *more], capture_output=True, text=True,
                          check=False)
    subprocess.run(["rm", "-r", at], check=True)
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


def with_record(journal, seq, changed):
    """The journal's file with this record in place of the one there was, chained anew behind it."""
    place = next(at for at, block in enumerate(journal.blocks) if block.first_seq <= seq <= block.last_seq and at)
    block = journal.blocks[place]
    records = list(block.records)
    records[seq - block.first_seq] = changed
    blocks = list(journal.blocks)
    blocks[place] = block._replace(records=records)
    return journal.file(journal.sealed(blocks, place))


def rejected(journal):
    """Seqs and bytes of the records that were rejected."""
    return [(block.first_seq + at, record) for block in journal.blocks for at, record in enumerate(block.records)
            if HEADER.unpack_from(record)[5] == REJECTED]


def check_another_reason(options, directory, data, chooser):
    journal = Journal(data)
    seq, record = chooser.choice(rejected(journal))
    code = struct.unpack_from("<H", record, CODE_AT)[0]
    assert REJECTIONS[code] == read_record(record)["code"]
    other = chooser.choice([number for number in REJECTIONS if number not in (0, code)])
    changed = bytearray(record)
    struct.pack_into("<H", changed, CODE_AT, other)
    exit_code, found = what_if(options, directory, with_record(journal, seq, bytes(changed)))
    assert exit_code == 1, found
    first = found["first"]
    assert (first["seq"], first["kind"]) == (str(seq), "outcome"), first
    assert first["recorded"] == f"rejected {REJECTIONS[other]}", first
    assert first["decided"] == f"rejected {REJECTIONS[code]}", first
    assert found["decisions_differ"] == "1" and found["accounts_differ"] == "0", found
    assert found["outcomes"] == [{"recorded": first["recorded"], "decided": first["decided"], "count": "1"}], found
    before = what_if(options, directory, with_record(journal, seq, bytes(changed)), "--to-seq", str(seq - 1))
    assert before[0] == 0 and before[1]["is_same"] and before[1]["to_seq"] == str(seq - 1), before


def main():
    options = arguments(__doc__)
    with tempfile.TemporaryDirectory(prefix="daybook-what-if-") as name:
        directory = pathlib.Path(name)
        for seed in SEEDS:
            data = make_journal(options, directory, seed)
            code, found = what_if(options, directory, data)
            assert code == 0 and found["is_same"] and "first" not in found and found["accounts"] == [], found
            for place in range(options.places // 2):
                check_another_reason(options, directory, data, random.Random(f"{seed} {place}"))
            assert what_if(options, directory, data, "--to-seq", "1000000")[0] == 66
            assert what_if(options, directory, data, "--to-seq", "0")[0] == 64
    return 0


if __name__ == "__main__":
    sys.exit(main())
