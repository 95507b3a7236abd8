"""What the tests of backups share: a server under load, backups of its book, and the way back."""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "cli"))

from command_line import BINARY, ENVIRONMENT, Place, Server, ok, ok_json, run, start  # noqa: E402, F401
from full_book import Book as FullBook  # noqa: E402, F401


def expect(code, words, *arguments):
    """One line that has the words, and the exit code."""
    done = run(*arguments)
    what = f"daybook {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}"
    assert done.returncode == code, f"exit code {done.returncode} instead of {code}: {what}"
    assert words in done.stdout + done.stderr, f"'{words}' is not in: {what}"
    assert code == 1 or len(done.stderr.splitlines()) == 1, f"more than one line: {what}"
    return done


def load(server, transfers=20_000, batch=100, wait=True):
    """Transfers between 100 accounts, as fast as it goes."""
    sender = start("bench", "transfers", "--connect", server.listen, "--no-floor", "--runs", 1, "--accounts", 100,
                   "--transfers", transfers, "--batch", batch, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return finish(sender) if wait else sender


def finish(sender):
    said, _ = sender.communicate(timeout=120)
    assert sender.returncode == 0, said


def back_up(data, to):
    return ok_json("backup", "--data", data, "--to", to)


def verify(data, *anchors):
    words = [word for anchor in anchors for word in ("--anchor", anchor)]
    found = ok_json("verify", "--data", data, *words)
    assert found["is_clean"], found
    return found


def anchor(head):
    return f"{head['head_seq']}:{head['chain_head']}"


def restore(backup, data, *more):
    return ok_json("restore", "--from", backup, "--data", data, *more)


def exported(data, out, to_seq):
    """The digest of everything the journal says, up to a seq."""
    ok("export", "--data", data, "--format", "jsonl", "--to-seq", to_seq, "--out", out)
    text = (Path(out) / "journal.jsonl").read_bytes()
    shutil.rmtree(out)
    return hashlib.sha256(text).hexdigest()


def content(directory):
    return {path.name: path.read_bytes() for path in sorted(Path(directory).iterdir())}


def refused(done):
    """For want of room: the exit code, and one line."""
    assert done.returncode in (73, 74), done
    assert len(done.stderr.splitlines()) == 1, done


def is_same(before, backup):
    assert content(backup) == before, content(backup).keys()
    assert ok_json("verify-backup", backup)["is_clean"]


def check_modes(backup):
    assert os.stat(backup).st_mode & 0o777 == 0o700, backup
    for path in Path(backup).iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path


def make_backup(place, rounds=3, transfers=3_000, batch=50):
    """A book with several blocks, and a backup of it made in so many rounds. Returns the last head."""
    backup = place.path / "backup"
    with Server(place) as server:
        FullBook(place, server).fill()
        for _ in range(rounds):
            load(server, transfers=transfers, batch=batch)
            head = back_up(place.data, backup)
    assert int(head["segments"]) == rounds, head
    return backup, head
