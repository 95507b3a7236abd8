"""Every route and status of the contract, each validated against it, and what they mean for the ledger."""
import json
import re
import socket
import threading
import time

import contract
from gateways import World, make_book, problem
from large_answers import left_out, requested, too_large
from moments import as_of_times
from odd_requests import byte_by_byte, sizes
from statuses import sweep


def write_routes(server):
    made = server.put("/v1/assets/EUR", {"scale": 2})
    assert made.status == 201 and made.json() == {"asset": "EUR", "scale": 2}, made
    assert server.put("/v1/assets/EUR", {"scale": 2}).status == 200
    problem(server.put("/v1/assets/EUR", {"scale": 3}), 422, "asset_exists_with_different_scale")
    head = server.get("/v1/journal/head").json()["seq"]
    terms = {"asset": "USD", "type": "liability", "min": "0"}
    assert server.put("/v1/accounts/users:carol", terms).status == 201
    repeat = server.put("/v1/accounts/users:carol", {**terms, "min": 0})
    assert repeat.status == 200 and repeat.headers["ETag"] == '"0"', repeat
    assert server.get("/v1/journal/head").json()["seq"] == str(int(head) + 1), "a repeated PUT writes nothing"
    problem(server.put("/v1/accounts/users:carol", {**terms, "min": "-5"}), 422, "account_exists_with_different_terms")
    problem(server.put("/v1/accounts/users:dave", {**terms, "asset": "XYZ"}), 422, "asset_not_found", "new_key")

    posted = server.post("/v1/entries", {"debit": "bank:cash", "credit": "users:alice", "amount": "10000",
                                         "reference": "order-1", "unique_reference": True, "description": "a gift",
                                         "effective_at": "2026-03-01T12:00:00+01:00"}, "p1")
    assert posted.status == 201, posted
    body = posted.json()
    assert posted.headers["Daybook-Seq"] == body["seq"] == body["id"]
    assert [(line["account"], line["balance"]) for line in body["accounts"]] == [("bank:cash", "10000"), ("users:alice", "10000")]
    again = server.post("/v1/entries", {"debit": "bank:cash", "credit": "users:alice", "amount": 10000,
                                        "reference": "order-1", "unique_reference": True, "description": "a gift",
                                        "effective_at": "2026-03-01T11:00:00Z"}, "p1")
    assert (again.status, again.body, again.headers["Idempotent-Replayed"]) == (201, posted.body, "true")
    taken = server.post("/v1/entries", {"debit": "bank:cash", "credit": "users:bob", "amount": "1",
                                        "reference": "order-1", "unique_reference": True}, "p2")
    assert problem(taken, 422, "reference_exists", "new_key")["subject_seq"] == body["seq"]

    short = server.post("/v1/entries", {"debit": "users:alice", "credit": "users:bob", "amount": "10001"}, "p3")
    facts = problem(short, 422, "insufficient_funds", "new_key")
    assert (facts["account"], facts["available"], facts["requested"], facts["min"]) == ("users:alice", "10000", "10001", "0")
    bound = server.post("/v1/entries", {"debit": "users:alice", "credit": "users:bob", "amount": "10001"}, "p3")
    assert (bound.status, bound.body, bound.headers["Idempotent-Replayed"]) == (422, short.body, "true")

    tried = server.post("/v1/entries?dry_run=true", {"debit": "users:alice", "credit": "users:bob", "amount": "5"}, "p4")
    assert tried.status == 200 and tried.json()["dry_run"] is True and "seq" not in tried.json(), tried
    tried = server.post("/v1/entries?dry_run=true", {"debit": "users:alice", "credit": "users:bob", "amount": "10001"}, "p4")
    assert problem(tried, 422, "insufficient_funds")["dry_run"] is True and "Daybook-Seq" not in tried.headers
    return body["seq"]


def holds(server):
    hold = server.post("/v1/holds", {"debit": "users:alice", "credit": "users:bob", "amount": "3000",
                                     "expires_at": "2099-01-01T00:00:00Z"}, "h1")
    assert hold.status == 201 and hold.json()["hold"]["state"] == "open", hold
    alice = hold.json()["accounts"][0]
    assert (alice["balance"], alice["available"], alice["held_out"]) == ("10000", "7000", "3000"), alice
    at = hold.json()["id"]
    part = server.post(f"/v1/holds/{at}/capture", {"amount": "1000"}, "h2")
    assert part.status == 201 and part.json()["amount"] == "1000" and part.json()["hold"]["remaining"] == "2000", part
    more = server.post(f"/v1/holds/{at}/capture", {"amount": "2001"}, "h3")
    assert problem(more, 422, "exceeds_hold")["left"] == "2000"
    released = server.request("POST", f"/v1/holds/{at}/release", key="h4")
    assert released.status == 201 and released.json()["hold"]["state"] == "released", released
    problem(server.post(f"/v1/holds/{at}/release", {}, "h5"), 422, "hold_released")
    problem(server.post("/v1/holds/999999/release", {}, "h6"), 422, "hold_not_found")
    return at, part.json()["id"]


