"""A projection of another book beside a journal, as a copied directory leaves it, is never answered from."""
import json
import shutil
import subprocess
import sys
from pathlib import Path

from command_line import Place, Server, ok, ok_json, run

READER = Path(sys.argv[2])
PYTHON = "/usr/bin/python3"


def make(place, amount):
    with Server(place) as server:
        to = ("--connect", server.listen)
        ok("asset", "define", "USD", "--scale", 2, *to)
        ok("account", "open", f"bank:{amount}", "--asset", "USD", "--type", "asset", *to)
        ok("account", "open", "users:alice", "--asset", "USD", *to)
        ok("post", "--debit", f"bank:{amount}", "--credit", "users:alice", "--amount", amount, *to)
        ok("hold", "place", "--debit", "users:alice", "--credit", f"bank:{amount}", "--amount", 1, *to)
        ok("balance", "--data", place.data, "--min-seq", 5)
        return ok_json("status", "--query", place.query)["book"]


def refused(done, words="is of another book"):
    assert done.returncode == 76 and done.stdout == "", done
    assert words in done.stderr and "delete the projection" in done.stderr, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


READS = (["balance"], ["balance", "users:alice"], ["balance", "--at-seq", 4], ["trial-balance"],
         ["account", "show", "users:alice"], ["hold", "list"], ["hold", "show", 5], ["entry", 4], ["book-hash"],
         ["statement", "users:alice"])


def swap(own, foreign):
    shutil.rmtree(own.data / "projection")
    shutil.copytree(foreign.data / "projection", own.data / "projection")


with Place() as first, Place() as second:
    books = make(first, 10), make(second, 9999)
    for read in READS:
        ok(*read, "--data", first.data)

    # The same book, but the journal is a backup from before: ahead of it the projection is not its.
    older = first.path / "older"
    shutil.copytree(first.data, older)
    with Server(first) as more:
        ok("account", "open", "users:bob", "--asset", "USD", "--connect", more.listen)
        ok("balance", "users:bob", "--data", first.data, "--min-seq", 6)
    shutil.rmtree(older / "projection")
    shutil.copytree(first.data / "projection", older / "projection")
    refused(run("balance", "--data", older), "is ahead of the journal")

    swap(first, second)
    for read in READS:
        refused(run(*read, "--data", first.data))
        refused(run(*read, "--json", "--data", first.data))
    # The journal itself is right: only names that it does not tell are lost.
    tail = run("tail", "--data", first.data)
    assert tail.returncode == 0 and "bank:10" in tail.stdout and "9999" not in tail.stdout, tail
    assert "is of another book" in tail.stderr, tail.stderr
    tail = run("tail", "--last", 2, "--data", first.data)
    assert "9999" not in tail.stdout and "100 minor units" in tail.stdout, tail
    under = ok("tail", "--account-prefix", "bank", "--json", "--data", first.data).splitlines()
    assert [json.loads(line)["seq"] for line in under] == ["2", "4", "5"], under

    # Without the journal there is nothing to compare with: the projection says what it says.
    alone = first.path / "alone"
    alone.mkdir()
    shutil.copytree(second.data / "projection", alone / "projection")
    assert ok_json("balance", "users:alice", "--data", alone)["posted"] == "999900"
    for book, code in zip(books, (1, 0)):
        done = subprocess.run([PYTHON, "-B", READER, str(alone / "projection"), "users:alice", book],
                              capture_output=True, text=True, check=False)
        assert done.returncode == code, done
        assert ("9999.00" in done.stdout) if code == 0 else (books[1] in done.stderr and not done.stdout), done

    # A start makes it right again.
    with Server(first):
        ok("balance", "users:bob", "--data", first.data, "--min-seq", 6)
    for read in READS:
        ok(*read, "--data", first.data)
