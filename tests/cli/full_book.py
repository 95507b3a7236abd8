"""A small book with everything in it, made through a server."""
import json
import time

from command_line import ok, run


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