def reversals(server, captured):
    undone = server.post(f"/v1/entries/{captured}/reverse", {"amounts": ["400", "400"]}, "r1")
    assert undone.status == 201, undone
    entry = server.get(f"/v1/entries/{captured}").json()
    assert entry["parts"][0]["reversed_by"] == [undone.json()["id"]], entry
    mirror = server.get(f"/v1/entries/{undone.json()['id']}").json()["parts"][0]
    assert mirror["reverses"] == captured
    assert [(p["account"], p["side"], p["amount"]) for p in mirror["postings"]] == [
        ("users:alice", "credit", "400"), ("users:bob", "debit", "400")], mirror
    too_much = server.post(f"/v1/entries/{captured}/reverse", {"amounts": ["601", "601"]}, "r2")
    assert problem(too_much, 422, "exceeds_original")["left"] == "600"
    problem(server.post("/v1/entries/999999/reverse", {}, "r3"), 422, "entry_not_found")


def changes(server):
    etag = server.get("/v1/accounts/users:carol").headers["ETag"]
    frozen = server.post("/v1/accounts/users:carol/state", {"state": "frozen"}, "s1", headers={"If-Match": etag})
    assert frozen.status == 201, frozen
    stale = server.post("/v1/accounts/users:carol/state", {"state": "open"}, "s2", headers={"If-Match": etag})
    facts = problem(stale, 412, "precondition_failed", "new_key")
    assert (facts["account"], facts["version"], facts["demanded"]) == ("users:carol", "1", "0"), facts
    problem(server.post("/v1/entries", {"debit": "bank:cash", "credit": "users:carol", "amount": "1"}, "s3"), 422, "account_frozen")
    assert server.post("/v1/accounts/users:carol/state", {"state": "open"}, "s4").status == 201
    limited = server.post("/v1/accounts/users:carol/limits", {"min": "0", "max": 500}, "s5")
    assert limited.status == 201, limited
    carol = server.get("/v1/accounts/users:carol", headers={"Daybook-Min-Seq": limited.headers["Daybook-Seq"]}).json()
    assert (carol["state"], carol["min"], carol["max"]) == ("open", "0", "500"), carol
    facts = problem(server.post("/v1/entries", {"debit": "bank:cash", "credit": "users:carol", "amount": "501"}, "s6"), 422, "limit_exceeded")
    assert facts["max"] == "500"
    needs = {"debit": "bank:cash", "credit": "users:carol", "amount": "1",
             "require": [{"account": "users:carol", "measure": "posted", "is": "gte", "value": 1}]}
    assert problem(server.post("/v1/entries", needs, "s7"), 412, "precondition_failed")["value"] == "0"
    problem(server.post("/v1/entries", {"debit": "bank:cash", "credit": "users:carol", "amount": "1"}, "s8",
                        headers={"If-Match": etag}), 400, "bad_header")


