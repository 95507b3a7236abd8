"""Statements and the tail say the same, byte for byte, read from the files or asked of a server. [I14]"""
import json
import time

from command_line import Place, Server, ok, run


class Book:
    """Every kind of line: transfers, entries in two assets, holds in every state, reversals, atomics, terms."""

    def __init__(self, place, server):
        self.to = ("--connect", server.listen)
        self.here = ("--data", place.data)

    def do(self, *arguments):
        return json.loads(ok(*arguments, *self.to, "--json"))["seq"]

    def post(self, debit, credit, amount, *more):
        return self.do("post", "--debit", debit, "--credit", credit, "--amount", amount, *more)

    def hold(self, amount, *more):
        return self.do("hold", "place", "--debit", "users:alice", "--credit", "shop", "--amount", amount, *more)

    def fill(self):
        self.do("asset", "define", "USD")
        self.do("asset", "define", "BTC", "--scale", 8)
        for code, asset, *more in [("bank", "USD", "--type", "asset"), ("users:alice", "USD", "--min", 0), ("shop", "USD"),
                                   ("fx:usd", "USD", "--type", "asset"), ("fx:btc", "BTC", "--type", "asset"),
                                   ("users:btc", "BTC"), ("untouched", "BTC")]:
            self.do("account", "open", code, "--asset", asset, *more)
        funded = self.post("bank", "users:alice", "100", "--reference", "salary", "--description", "for ünïcode's sake",
                           "--effective-at", "2026-03-01")
        self.hold("3", "--expires-in", "1s")
        held = self.hold("20", "--description", "a room")
        self.do("hold", "capture", held, "--amount", "5", *self.here)
        self.do("hold", "capture", held, "--amount", "6", "--final", *self.here)
        self.do("hold", "release", self.hold("7"))
        beyond = run("hold", "capture", self.hold("1"), "--amount", "2", *self.to, *self.here)
        assert beyond.returncode == 1, beyond
        self.do("reverse", funded, "--amounts", "2.50,2.50", *self.here)
        self.do("post", "--posting", "debit,users:alice,10", "--posting", "credit,fx:usd,10",
                "--posting", "debit,fx:btc,0.00015", "--posting", "credit,users:btc,0.00015")
        self.do("account", "limits", "users:alice", "--min", "none", "--max", "50000")
        self.do("account", "freeze", "users:alice", "--side", "debits")
        self.do("account", "unfreeze", "users:alice")
        group = json.dumps({"key": "group", "kind": "atomic", "commands": [
            {"kind": "post_entry", "reference": "fees", "postings": [
                {"account": "users:alice", "side": "debit", "amount": "100"},
                {"account": "users:alice", "side": "debit", "amount": "25"},
                {"account": "bank", "side": "credit", "amount": "1"},
                {"account": "shop", "side": "credit", "amount": "4"},
                {"account": "shop", "side": "credit", "amount": "120"}]},
            {"kind": "place_hold", "debit": "users:alice", "credit": "shop", "amount": "200"},
            {"kind": "capture_hold", "hold": ".1", "amount": "50"},
            {"kind": "reverse_entry", "entry": ".0"}]})
        done = run("submit", "-", *self.to, input=group + "\n")
        assert done.returncode == 0, done
        # The first hold's expiry is recorded with the next block.
        time.sleep(1.1)
        return self.post("bank", "users:alice", "1")


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
