"""A walk through every kind of command from the command line, against one server."""
import json

from command_line import Place, Server, ok, ok_json, run


class Walk:
    def __init__(self, place, server):
        self.place = place
        self.to = ("--connect", server.listen)
        self.here = ("--data", place.data)

    def do(self, *arguments):
        """The receipt of a command that is accepted."""
        return ok_json(*arguments, *self.to)

    def fail(self, code, *arguments):
        """The receipt of one that is rejected."""
        done = run(*arguments, *self.to, "--json")
        assert done.returncode == 1, f"{arguments}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
        receipt = json.loads(done.stdout)
        assert receipt["code"] == code, receipt
        return receipt

    def error(self, exit_code, words, *arguments):
        done = run(*arguments)
        assert done.returncode == exit_code, f"{arguments}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
        assert words in done.stderr, f"'{words}' is not in: {done.stderr}"

    def read(self, *arguments):
        """A reading that shows all that was answered."""
        head = json.loads(ok("info", *self.to, "--json"))["head"]
        return [json.loads(line) for line in ok(*arguments, *self.here, "--json", "--min-seq", head).splitlines()]

    def available(self, account):
        return self.read("balance", account)[0]["available"]

    def submit(self, lines, *options):
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n"
        return run("submit", "-", *options, *self.to, input=text)


def opens(walk):
    for asset in "USD", "EUR":
        walk.do("asset", "define", asset)
    for code, asset, *more in [("bank:cash", "USD", "--type", "asset"), ("users:alice", "USD", "--min", 0),
                               ("users:bob", "USD", "--min", 0), ("shop:till", "USD"), ("fx:usd", "USD", "--type", "asset"),
                               ("fx:eur", "EUR", "--type", "asset"), ("alice:eur", "EUR"), ("fx:rounding", "EUR")]:
        walk.do("account", "open", code, "--asset", asset, *more)
    return walk.do("post", "--debit", "bank:cash", "--credit", "users:alice", "--amount", "100.00", "--key", "fund",
                   "--reference", "salary", "--unique-reference", "--tag", "ab" * 16, "--effective-at", "2026-03-01")["seq"]


def terms(walk, funded):
    """What a command may say of itself, require and be tried for."""
    post = ("post", "--debit", "users:alice", "--credit", "users:bob", "--amount", "1.00")
    receipt = walk.fail("reference_exists", *post, "--reference", "salary", "--unique-reference")
    assert receipt["subject"] == funded, receipt
    receipt = walk.fail("precondition_failed", *post, "--require", "users:alice,version,eq,1",
                        "--require", "users:alice,available,gte,100.01")
    assert receipt["remarks"] == [{"kind": "unmet", "account_number": "2", "condition": 1, "value": "10000",
                                   "demanded": "10001"}], receipt
    text = run(*post, *walk.to, "--require", "users:bob,posted,gt,2", "--require", "users:bob,version,eq,9").stdout
    assert "condition 0 is not met: users:bob stands at 0.00 USD, not as demanded: 2.00 USD" in text, text
    text = run(*post[:-1], "100.01", *walk.to).stdout
    assert "rejected insufficient_funds" in text and "users:alice stands at 100.00 USD, bound 0.00 USD" in text, text
    tried = walk.do(*post, "--dry-run", "--key", "tried", "--require", "users:alice,posted,lte,100")
    assert tried["dry_run"] is True and tried["outcome"] == "accepted", tried
    assert walk.available("users:bob") == "0", "a dry run acted"
    walk.error(64, "digits after the point", *post, "--minor", *walk.to)
    walk.do(*post[:-1], "1", "--minor", "--key", "tried")
    assert walk.available("users:bob") == "1"
    receipt = walk.do("post", "--debit", "users:bob", "--credit", "users:alice", "--amount", "50", "--balancing", "debit")
    assert receipt["remarks"] == [{"kind": "taken", "amount": "1"}], receipt
    for words, *wrong in [("is not a condition", "--require", "users:alice,version,eq"),
                          ("is not a condition", "--require", "users:alice,size,eq,1"),
                          ("digits after the point", "--require", "users:alice,version,eq,1.5"),
                          ("is not a tag", "--tag", "xyz"), ("is not a moment", "--effective-at", "yesterday"),
                          ("is not a moment", "--effective-at", "2026-02-30"), ("cannot balance", "--balancing", "all"),
                          ("is not a rate", "--rate", "0.9"), ("--reference", "--unique-reference")]:
        walk.error(64, words, *post, *wrong, *walk.to)