def batches(server):
    group = {"mode": "all_or_nothing", "commands": [
        {"kind": "place_hold", "debit": "users:alice", "credit": "bank:cash", "amount": "100"},
        {"kind": "capture_hold", "hold": ".0"},
        {"kind": "post_entry", "debit": "users:alice", "credit": "users:bob", "amount": "50"}]}
    done = server.post("/v1/batches", group, "b1")
    assert done.status == 201 and [m["kind"] for m in done.json()["members"]] == ["place_hold", "capture_hold", "post_entry"], done
    assert server.post("/v1/batches", group, "b1").body == done.body
    member = server.get(f"/v1/entries/{done.json()['seq']}.2").json()
    assert [part["id"] for part in member["parts"]] == [f"{done.json()['seq']}.2"]
    assert len(server.get(f"/v1/entries/{done.json()['seq']}").json()["parts"]) == 3
    before = server.get("/v1/accounts/users:bob").json()["balance"]
    group["commands"].append({"kind": "post_entry", "debit": "users:alice", "credit": "users:bob", "amount": "99999999"})
    failed = problem(server.post("/v1/batches", group, "b2"), 422, "insufficient_funds")
    assert failed["member"] == 3, failed
    assert server.get("/v1/accounts/users:bob", headers={"Daybook-Min-Seq": failed["seq"]}).json()["balance"] == before

    mixed = {"mode": "independent", "commands": [
        {"key": "i1", "kind": "post_entry", "debit": "bank:cash", "credit": "users:bob", "amount": 7},
        {"key": "i2", "kind": "post_entry", "debit": "users:bob", "credit": "bank:cash", "amount": "99999999"},
        {"key": "i1", "kind": "post_entry", "debit": "bank:cash", "credit": "users:bob", "amount": "7"},
        {"key": "i1", "kind": "post_entry", "debit": "bank:cash", "credit": "users:bob", "amount": "8"}]}
    problem(server.post("/v1/batches", mixed), 400, "idempotency_key_missing")
    assert server.get("/v1/commands/i1").json()["outcome"] == "not_seen", "without its own key a request does nothing"
    items = server.post("/v1/batches", mixed, "i0").json()["data"]
    assert [(item["status"], item["replayed"]) for item in items] == [(201, False), (422, False), (201, True), (422, False)], items
    assert items[0]["body"] == items[2]["body"] and items[3]["body"]["code"] == "idempotency_key_reused"
    assert server.get("/v1/commands/i0").json()["outcome"] == "not_seen", "the request's key is bound to nothing"
    tried = server.post("/v1/batches?dry_run=true", {**mixed, "commands": mixed["commands"][1:2]}, "i0")
    assert tried.status == 200
    problem(server.post("/v1/batches", {"mode": "all_or_nothing", "commands": group["commands"][:1]}), 400, "idempotency_key_missing")
    problem(server.post("/v1/batches", {"mode": "some", "commands": []}, "b3"), 400, "bad_member")
    would_open(server)


def would_open(server):
    """A dry run of a group names the accounts that it would open, also of an asset without any, or of its own."""
    assert server.put("/v1/assets/JPY", {"scale": 0}).status == 201
    for asset, scale, first in (("USD", 2, []), ("JPY", 0, []), ("BTC", 8, [{"kind": "define_asset", "code": "BTC", "scale": 8}])):
        group = {"mode": "all_or_nothing", "commands": first + [
            {"kind": "open_account", "code": f"new:{asset}:in", "asset": asset, "type": "asset"},
            {"kind": "open_account", "code": f"new:{asset}:out", "asset": asset, "type": "liability", "max": "9"},
            {"kind": "post_entry", "debit": f"new:{asset}:in", "credit": f"new:{asset}:out", "amount": "9"}]}
        tried = server.post("/v1/batches?dry_run=true", group, f"w-{asset}")
        assert tried.status == 200, tried
        assert [(line["account"], line["asset"], line["scale"], line["balance"]) for line in tried.json()["accounts"]] == [
            (f"new:{asset}:in", asset, scale, "9"), (f"new:{asset}:out", asset, scale, "9")], tried
        group["commands"][-1]["amount"] = "10"
        problem(server.post("/v1/batches?dry_run=true", group, f"w-{asset}"), 422, "limit_exceeded")
        problem(server.get(f"/v1/accounts/new:{asset}:in"), 404, "account_unknown")
        group["commands"][-1]["amount"] = "9"
        done = server.post("/v1/batches", group, f"w-{asset}")
        without = {"as_of_seq", "account_number"}
        assert [{k: v for k, v in line.items() if k not in without} for line in done.json()["accounts"]] == [
            {k: v for k, v in line.items() if k not in without} for line in tried.json()["accounts"]], (done, tried)


def keys(server):
    outcome = server.get("/v1/commands/p1").json()
    assert outcome["outcome"] == "accepted", outcome
    outcome = server.get("/v1/commands/p3").json()
    assert (outcome["outcome"], outcome["code"]) == ("rejected", "insufficient_funds"), outcome
    outcome = server.get("/v1/commands/never%20seen".replace("%20", "-")).json()
    assert outcome["outcome"] == "not_seen" and int(outcome["as_of_seq"]) > 0, outcome
    problem(server.request("POST", "/v1/commands/given-up/void"), 400, "idempotency_key_missing")
    problem(server.request("POST", "/v1/commands/given-up/void", key="given-in"), 400, "bad_header")
    assert server.get("/v1/commands/given-up").json()["outcome"] == "not_seen"
    voided = server.request("POST", "/v1/commands/given-up/void", key="given-up")
    assert voided.status == 201 and voided.json()["outcome"] == "voided", voided
    repeat = server.post("/v1/commands/given-up/void", {}, '"given-up"')
    assert (repeat.status, repeat.body, repeat.headers["Idempotent-Replayed"]) == (201, voided.body, "true")
    problem(server.post("/v1/entries", {"debit": "bank:cash", "credit": "users:bob", "amount": "1"}, "given-up"), 422, "voided")
    assert problem(server.post("/v1/commands/p1/void", {}, "p1"), 422, "key_already_decided")["outcome"] == "accepted"


