"""What answers say, however large the message was in which they came from the sequencer."""
from gateways import problem


def left_out(server):
    """Reversals of entries with very many postings: together their balances do not fit one message."""
    postings = [{"account": account, "side": side, "amount": "1"}
                for account, side in (("bank:cash", "debit"), ("users:bob", "credit"))] * 127
    ids = [server.post("/v1/entries", {"postings": postings}, f"wide-{number}").json()["id"] for number in range(90)]
    batch = {"mode": "independent", "commands": [
        {"key": f"unwide-{each}", "kind": "reverse_entry", "entry": each} for each in ids]}
    for number, address in enumerate(("/v1/batches?dry_run=true", "/v1/batches")):
        items = server.post(address, batch, f"unwide-{number}").json()["data"]
        for item in items:
            assert {each["account"] for each in item["body"]["accounts"]} == {"bank:cash", "users:bob"}, item
    again = server.post(f"/v1/entries/{ids[-1]}/reverse", {}, f"unwide-{ids[-1]}")
    assert again.status == 201 and again.headers["Idempotent-Replayed"] == "true", again
    assert again.json() == items[-1]["body"], (again, items[-1])
    again = server.post("/v1/batches", batch, "unwide-again").json()["data"]
    assert [item["body"] for item in again] == [item["body"] for item in items] and all(item["replayed"] for item in again)


def too_large(server):
    """One command that is too large is named, and the others are not told that they are."""
    entry = {"debit": "bank:cash", "credit": "users:bob", "amount": "1"}
    long = "a:" + "x" * 100
    wide = {"postings": [{"account": long, "side": side, "amount": "1"} for side in ("debit", "credit")] * 127}
    batch = {"mode": "independent", "commands": [{"key": f"large-{number}", "kind": "post_entry", **(wide if number == 2 else entry)}
                                                 for number in range(4)]}
    for address in ("/v1/batches?dry_run=true", "/v1/batches"):
        refused = problem(server.post(address, batch, "large"), 413, "too_large", "never")
        assert [error["pointer"] for error in refused["errors"]] == ["/commands/2"], refused
    assert server.get("/v1/commands/large-0").json()["outcome"] == "not_seen"
    problem(server.post("/v1/entries", wide, "large"), 413, "too_large", "never")


def requested(server):
    """A hold in a group says what was asked for, as one alone does."""
    hold = {"debit": "users:alice", "credit": "bank:cash", "amount": "99999999999"}
    alone = problem(server.post("/v1/holds", hold, "poor-hold"), 422, "insufficient_funds")
    group = {"mode": "all_or_nothing", "commands": [{"kind": "place_hold", **hold}]}
    grouped = problem(server.post("/v1/batches", group, "poor-group"), 422, "insufficient_funds")
    assert alone["requested"] == grouped["requested"] == hold["amount"], (alone, grouped)