def holds(walk):
    place = ("hold", "place", "--debit", "users:alice", "--credit", "shop:till", "--amount", "30")
    hold = walk.do(*place, "--expires-in", "7d")["seq"]
    second = walk.do(*place, "--expires-at", "2099-01-01T00:00:00+01:00")["seq"]
    assert walk.available("users:alice") == "4000"
    shown, = walk.read("hold", "show", hold)
    assert (shown["debit"], shown["credit"], shown["remaining"], shown["captured"]) == \
        ("users:alice", "shop:till", "3000", "0"), shown
    listed = walk.read("hold", "list", "--account", "shop:till")
    assert [line["hold"] for line in listed] == [hold, second], listed
    assert listed[1]["expires_at"] == "2098-12-31T23:00:00.000000Z", listed
    assert not walk.read("hold", "list", "--account", "users:bob")

    capture = ("hold", "capture", hold, "--amount", "12.50")
    walk.error(66, "--minor", *capture, *walk.to, "--data", walk.place.path / "elsewhere")
    walk.do(*capture, *walk.here)
    receipt = walk.fail("exceeds_hold", "hold", "capture", hold, "--amount", "17.51", "--account", "users:alice")
    assert receipt["remarks"][0]["left"] == "1750", receipt
    assert "17.50 USD are left of" in ok("tail", *walk.here, "--last", 1)
    last = ("hold", "capture", hold, "--amount", "2.50", "--final", "--key", "last")
    walk.do(*last, *walk.here)
    assert walk.do(*last, *walk.here)["replayed"], "the units of a hold that has ended are known"
    walk.fail("hold_captured", "hold", "release", hold)
    walk.error(66, "--dry-run", "hold", "show", hold, *walk.here)
    walk.do("hold", "release", second, "--description", "changed her mind")
    assert walk.available("users:alice") == "8500" and walk.available("shop:till") == "1500"
    walk.error(64, "time span", *place, "--expires-in", "7 days", *walk.to)
    walk.error(64, "not an id", "hold", "release", ".1", *walk.to)
    text = ok("tail", *walk.here)
    assert "12.50 USD posted" in text and "2.50 USD posted" in text, text


def life(walk):
    post = ("post", "--debit", "users:alice", "--credit", "users:bob", "--amount", "5")
    walk.do("account", "freeze", "users:alice", "--side", "debits")
    walk.fail("account_frozen", *post)
    assert walk.read("account", "show", "users:alice")[0]["state"] == "frozen_debits"
    walk.do("account", "unfreeze", "users:alice")
    walk.do(*post)
    walk.do("account", "limits", "users:bob", "--min", "-500", "--max", "none")
    walk.fail("limits_unchanged", "account", "limits", "users:bob", "--min", "-500", "--max", "none")
    bob, = walk.read("account", "show", "users:bob")
    assert bob["min"] == "-500" and "max" not in bob and bob["posted"] == "500", bob
    walk.fail("account_not_empty", "account", "close", "users:bob")
    walk.do("post", "--debit", "users:bob", "--credit", "users:alice", "--amount", "5")
    walk.do("account", "close", "users:bob")
    walk.fail("account_closed", *post)
    assert "state      closed" in ok("account", "show", "users:bob", *walk.here)
    walk.error(64, "--max", "account", "limits", "users:bob", "--min", 0, *walk.to)
    walk.error(64, "is not a side", "account", "freeze", "users:alice", "--side", "left", *walk.to)