def reads(server, first_entry):
    head = int(server.get("/v1/journal/head").json()["seq"])
    account = server.get("/v1/accounts/users:alice", headers={"Daybook-Min-Seq": str(head)})
    same = server.get("/v1/accounts/users:alice", headers={"If-None-Match": account.headers["ETag"]})
    assert same.status == 304 and same.body == b"", same
    now = account.json()
    assert server.get("/v1/accounts/users:alice/balance").json()["balance"] == now["balance"]
    then = server.get(f"/v1/accounts/users:alice/balance?as_of_seq={first_entry}").json()
    assert (then["balance"], then["as_of_seq"]) == ("10000", first_entry)
    for address in ("/v1/accounts/users:alice/balance?", "/v1/trial-balance?", "/v1/accounts?prefix=users&"):
        later = server.get(f"{address}as_of_seq={head + 1000}", headers={"Prefer": "wait=0"})
        problem(later, 503, "not_reached", "after")
    as_of_times(server, first_entry)
    problem(server.get("/v1/accounts/nobody"), 404, "account_unknown", "never")
    problem(server.get("/v1/accounts/nobody/balance?as_of_seq=1"), 404, "account_unknown")
    problem(server.get("/v1/accounts/nobody/entries"), 404, "account_unknown")
    problem(server.get("/v1/accounts/a::b"), 400, "account_code")
    late = server.get("/v1/accounts/users:alice", headers={"Daybook-Min-Seq": str(head + 1000), "Prefer": "wait=0"})
    assert problem(late, 503, "not_reached", "after") and late.headers["Retry-After"], late

    lines, cursor, pages = [], "", 0
    while cursor is not None:
        page = server.get("/v1/accounts/users:alice/entries?limit=2" + (f"&cursor={cursor}" if cursor else "")).json()
        lines += page["data"]
        for side in (page["closing"], page["opening"]):
            if side["version"] != "0":
                same = server.get(f"/v1/accounts/users:alice/balance?as_of_seq={side['as_of_seq']}").json()
                divides = side["version"] != same["version"] and any(
                    line["seq"] in (side["as_of_seq"], str(int(side["as_of_seq"]) + 1)) for line in page["data"])
                assert divides or same == side, (side, same)
        cursor, pages = page["next"], pages + 1
    assert len(lines) == int(now["version"]) and pages == (len(lines) + 1) // 2, (len(lines), now)
    assert lines[0]["balance"] == now["balance"] and [int(line["version"]) for line in lines] == list(range(len(lines), 0, -1))
    second = server.get("/v1/accounts/users:alice/entries?limit=2").json()["next"]
    page = server.get(f"/v1/accounts/users:alice/entries?limit=2&cursor={second}").json()
    first = server.get(f"/v1/accounts/users:alice/entries?limit=2&cursor={page['prev']}").json()
    assert first["data"] == lines[:2]
    problem(server.get(f"/v1/accounts/users:bob/entries?cursor={second}"), 400, "bad_cursor")
    problem(server.get("/v1/accounts/users:alice/entries?cursor=AAAA"), 400, "bad_cursor")
    some = server.get(f"/v1/accounts/users:alice/entries?from_seq={first_entry}&to_seq={first_entry}").json()
    assert [line["seq"] for line in some["data"]] == [first_entry] and some["data"][0]["reference"] == "order-1"

    found = server.get("/v1/entries?reference=order-1").json()["data"]
    assert [entry["id"] for entry in found] == [first_entry]
    assert server.get("/v1/entries?reference=none").json()["data"] == []
    problem(server.get("/v1/entries"), 422, "unindexed_filter")
    problem(server.get("/v1/entries/999999"), 404, "record_unknown")
    trial = server.get("/v1/trial-balance").json()
    assert trial["is_balanced"] and [line["asset"] for line in trial["data"]][:1] == ["USD"], trial
    trial = server.get(f"/v1/trial-balance?as_of_seq={first_entry}").json()
    assert trial["data"][0]["debits"] == "10000", trial


