"""Segments that are damaged, missing, cut, put back from yesterday or of another book are never read as if they were
whole: exit code 76 and one line that names the file; a full disk leaves the journal as it was.
Options: --flips N, --seed N."""
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser

import views

from command_line import BINARY, ENVIRONMENT, Place, Server, ok, run


def make_book(at):
    with Server(at) as server:
        ok("bench", "transfers", "--transfers", 12_000, "--batch", 200, "--runs", 1, "--no-floor", "--connect", server.listen,
           "--data", at.data)


def tail(data):
    return run("tail", "--data", data, "--json", "--from-seq", 1)


def refused(done, *names):
    """The reader said no, in one line that names the file and the remedy."""
    words = done.stderr
    return done.returncode == 76 and all(name in words for name in names) and "backup" in words and words.count("\n") == 1


def server_refuses(at, *names):
    process = subprocess.run([BINARY, "serve", "--data", at.data, "--listen", at.listen, "--feed", at.feed, "--query", at.query,
                              "--disk-reserve", "1"], capture_output=True, text=True, env=ENVIRONMENT, timeout=60, check=False)
    lines = [line for line in process.stderr.splitlines() if line.startswith("daybook:")]
    assert process.returncode == 76 and len(lines) == 1, process
    assert all(name in lines[0] for name in names) and "backup" in lines[0], lines


def flip(path, chooser):
    data = bytearray(path.read_bytes())
    data[chooser.randrange(len(data))] ^= 1 << chooser.randrange(8)
    path.write_bytes(data)


def check_flips(at, whole, before, count, chooser):
    """Bits that are read stop the reader; those that no reader looks at change nothing."""
    told = unread = 0
    for _ in range(count):
        path = chooser.choice(sorted((at.data / "archive").iterdir()))
        flip(path, chooser)
        done = tail(at.data)
        if done.returncode == 0:
            assert done.stdout == before.stdout, f"{path}: a wrong answer"
            unread += 1
        else:
            assert refused(done, path.name), done
            assert before.stdout.startswith(done.stdout), f"{path}: a wrong answer before the error"
            told += 1
        shutil.copy(whole / "archive" / path.name, path)
    assert tail(at.data).stdout == before.stdout
    assert told > unread, (told, unread)
    return told, unread


def check_files(at, whole, other):
    """Whole files that are not what they should be."""
    first, middle, *_, last = sorted((at.data / "archive").iterdir())

    def restore():
        shutil.rmtree(at.data / "archive", ignore_errors=True)
        shutil.copytree(whole / "archive", at.data / "archive")
    for what, names in (
            (lambda: first.unlink(), ("archive", "seq 1 ")),
            (lambda: middle.unlink(), ("archive",)),
            (lambda: last.unlink(), ("archive",)),
            (lambda: shutil.rmtree(at.data / "archive"), ("archive",)),
            (lambda: middle.write_bytes(middle.read_bytes()[:-1]), (middle.name,)),
            (lambda: middle.write_bytes(b""), (middle.name,)),
            (lambda: shutil.copy(sorted((other / "archive").iterdir())[0], first), (first.name, "another book")),
            (lambda: shutil.copy(first, middle), (middle.name,))):
        what()
        server_refuses(at, *names)
        assert refused(tail(at.data), *names), tail(at.data)
        assert run("verify", "--data", at.data).returncode in (1, 76)
        assert run("archive", "--data", at.data, "--keep", 1).returncode == 76
        restore()
    # What follows the archive's end is not the journal that was archived.
    shutil.rmtree(at.data / "archive")
    shutil.copytree(other / "archive", at.data / "archive")
    server_refuses(at, "another book")
    restore()
    (at.data / "archive").chmod(0o755)
    assert run("balance", "--data", at.data).returncode in (0, 77)
    done = run("verify", "--data", at.data)
    assert done.returncode == 77 and "chmod 700" in done.stderr, done
    restore()
    assert tail(at.data).returncode == 0


def full_disk():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))


def check_full_disk(at, whole, before):
    shutil.rmtree(at.data)
    shutil.copytree(whole, at.data)
    done = subprocess.run([BINARY, "archive", "--data", at.data, "--keep", "10"], capture_output=True, text=True,
                          env=ENVIRONMENT, preexec_fn=full_disk, check=False, timeout=60)
    assert done.returncode == 73 and "make room" in done.stderr, done
    assert list((at.data / "archive").iterdir()) == []
    assert tail(at.data).stdout == before.stdout
    ok("archive", "--data", at.data, "--keep", 10)
    assert tail(at.data).stdout == before.stdout


def main():
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("daybook")
    parser.add_argument("--flips", type=int, default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    chooser = random.Random(options.seed)
    with Place() as at, Place() as elsewhere:
        for place in (at, elsewhere):
            make_book(place)
        plain = at.path / "plain"
        shutil.copytree(at.data, plain)
        before = tail(at.data)
        assert before.returncode == 0
        for place in (at, elsewhere):
            ok("archive", "--data", place.data, "--keep", 500, "--segment-mib", 1)
        whole = at.path / "whole"
        shutil.copytree(at.data, whole)
        told, unread = check_flips(at, whole, before, options.flips, chooser)
        check_files(at, whole, elsewhere.data)
        assert views.verified(at.data)["projection"] == "equal"
        check_full_disk(at, plain, before)
    print(f"seed {options.seed}: {options.flips} flips, {told} told, {unread} in bytes that nobody reads, 0 wrong answers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