def reversals(walk, funded):
    walk.error(64, "2 postings", "reverse", funded, "--amounts", "10", *walk.to, *walk.here)
    part = walk.do("reverse", funded, "--amounts", "10.00,10.00", *walk.here)["seq"]
    rest = walk.fail("insufficient_funds", "reverse", funded)["seq"]
    walk.do("post", "--debit", "bank:cash", "--credit", "users:alice", "--amount", "15")
    rest = walk.do("reverse", funded, "--description", "the rest")["seq"]
    walk.fail("already_reversed", "reverse", funded, "--minor", "--amounts", "1,1")
    walk.fail("reversal_of_reversal", "reverse", part)
    original, = walk.read("entry", funded)
    assert original["reversed_by"] == [part, rest], original
    assert original["command"]["reference"] == "salary" and original["command"]["tag"] == "ab" * 16, original
    assert original["command"]["effective_at_ns"] == str(1_772_323_200 * 10**9), original
    assert [(line["account"], line["side"], line["amount"]) for line in original["postings"]] == \
        [("bank:cash", "debit", "10000"), ("users:alice", "credit", "10000")], original
    reversal, = walk.read("entry", part)
    assert reversal["reverses"] == funded and reversal["postings"][0]["side"] == "credit", reversal
    text = ok("entry", funded, *walk.here)
    assert f"reversed by  {part}, {rest}" in text and "100.00 USD" in text, text
    assert f"reverses     {funded}" in ok("entry", rest, *walk.here)
    walk.error(66, "there is no record", "entry", 9999, *walk.here)
    walk.error(66, "no member", "entry", f"{part}.1", *walk.here)


def exchange(walk):
    def swap(eur, *rate):
        return ("post", "--posting", "debit,fx:usd,10.00", "--posting", "credit,users:alice,10.00",
                "--posting", f"credit,alice:eur,{eur}", "--posting", "debit,fx:eur,9.14", *rate)

    rate = ("--rate", "9137/10000")
    exact = ("--posting", "credit,fx:rounding,0.01", "--residue", "fx:rounding")
    walk.do(*swap("9.14"), *rate, "--rounding", "half_up")
    receipt = walk.fail("rate_mismatch", *swap("9.14"), *rate)
    assert receipt["remarks"] == [{"kind": "rate", "expected": "913", "stated": "914"}], receipt
    walk.do(*swap("9.13"), *exact, *rate, "--rounding", "down")


def submits(walk):
    atomic = {"key": "group", "kind": "atomic", "commands": [
        {"kind": "open_account", "code": "users:carol", "asset": "USD", "type": "liability", "min": "0"},
        {"kind": "post_entry", "reference": "gift", "postings": [
            {"account": "bank:cash", "side": "debit", "amount": "700"},
            {"account": "users:carol", "side": "credit", "amount": "700"}]},
        {"kind": "place_hold", "debit": "users:carol", "credit": "shop:till", "amount": "200"},
        {"kind": "capture_hold", "hold": ".2", "amount": "50"}],
        "require": [{"account": "users:alice", "measure": "available", "is": "gte", "value": "0"}]}
    good = [atomic,
            {"key": "t1", "kind": "transfer", "debit_account_number": "1", "credit_account_number": "2", "amount": "5"},
            "",
            {"key": "t2", "kind": "transfer", "debit_account_number": "1", "credit_account_number": "2", "amount": "6"},
            {"key": "gone", "kind": "void_key"}]
    tried = walk.submit(good[:2], "--dry-run")
    assert tried.returncode == 0 and all(json.loads(line)["dry_run"] for line in tried.stdout.splitlines()), tried
    first = walk.submit(good)
    receipts = [json.loads(line) for line in first.stdout.splitlines()]
    assert [receipt["outcome"] for receipt in receipts] == ["accepted"] * 3 + ["rejected"], first
    assert first.returncode == 0, "a key that is voided as asked is no finding"
    taken = walk.submit([{**good[1], "key": "gone"}, {"key": "t1", "kind": "void_key"}])
    assert taken.returncode == 1 and [json.loads(line)["outcome"] for line in taken.stdout.splitlines()] == \
        ["rejected", "accepted"], taken
    group = receipts[0]["seq"]
    assert [int(receipt["seq"]) for receipt in receipts] == [int(group) + i for i in range(4)], first.stdout
    again = [json.loads(line) for line in walk.submit(good).stdout.splitlines()]
    assert all(receipt["replayed"] for receipt in again), again
    assert walk.available("users:carol") == "500"
    assert [line["hold"] for line in walk.read("hold", "list")] == [f"{group}.2"]
    members = walk.read("entry", group)[0]["members"]
    assert [member["id"] for member in members] == [group, f"{group}.1", f"{group}.2", f"{group}.3"], members
    assert members[3]["postings"][0] == {"account": "users:carol", "account_number": members[3]["postings"][0]
                                         ["account_number"], "side": "debit", "amount": "50", "scale": 2}, members
    assert '"gift"' not in ok("entry", f"{group}.1", *walk.here) and "gift" in ok("entry", f"{group}.1", *walk.here)