def one_cut(server):
    """A long listing shows the book as of its first page."""
    wanted = {}
    for number in range(7):
        code = f"cut:{number}"
        server.put(f"/v1/accounts/{code}", {"asset": "USD", "type": "liability"})
        answer = server.post("/v1/entries", {"debit": "bank:cash", "credit": code, "amount": 10 + number}, f"cut{number}")
        wanted[code] = str(10 + number)
    server.get("/v1/accounts/cut:6", headers={"Daybook-Min-Seq": answer.json()["seq"]})
    page = server.get("/v1/accounts?prefix=cut&limit=3").json()
    seen = {account["code" if "code" in account else "account"]: account["balance"] for account in page["data"]}
    server.put("/v1/accounts/cut:3b", {"asset": "USD", "type": "liability"})
    late = server.post("/v1/entries", {"debit": "cut:0", "credit": "cut:6", "amount": "1"}, "cut-late").json()["seq"]
    server.get("/v1/accounts/cut:6", headers={"Daybook-Min-Seq": late})
    as_of = page["as_of_seq"]
    while page["next"]:
        page = server.get(f"/v1/accounts?prefix=cut&limit=3&cursor={page['next']}").json()
        assert page["as_of_seq"] == as_of
        seen.update({account["account"]: account["balance"] for account in page["data"]})
    assert seen == wanted, (seen, wanted)
    problem(server.get(f"/v1/accounts?prefix=users&cursor={page['prev']}"), 400, "bad_cursor")
    assert all(account["type"] == "asset" for account in server.get("/v1/accounts?type=asset").json()["data"])


def journal(server):
    head = int(server.get("/v1/journal/head").json()["seq"])
    seqs, cursor = [], ""
    while cursor is not None:
        page = server.get("/v1/journal?limit=10" + (f"&cursor={cursor}" if cursor else ""))
        seqs += [int(record["seq"]) for record in page.json()["data"]]
        closed = len(page.json()["data"]) == 10
        assert ("immutable" in page.headers["Cache-Control"]) == closed, page.headers
        cursor = page.json()["next"]
    assert seqs == list(range(1, head + 1)), seqs
    tail = server.get(f"/v1/journal?from_seq={head}")
    assert server.get(f"/v1/journal?from_seq={head}", headers={"If-None-Match": tail.headers["ETag"]}).status == 304
    assert server.get(f"/v1/journal/{head}").json() == tail.json()["data"][0]
    problem(server.get(f"/v1/journal/{head + 1}"), 404, "record_unknown")
    problem(server.get("/v1/journal/0"), 400, "bad_parameter")
    problem(server.get("/v1/journal?limit=0"), 400, "bad_parameter")


