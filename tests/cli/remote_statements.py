"""Statements and the tail say the same, byte for byte, read from the files or asked of a server. [I14]"""
import json

from command_line import Place, Server, ok, run
from full_book import Book


def cursors(text):
    """What `--before` may be given: under the table, or in the last object."""
    return [line["next"] for line in map(json.loads, text.splitlines()) if "next" in line]


def kinds(text):
    return {line["kind"] for line in map(json.loads, text.splitlines()) if "kind" in line}


with Place() as at:
    query, files = ("--query", at.query), ("--data", at.data)

    def same(*arguments):
        """The output, text and JSON, is the same from both."""
        for form in ((), ("--json",)):
            local = ok("statement", *arguments, *form, *files)
            remote = ok("statement", *arguments, *form, *query)
            assert remote == local, f"{arguments}\n{local}\n{remote}"
        return local

    def same_error(code, *arguments):
        told = [run("statement", *arguments, *where) for where in (files, query)]
        assert [done.returncode for done in told] == [code, code], told
        assert told[0].stderr == told[1].stderr and told[0].stderr, told

    with Server(at) as server:
        book = Book(at, server)
        head = int(book.fill())
        seen = set()
        for account in "bank", "users:alice", "shop", "fx:usd", "fx:btc", "users:btc", "untouched":
            whole = same(account, "--all", "--min-seq", head)
            seen |= kinds(whole)
            assert same(account) == whole
            joined, cursor = [], []
            while True:
                page = same(account, "--limit", 3, *cursor)
                joined += page.splitlines()[1:-1]
                if not cursors(page):
                    break
                cursor = ["--before", cursors(page)[0]]
            assert joined == whole.splitlines()[1:-1], joined
        same("users:alice", "--from-seq", 12, "--to-seq", 16)
        same("users:alice", "--to-seq", head)
        same("users:alice", "--from-seq", head)
        same("users:alice", "--from", "1990-01-01", "--to", "2200-01-01")
        same("users:alice", "--from", "2200-01-01", "--to", "2200-01-02")
        first = json.loads(ok("statement", "bank", "--json", *query).splitlines()[-2])["recorded_at"]
        same("users:alice", "--from", first)
        same("users:alice", "--before", "14")
        same_error(66, "nobody")
        same_error(66, "not a code")
        same_error(66, "users:alice", "--to-seq", 999)
        same_error(66, "users:alice", "--from-seq", 999)
        same_error(66, "users:alice", "--to", "1999-12-31")
        same_error(64, "users:alice", "--from", "yesterday")
        same_error(64, "users:alice", "--from-seq", 5, "--to-seq", 4)
        same_error(64, "users:alice", "--before", "x")
        # The tail too, though it begins behind what opened the accounts.
        for seq in range(1, head + 1):
            told = [ok("tail", "--from-seq", seq, *where) for where in (query, files)]
            assert told[0] == told[1], told
            assert "#" not in told[0] and "minor units" not in told[0], told

        late = run("statement", "users:alice", *query, "--min-seq", head + 1, "--wait", 50)
        assert late.returncode == 75 and f"at seq {head}, before {head + 1}" in late.stderr, late

        # More lines than one answer holds.
        submitted = "".join(json.dumps({"key": f"many-{i}", "kind": "transfer", "debit_account_number": "1",
                                        "credit_account_number": "3", "amount": "1"}) + "\n" for i in range(1300))
        assert run("submit", "-", *book.to, input=submitted).returncode == 0
        seen |= kinds(same("shop", "--all", "--min-seq", head + 1300))
        assert len(seen) == 9, seen
        same("shop", "--limit", 1100)
