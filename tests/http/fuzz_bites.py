"""The fuzz sees what a broken gateway does: fed broken answers, it says so.

    fuzz_bites.py DAYBOOK
"""
import json

import contract
import fuzz
from gateways import Answer

PROBLEM = {"type": "urn:daybook:problem:bad_json", "title": "Bad json", "status": 400, "detail": "the body is not JSON", "code": "bad_json", "retry": "never"}
FIELDS = {"Content-Type": "application/problem+json", "X-Request-Id": "r-1", "Daybook-Head-Seq": "7"}


def answer(status=400, body=None, **fields):
    text = json.dumps({**PROBLEM, "status": status}).encode() if body is None else body
    made = {**FIELDS, **{name.replace("_", "-"): value for name, value in fields.items()}}
    return Answer(status, {name: value for name, value in made.items() if value is not None}, text)


class Connection:
    def close(self):
        pass


class Gateway:
    """Gives the same answer to everything; or raises it."""

    def __init__(self, gives):
        self.gives, self.asked = gives, 0

    def connect(self, _timeout):
        return Connection()

    def request(self, *_, **__):
        self.asked += 1
        if isinstance(self.gives, Exception):
            raise self.gives
        return self.gives


def says(method, address, given):
    return list(contract.check_answer(method, address, given))


def checks_see():
    post, sound = ("POST", "/v1/entries"), answer()
    assert says(*post, sound) == [], says(*post, sound)
    broken = {
        "not JSON": answer(body=sound.body[:40]),
        "nothing": answer(body=b""),
        "no object": answer(body=b"[]"),
        "not UTF-8": answer(body=b"\xff"),
        "another status": answer(body=json.dumps({**PROBLEM, "status": 404}).encode()),
        "a member that is not declared": answer(body=json.dumps({**PROBLEM, "secret": "1"}).encode()),
        "a status that is not declared": answer(418),
        "no request id": answer(X_Request_Id=None),
        "another type": answer(Content_Type="text/html"),
        "no Retry-After": answer(503),
        "a Retry-After that is none": answer(503, Retry_After="soon"),
        "a header that is not declared": answer(Daybook_Secret="1"),
        "a header of other answers": answer(Retry_After="1"),
    }
    for what, given in broken.items():
        assert says(*post, given), what
    assert not says(*post, answer(503, Retry_After="1"))
    assert says("GET", "/nowhere", answer(500)) and says("GET", "/nowhere", answer(404, body=b"<html>"))


def links_are_seen():
    page = {"data": [], "next": "abc", "prev": None, "as_of_seq": "7"}

    def listed(body, **fields):
        return says("GET", "/v1/accounts", answer(200, json.dumps(body).encode(), Content_Type="application/json", **fields))
    assert not listed(page, Link='</v1/accounts?cursor=abc>; rel="next"')
    assert listed(page) and listed(page, Link='</v1/accounts?cursor=abd>; rel="next"') and listed(page, Link='</v1/accounts?cursor=abc>; rel="prev"')
    assert listed({**page, "next": None}, Link='</v1/accounts?cursor=abc>; rel="next"') and not listed({**page, "next": None})


def threads_tell():
    for what, given in (("an answer cut short", answer(body=b'{"type": "urn:daybook')), ("an error nobody expects", RuntimeError("ended"))):
        gateway = Gateway(given)
        _, wrong = fuzz.bend_all([gateway], 1, 60, 2)
        assert wrong, what
        assert any("of 30 requests" in each for each in wrong), (what, "a thread that ended early is told", wrong)
    gateway = Gateway(UnicodeError("no such address"))
    statuses, wrong = fuzz.bend_all([gateway], 1, 40, 2)
    assert not statuses and len(wrong) == 2, "what was never sent is no pass"
    gateway = Gateway(answer())
    fuzz.bend_all([gateway], 1, 41, 2)
    assert gateway.asked >= 35, "every request of the rest is made too"


checks_see()
links_are_seen()
threads_tell()
