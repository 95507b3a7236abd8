"""Requests that no honest client makes, each with the one answer it gets."""
import socket

from gateways import problem


def sizes(server, entry):
    """A list that is too long is not walked; what is nested too deep is not read."""
    many = [{"key": f"many-{number}", "kind": "post_entry", **entry} for number in range(1001)]
    errors = problem(server.post("/v1/batches", {"mode": "independent", "commands": many}, "x"), 400, "bad_member")["errors"]
    assert [error["pointer"] for error in errors] == ["/commands"] and "1001" in errors[0]["detail"], errors
    empty = b'{"mode":"independent","commands":[' + b",".join([b"{}"] * 1001) + b"]}"
    errors = problem(server.post("/v1/batches", empty, "x"), 400, "bad_member")["errors"]
    assert [error["pointer"] for error in errors] == ["/commands"], errors
    for count in (256, 8000):
        posting = {"account": "users:bob", "side": "credit", "amount": "1"}
        errors = problem(server.post("/v1/entries", {"postings": [posting] * count}, "x"), 400, "bad_member")["errors"]
        assert [error["pointer"] for error in errors] == ["/postings"], errors
    problem(server.post("/v1/entries", b'{"postings":[' + b",".join([b"0"] * 100_000) + b"]}", "x"), 400, "bad_json")
    deep = b"[" * 33 + b"]" * 33
    problem(server.post("/v1/entries", deep, "x"), 400, "bad_json")
    problem(server.post("/v1/entries", b'{"a":' * 33 + b"1" + b"}" * 33, "x"), 400, "bad_json")
    problem(server.post("/v1/entries", b'{"debit":"\xff"}', "x"), 400, "bad_json")
    problem(server.post("/v1/entries", b'{"description":"\xc3\x28"}', "x"), 400, "bad_json")
    problem(server.post("/v1/entries", b'{"amount":"1","amount":"1"}', "x"), 400, "bad_json")


def byte_by_byte(server):
    """Header fields that http.client would not send."""
    def ask(fields, body=b'{"debit":"bank:cash","credit":"users:bob","amount":"1"}', start="POST /v1/entries"):
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
            connection.sendall(f"{start} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n".encode()
                               + fields + b"Content-Length: %d\r\n\r\n" % len(body) + body)
            said = b""
            while part := connection.recv(65536):
                said += part
            return said
    said = ask(b"Idempotency-Key: one\r\nIdempotency-Key: two\r\n")
    assert said.startswith(b"HTTP/1.1 400 ") and b'"code":"bad_header"' in said, said
    for key in ("one", "two"):
        assert server.get(f"/v1/commands/{key}").json()["outcome"] == "not_seen"
    smuggled(ask)
    trace = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
    said = ask(b"traceparent: " + trace + b"\r\n", b"", "GET /healthz")
    assert b"\r\ntraceparent: " + trace + b"\r\n" in said, said
    assert b"traceparent" not in ask(b"traceparent: <script>\r\n", b"", "GET /healthz")
    for stated in (b"a\tb", b"a b", b"x" * 65, b"<script>", b"\xff\xfe", b"a\x7fb", b'"a"', b""):
        said = ask(b"X-Request-Id: " + stated + b"\r\n", b"", "GET /healthz")
        given = said.split(b"X-Request-Id: ")[1].split(b"\r\n")[0] if b"X-Request-Id: " in said else b""
        assert given != stated and given.replace(b"-", b"").isalnum() and len(given) <= 64, (stated, said)
    for stated in (b"x" * 64, b"a.b_c:d-e"):
        assert b"X-Request-Id: " + stated + b"\r\n" in ask(b"X-Request-Id: " + stated + b"\r\n", b"", "GET /healthz")


def smuggled(ask):
    """A body that somebody in front of us may take to end elsewhere is not read, and nothing behind it either."""
    follows = b"GET /v1/limits HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for coding in (b"Transfer-Encoding: gzip\r\n", b"Transfer-Encoding: chunked, identity\r\n", b"Transfer-Encoding: xchunked\r\n",
                   b"Transfer-Encoding: gzip, chunked\r\n", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                   b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: \x0bchunked\r\n", b"Content-Length: 0\r\n"):
        # ask() adds a Content-Length.
        for start in ("POST /v1/entries", "GET /healthz"):
            said = ask(b"Idempotency-Key: smuggled\r\n" + coding, follows, start)
            assert said.startswith(b"HTTP/1.1 400 ") and said.count(b"HTTP/1.1 ") == 1, (coding, said)
            assert b"\r\nConnection: close\r\n" in said, (coding, said)