def bad_lines(walk):
    good = {"key": "before", "kind": "transfer", "debit_account_number": "1", "credit_account_number": "2", "amount": "1"}
    after = {**good, "key": "after"}
    for number, (words, bad) in enumerate([
            ("field 'amuont' is not known here", {**good, "amuont": "1"}),
            ("field 'amount' is a number, not a string", {**good, "amount": 1}),
            ("field 'amount' is missing", {**{name: good[name] for name in good if name != "amount"}}),
            ("field 'tag' is null", {**good, "tag": None}),
            ("field 'kind'", {**good, "kind": "expire_hold"}), ("not JSON", "{"), ("field 'key' is there twice",
             '{"key":"a","key":"b","kind":"void_key"}'), ("amount_zero", {**good, "amount": "0"})]):
        key = f"before-{number}"
        done = walk.submit([{**good, "key": key}, bad, after])
        assert done.returncode == 65, done
        assert f"standard input:2: " in done.stderr and words in done.stderr, done.stderr
        assert "1 commands before it were sent, nothing after it" in done.stderr, done.stderr
        assert len(done.stdout.splitlines()) == 1 and json.loads(done.stdout)["outcome"] == "accepted", done.stdout
        walk.do("outcome", "--key", key)
    asked = run("outcome", "--key", "after", *walk.to, "--json")
    assert json.loads(asked.stdout)["outcome"] == "not_seen", asked.stdout
    walk.error(66, "no file", "submit", walk.place.path / "none.jsonl", *walk.to)


def moves_a_book(walk, place):
    """What `tail --json` prints of commands makes the same balances in another book."""
    other = Place()
    with other, Server(other) as server:
        lines = ok("tail", "--json", *walk.here)
        file = other.path / "journal.jsonl"
        file.write_text(lines)
        done = run("submit", file, "--connect", server.listen)
        assert done.returncode == 1 and len(done.stdout.splitlines()) == len(lines.splitlines()), done.stderr
        head = json.loads(ok("info", "--connect", server.listen, "--json"))["head"]
        ignored = "as_of_seq"
        theirs = [json.loads(line) for line in ok("balance", "--json", "--data", other.data, "--min-seq", head).splitlines()]
        assert [{**line, ignored: 0} for line in theirs] == [{**line, ignored: 0} for line in walk.read("balance")]


with Place() as at:
    with Server(at) as serving:
        way = Walk(at, serving)
        fund = opens(way)
        terms(way, fund)
        holds(way)
        life(way)
        reversals(way, fund)
        exchange(way)
        submits(way)
        bad_lines(way)
        moves_a_book(way, at)
    final = ok_json("verify", "--data", at.data)
    assert final["projection"] == "equal" and final["is_clean"], final