def refusals(server):
    entry = {"debit": "bank:cash", "credit": "users:bob", "amount": "1"}
    head = server.get("/v1/journal/head").json()["seq"]
    problem(server.post("/v1/entries", entry), 400, "idempotency_key_missing", "never")
    problem(server.post("/v1/entries", entry, "with blank"), 400, "bad_header")
    sizes(server, entry)
    byte_by_byte(server)
    problem(server.post("/v1/entries", "{", "x"), 400, "bad_json")
    problem(server.post("/v1/entries", "[]", "x"), 400, "bad_member")
    errors = problem(server.post("/v1/entries", {**entry, "amuont": 1, "tag": "zz"}, "x"), 400, "bad_member")["errors"]
    assert {error["pointer"] for error in errors} == {"/amuont", "/tag"}, errors
    errors = problem(server.post("/v1/entries", {"postings": [{"account": "a", "side": "left", "amount": 1.5}]}, "x"), 400, "bad_member")["errors"]
    assert {error["pointer"] for error in errors} == {"/postings/0/side", "/postings/0/amount"}, errors
    for amount in ("0", "-1", "1e3", "", "1.0", 2 ** 53, 1.0, 1e3, True, None, "340282366920938463463374607431768211456"):
        answer = server.post("/v1/entries", {**entry, "amount": amount}, "x")
        assert answer.status == 400, (amount, answer)
    problem(server.post("/v1/entries", {**entry, "amount": "0"}, "x"), 400, "amount_zero")
    problem(server.post("/v1/entries?dry_rum=true", entry, "x"), 400, "bad_parameter")
    problem(server.post("/v1/entries", entry, "x", headers={"Content-Type": "text/plain"}), 415, "unsupported_media_type")
    long = {"postings": [{"account": f"{'x' * 100}:{number}", "side": ("debit", "credit")[number % 2], "amount": "1"}
                         for number in range(254)]}
    problem(server.post("/v1/entries", long, "long"), 413, "too_large", "never")
    problem(server.post("/v1/entries?dry_run=true", long, "long"), 413, "too_large", "never")
    problem(server.post("/v1/entries", " " * (1 << 20) + "{}", "x"), 413, "body_too_large")
    problem(server.get("/v1/accounts/users:bob", headers={"X-Long": "x" * 20000}), 431, "header_too_large")
    refused = server.request("DELETE", "/v1/entries")
    assert problem(refused, 405, "method_not_allowed") and "POST" in refused.headers["Allow"], refused.headers
    refused = server.post("/v1/journal/head", {})
    assert problem(refused, 405, "method_not_allowed") and refused.headers["Allow"] == "GET, HEAD", refused.headers
    problem(server.get("/v1/nothing"), 404, "route_unknown")
    problem(server.post("/nothing", {}), 404, "route_unknown")
    problem(server.post("/", {}), 405, "method_not_allowed")
    etag = server.get("/v1/accounts/users:bob").headers["ETag"]
    for tags in (etag, "W/" + etag, f'"x", {etag}', "*"):
        assert server.get("/v1/accounts/users:bob", headers={"If-None-Match": tags}).status == 304, tags
    assert server.get("/v1/accounts/users:bob", headers={"If-None-Match": '"x", "y"'}).status == 200
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(b"GET http://localhost/healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200 "), "a target of the absolute form"
    problem(server.get("/nothing.js"), 404, "route_unknown")
    problem(server.get("/v1/accounts/%zz"), 400, "bad_request")
    assert server.get("/v1/journal/head").json()["seq"] == head, "what is malformed is never sequenced"
    assert server.post("/v1/entries", entry, "x").status == 201, "a malformed request binds no key"


POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'")


def console_files(server):
    """Each under the strict policy; the page asks for nothing that is not there, nor from elsewhere."""
    for path in ["/", *(f"/{name}" for name in re.findall(r'(?:href|src)="([^"#]+)"', server.get("/").text))]:
        file = server.get(path, checks=path == "/")
        assert file.status == 200 and file.body, (path, file)
        assert file.headers["Content-Security-Policy"] == POLICY, (path, file.headers)
        assert (file.headers["X-Content-Type-Options"], file.headers["Referrer-Policy"]) == ("nosniff", "no-referrer"), (path, file.headers)
        assert server.get(path, headers={"If-None-Match": file.headers["ETag"]}, checks=path == "/").status == 304, path


def ready_made(server):
    contract_now = server.get("/openapi.json")
    assert contract_now.json() == contract.DOCUMENT
    assert server.get("/openapi.json", headers={"If-None-Match": contract_now.headers["ETag"]}).status == 304
    assert server.get("/healthz").json() == {"healthy": True}
    assert server.request("HEAD", "/v1/accounts/users:bob").body == b""
    echoed = server.get("/healthz", headers={"X-Request-Id": "abc-1"})
    assert echoed.headers["X-Request-Id"] == "abc-1"
    assert server.get("/v1/limits").json()["may"]["scopes"] == ["read", "post", "admin"]
    status = server.get("/v1/status").json()
    assert status["rejections"]["insufficient_funds"] != "0" and status["commits"][0]["block"] == status["commit"]["block"]
    # They may be of a second ago.
    deadline = time.monotonic() + 60
    while "daybook_rejections_total{" not in (figures := server.get("/metrics").text):
        assert time.monotonic() < deadline, figures
        time.sleep(0.1)
    for name in ("daybook_head_seq", "daybook_lag_records", "daybook_gateway_queue_depth", "daybook_commit_records_bucket",
                 "daybook_commit_interval_seconds_bucket", 'daybook_rejections_total{reason="insufficient_funds"}',
                 'daybook_http_requests_total{route="/v1/entries",status="201"}'):
        assert name in figures, name


with World() as world:
    make_book(world.server)
    entry = write_routes(world.server)
    hold, captured = holds(world.server)
    reversals(world.server, captured)
    changes(world.server)
    batches(world.server)
    keys(world.server)
    for each in (world.server, world.gateway()):
        reads(each, entry)
        journal(each)
    one_cut(world.server)
    refusals(world.server)
    requested(world.server)
    too_large(world.server)
    left_out(world.server)
    ready_made(world.server)
    console_files(world.server)
    sweep(world)
