"""Tokens, scopes, paths, producers; TLS; caps on time, size and number; draining."""
import http.client
import json
import signal
import socket
import ssl
import subprocess
import threading
import time

from gateways import BINARY, Answer, Process, World, make_book, problem


def make_token(*options):
    token, line = subprocess.run([BINARY, "token", *map(str, options)], capture_output=True, text=True,
                                 check=True).stdout.split("\n")[:2]
    return {"Authorization": f"Bearer {token}"}, line


def tokens(world):
    admin, admin_line = make_token("--producer", 7, "--scopes", "read,post,admin")
    reader, reader_line = make_token("--producer", 8, "--scopes", "read")
    poster, poster_line = make_token("--producer", 9, "--scopes", "read,post", "--accounts", "users,bank")
    opener, opener_line = make_token("--producer", 10, "--scopes", "read,post,admin", "--accounts", "users")
    file = world.path / "tokens"
    file.write_text("# who may what\n\n" + "\n".join((admin_line, reader_line, poster_line, opener_line)) + "\n")
    gateway = world.gateway("--tokens", file)
    entry = {"debit": "bank:cash", "credit": "users:alice", "amount": "100"}

    answer = gateway.post("/v1/entries", entry, "t1")
    assert problem(answer, 401, "unauthenticated") and answer.headers["WWW-Authenticate"].startswith("Bearer"), answer.headers
    problem(gateway.get("/v1/accounts/bank:cash", headers={"Authorization": "Bearer nonsense"}), 401, "unauthenticated")
    problem(gateway.post("/v1/entries", entry, "t1", headers=reader), 403, "forbidden")
    problem(gateway.put("/v1/assets/GBP", {"scale": 2}, headers=poster), 403, "forbidden")
    assert gateway.get("/healthz").status == 200
    assert gateway.get("/v1/limits", headers=reader).json()["may"] == {"producer": 8, "scopes": ["read"], "accounts": []}

    # One key, two producers: two intents.
    mine = gateway.post("/v1/entries", entry, "t1", headers=admin)
    theirs = gateway.post("/v1/entries", entry, "t1", headers=poster)
    assert mine.status == theirs.status == 201 and mine.json()["seq"] != theirs.json()["seq"]
    assert gateway.post("/v1/entries", entry, "t1", headers=admin).json() == mine.json()
    assert gateway.get(f"/v1/journal/{mine.json()['seq']}", headers=reader).json()["producer"] == 7
    assert gateway.get("/v1/commands/t1", headers=poster).json()["seq"] == theirs.json()["seq"]
    assert gateway.get("/v1/commands/t1", headers=reader).json()["outcome"] == "not_seen"

    # Only what is under its paths.
    assert gateway.put("/v1/accounts/fees:eu", {"asset": "USD", "type": "income"}, headers=admin).status == 201
    fee = gateway.post("/v1/entries", {"debit": "bank:cash", "credit": "fees:eu", "amount": "1"}, "t2", headers=admin).json()["id"]
    problem(gateway.post("/v1/entries", {**entry, "credit": "fees:eu"}, "t3", headers=poster), 403, "forbidden")
    problem(gateway.post("/v1/entries", {**entry, "require": [
        {"account": "fees:eu", "measure": "posted", "is": "gt", "value": "0"}]}, "t3", headers=poster), 403, "forbidden")
    problem(gateway.post(f"/v1/entries/{fee}/reverse", {}, "t3", headers=poster), 403, "forbidden")
    problem(gateway.get("/v1/accounts/fees:eu", headers=poster), 403, "forbidden")
    problem(gateway.get("/v1/accounts", headers=poster), 403, "forbidden")
    assert gateway.get("/v1/accounts?prefix=users", headers=poster).status == 200
    for address in ("/v1/journal", "/v1/trial-balance", "/v1/stream", f"/v1/entries/{fee}"):
        problem(gateway.get(address, headers=poster), 403, "forbidden")
    assert gateway.post(f"/v1/entries/{mine.json()['id']}/reverse", {}, "t4", headers=poster).status == 201
    group = {"mode": "all_or_nothing", "commands": [{"kind": "set_account_state", "account": "users:alice", "state": "frozen"}]}
    problem(gateway.post("/v1/batches", group, "t5", headers=poster), 403, "forbidden")
    early_and_rejected(world, gateway, admin, poster)
    define = {"mode": "all_or_nothing", "commands": [{"kind": "define_asset", "code": "XAU", "scale": 3}]}
    problem(gateway.post("/v1/batches", define, "t6", headers=opener), 403, "forbidden")
    assert gateway.post("/v1/batches", define, "t6", headers=admin).status == 201, "the command itself is right"


def early_and_rejected(world, gateway, admin, poster):
    """Who sees some accounts alone speaks of no record before it is there, and reads nobody else's failures."""
    def head():
        return int(gateway.get("/v1/journal/head", headers=admin).json()["seq"])

    before = head()
    for address in ("holds/{}/release", "holds/{}/capture", "entries/{}/reverse"):
        problem(gateway.post("/v1/" + address.format(before + 1), {}, "e1", headers=poster), 404, "record_unknown")
    many = [{"key": f"e2-{seq}", "kind": "release_hold", "hold": str(seq)} for seq in range(before + 1, before + 4)]
    problem(gateway.post("/v1/batches", {"mode": "independent", "commands": many}, "e2", headers=poster), 404, "record_unknown")
    assert head() == before, "nothing was submitted"
    assert gateway.get("/v1/commands/e1", headers=poster).json()["outcome"] == "not_seen"

    theirs = gateway.post("/v1/entries", {"debit": "users:alice", "credit": "fees:eu", "amount": "99999999"}, "e3", headers=admin)
    problem(theirs, 422, "insufficient_funds")
    problem(gateway.get(f"/v1/entries/{theirs.json()['seq']}", headers=poster), 403, "forbidden")
    mine = gateway.post("/v1/entries", {"debit": "users:alice", "credit": "users:bob", "amount": "99999999"}, "e4", headers=poster)
    problem(mine, 422, "insufficient_funds")
    assert gateway.get(f"/v1/entries/{mine.json()['seq']}", headers=poster).status == 200
    # It touched nothing: whose it is cannot be said, so nobody of some accounts reads it or acts on it.
    nobodys = gateway.post("/v1/holds/999999/release", {}, "e5", headers=admin)
    problem(nobodys, 422, "hold_not_found")
    problem(gateway.get(f"/v1/entries/{nobodys.json()['seq']}", headers=poster), 403, "forbidden")
    problem(gateway.post(f"/v1/holds/{nobodys.json()['seq']}/release", {}, "e6", headers=poster), 403, "forbidden")
    conditional = gateway.post("/v1/entries", {"debit": "bank:cash", "credit": "users:bob", "amount": "1", "require": [
        {"account": "fees:eu", "measure": "posted", "is": "gte", "value": "0"}]}, "e7", headers=admin)
    assert conditional.status == 201, conditional
    problem(gateway.get(f"/v1/entries/{conditional.json()['seq']}", headers=poster), 403, "forbidden")


def tls(world):
    key, certificate = world.path / "key.pem", world.path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                    "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
                    certificate], check=True, capture_output=True)
    process = Process("gateway", "--http", "127.0.0.1:0", "--sequencer", world.endpoints["listen"], "--query",
                      world.endpoints["query"], "--tls-certificate", certificate, "--tls-key", key)
    trusted = ssl.create_default_context(cafile=certificate)
    for number in range(3):
        connection = http.client.HTTPSConnection("127.0.0.1", process.port, context=trusted, timeout=10)
        for _ in range(3):
            connection.request("GET", "/v1/accounts/users:alice")
            response = connection.getresponse()
            assert response.status == 200 and json.loads(response.read())["account"] == "users:alice", number
        connection.close()
    # Somebody who says nothing, or not TLS, holds nobody up.
    with socket.create_connection(("127.0.0.1", process.port)) as silent, \
            socket.create_connection(("127.0.0.1", process.port), timeout=30) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"HTTP" not in read_all(plain), "plain HTTP is not answered where TLS is"
        connection = http.client.HTTPSConnection("127.0.0.1", process.port, context=trusted, timeout=10)
        connection.request("GET", "/v1/accounts/users:alice")
        assert connection.getresponse().status == 200
        connection.close()
        # Refused by its header, while its body is still on the way.
        connection = http.client.HTTPSConnection("127.0.0.1", process.port, context=trusted, timeout=30)
        connection.putrequest("POST", "/v1/entries")
        for name, value in (("Content-Type", "text/plain"), ("Idempotency-Key", "tls"), ("Content-Length", "500000")):
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        assert response.status == 415 and response.headers["Connection"] == "close"
        connection.close()
        assert silent.fileno() >= 0
    assert process.stop() == 0


def off_loopback(world):
    refused = subprocess.run([BINARY, "gateway", "--http", "0.0.0.0:0"], capture_output=True, text=True, timeout=20)
    assert refused.returncode == 78 and "--tokens" in refused.stderr, refused
    headers, line = make_token("--producer", 7, "--scopes", "read")
    others, other_line = make_token("--producer", 7, "--scopes", "post")
    file = world.path / "tokens_off_loopback"
    file.write_text(f"{line}\n{other_line}\n")
    refused = subprocess.run([BINARY, "gateway", "--http", "0.0.0.0:0", "--tokens", file], capture_output=True, text=True, timeout=20)
    assert refused.returncode == 78 and "--tls-certificate" in refused.stderr and "--behind-proxy" in refused.stderr, refused
    ends = ("--sequencer", world.endpoints["listen"], "--query", world.endpoints["query"], "--feed", "")
    for is_open, options in ((False, ()), (True, ("--open-metrics",))):
        gateway = Process("gateway", "--http", "0.0.0.0:0", "--tokens", file, "--behind-proxy", *ends, *options)
        gateway.wait_ready(headers=headers)
        for address in ("/metrics", "/readyz"):
            assert gateway.get(address, headers=headers).status == 200
            for own, status in ((None, 401), (others, 403)):
                answer = gateway.get(address, headers=own)
                assert answer.status == (200 if is_open else status), (address, answer)
        assert gateway.get("/healthz").status == 200
        assert gateway.stop() == 0
    # On loopback they need none, tokens or not.
    gateway = world.gateway("--tokens", file)
    assert gateway.get("/metrics").status == 200


def without_trust(world):
    """A server whose sequencer would refuse each command of its own gateway does not start."""
    file = world.path / "tokens_untrusted"
    file.write_text(make_token("--producer", 7)[1] + "\n")
    ends = [f"--{name}=ipc://{world.path}/untrusted_{name}" for name in ("listen", "feed", "query")]
    refused = subprocess.run([BINARY, "serve", "--data", world.path / "untrusted", "--http", "127.0.0.1:0", "--tokens", file, *ends],
                             capture_output=True, text=True, timeout=20)
    assert refused.returncode == 64 and refused.stderr.count("\n") == 1 and "--trust-gateways" in refused.stderr, refused
    assert not (world.path / "untrusted").exists(), "nothing is made before the options are right"


def judged_by_header(world):
    """What the header is refused for is told before the body comes, and the connection ends."""
    headers, line = make_token("--producer", 7, "--scopes", "read,post")
    (world.path / "tokens_judged").write_text(line + "\n")
    gateway = world.gateway("--tokens", world.path / "tokens_judged")
    token = f"Authorization: {headers['Authorization']}\r\n"
    json_type, key = "Content-Type: application/json\r\n", "Idempotency-Key: judged\r\n"
    for start, fields, status in (
            ("POST /v1/entries", key + json_type, 401), ("PUT /v1/assets/GBP", token + json_type, 403),
            ("POST /v1/nothing", token + key + json_type, 404), ("POST /nothing", key + json_type, 404),
            ("DELETE /v1/entries", token + json_type, 405), ("POST /v1/journal/head", token + key + json_type, 405),
            ("POST /v1/entries", token + key + "Content-Type: text/plain\r\n", 415),
            ("POST /v1/entries", token + key, 415), ("POST /v1/entries", token + json_type, 400),
            ("POST /v1/entries?dry_rum=true", token + key + json_type, 400),
            ("POST /v1/entries", token + key + json_type + "Expect: the unexpected\r\n", 417),
            ("POST /v1/entries", token + key + json_type + "Expect: 100-continue, x\r\n", 417)):
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=30) as connection:
            # Of the body nothing comes: whoever waited for it would never answer.
            connection.sendall(f"{start} HTTP/1.1\r\nHost: localhost\r\n{fields}Content-Length: 1000000\r\n\r\n".encode())
            said = read_all(connection)
            assert said.startswith(b"HTTP/1.1 %d " % status) and b"\r\nConnection: close\r\n" in said, (start, fields, said)
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=30) as connection:
        connection.sendall(f"POST /v1/entries HTTP/1.1\r\nHost: localhost\r\n{token}{key}{json_type}Content-Length: 2000000\r\n\r\n".encode())
        assert read_all(connection).startswith(b"HTTP/1.1 413 ")
    # A problem without a body does not end the connection.
    keep = gateway.connect()
    for _ in range(2):
        assert gateway.request("POST", "/v1/commands/a/void", connection=keep).status == 401
        assert gateway.request("GET", "/v1/nothing", connection=keep).status == 404


def other_sites(world):
    """Without tokens a page of another site, in the operator's browser, may nothing."""
    server = world.server
    entry = {"debit": "bank:cash", "credit": "users:bob", "amount": "1"}
    for host in ("evil.example", f"evil.example:{server.port}", "127.0.0.1.evil.example", "localhost, evil.example"):
        for method, address in (("GET", "/v1/accounts"), ("GET", "/"), ("GET", "/metrics"), ("POST", "/v1/commands/order-1001/void")):
            problem(server.request(method, address, headers={"Host": host}), 403, "forbidden")
    for origin in ("http://evil.example", "null", f"http://localhost:{server.port + 1}"):
        problem(server.post("/v1/entries", entry, "site", headers={"Origin": origin}), 403, "forbidden")
        problem(server.request("POST", "/v1/commands/site/void", headers={"Origin": origin}), 403, "forbidden")
    assert server.get("/v1/commands/site").json()["outcome"] == "not_seen"
    for host in ("localhost", f"LOCALHOST:{server.port}", f"127.0.0.1:{server.port}", "[::1]:80"):
        own = {"Host": host, "Origin": f"http://{host}"}
        assert server.post("/v1/entries", entry, "site", headers=own).status == 201
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n")
        assert read_all(connection).startswith(b"HTTP/1.1 400 ")
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert b" 200 " in read_all(connection).split(b"\r\n")[0]


def read_all(connection):
    data = b""
    while part := connection.recv(65536):
        data += part
    return data


def slow_clients(world):
    gateway = world.gateway("--header-time", 1, "--body-time", 1, "--idle-time", 2, "--http-connections", 12)
    address = ("127.0.0.1", gateway.port)
    began = time.monotonic()
    with socket.create_connection(address, timeout=30) as dripping:
        def drip():
            try:
                for byte in b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"y" * 1000:
                    dripping.sendall(bytes([byte]))
                    time.sleep(0.05)
            except OSError:
                pass
        threading.Thread(target=drip, daemon=True).start()
        assert gateway.get("/healthz").status == 200
        assert read_all(dripping).startswith(b"HTTP/1.1 408 "), "a header that drips is cut off"
    with socket.create_connection(address, timeout=30) as half:
        half.sendall(b"POST /v1/entries HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\nIdempotency-Key: half\r\n"
                     b"Content-Type: application/json\r\n\r\n{")
        assert b" 408 " in read_all(half)
    with socket.create_connection(address, timeout=30) as idle:
        assert read_all(idle) == b"", "an idle connection is closed without a word"
    assert time.monotonic() - began < 60
    waiting = [socket.create_connection(address, timeout=30) for _ in range(12)]
    time.sleep(0.2)
    with socket.create_connection(address, timeout=30) as one_more:
        assert b" 503 " in read_all(one_more) , "past the cap"
    for each in waiting:
        each.close()
    time.sleep(0.2)
    assert gateway.get("/healthz").status == 200


def pipelining(world):
    with socket.create_connection(("127.0.0.1", world.server.port), timeout=30) as connection:
        body = b'{"debit":"bank:cash","credit":"users:bob","amount":"1"}'
        requests = b""
        for number in range(20):
            requests += (b"POST /v1/entries HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: pipe-%d\r\n"
                         b"X-Request-Id: pipe-%d\r\nContent-Length: %d\r\n%s\r\n" % (
                             number, number, len(body), b"Connection: close\r\n" if number == 19 else b"")) + body
        connection.sendall(requests)
        answers = read_all(connection)
        order = [part.split(b"\r\n")[0] for part in answers.split(b"X-Request-Id: ")[1:]]
        assert order == [b"pipe-%d" % number for number in range(20)], order
        assert answers.count(b"HTTP/1.1 201 ") == 20
    with socket.create_connection(("127.0.0.1", world.server.port), timeout=30) as connection:
        connection.sendall(b"POST /v1/entries HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: expect\r\n"
                           b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        assert read_all(connection).startswith(b"HTTP/1.1 201 ")
    with socket.create_connection(("127.0.0.1", world.server.port), timeout=30) as connection:
        connection.sendall(b"this is not HTTP\r\n\r\n")
        assert b" 400 " in read_all(connection)


def draining(world):
    """What was taken is answered; what was not answered was not taken."""
    gateway = world.gateway()
    keep = gateway.connect()
    assert gateway.request("GET", "/healthz", connection=keep).status == 200
    answered, unanswered = {}, []

    def post(number):
        own = gateway.connect()
        for step in range(1000):
            key = f"drain-{number}-{step}"
            try:
                answer = gateway.request("POST", "/v1/entries", {"debit": "bank:cash", "credit": "users:bob", "amount": "1"},
                                         key, connection=own)
            except (OSError, http.client.HTTPException):
                unanswered.append(key)
                return
            answered[key] = answer.status
            if answer.headers.get("Connection") == "close":
                return
    threads = [threading.Thread(target=post, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    while len(answered) < 20:
        time.sleep(0.001)
    assert gateway.stop(signal.SIGTERM) == 0
    for thread in threads:
        thread.join()
    assert set(answered.values()) == {201}, "what was taken is answered"
    for key in unanswered:
        outcome = world.server.get(f"/v1/commands/{key}").json()
        assert outcome["outcome"] == "not_seen", f"{key} was taken and not answered: {outcome}"


def draining_while_it_hangs(world):
    """A sequencer that hangs holds no gateway up, and who waits for it is told before the gateway goes."""
    gateway = world.gateway("--drain-time", 1)
    world.server.process.send_signal(signal.SIGSTOP)
    try:
        answers = {}

        def post(number):
            answers[number] = gateway.post("/v1/entries", {"debit": "bank:cash", "credit": "users:bob", "amount": "1"},
                                           f"hang-{number}", headers={"Prefer": "wait=30"})
        threads = [threading.Thread(target=post, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for number in range(4):
            while gateway.get(f"/v1/commands/hang-{number}", reads_own=False).json().get("outcome") != "pending":
                time.sleep(0.01)
        assert gateway.stop(signal.SIGTERM) == 0
        for thread in threads:
            thread.join()
    finally:
        world.server.process.send_signal(signal.SIGCONT)
    for number in range(4):
        problem(answers[number], 503, "not_ready", "after")
        assert world.server.post("/v1/entries", {"debit": "bank:cash", "credit": "users:bob", "amount": "1"}, f"hang-{number}").status == 201


def without_sequencer(world):
    world.server.stop()
    gateway = world.gateways[-1]
    gateway = Process("gateway", "--http", "127.0.0.1:0", "--sequencer", world.endpoints["listen"], "--query",
                      world.endpoints["query"], "--feed", world.endpoints["feed"])
    entry = {"debit": "bank:cash", "credit": "users:bob", "amount": "1"}
    away = gateway.post("/v1/entries", entry, "away")
    assert problem(away, 503, "sequencer_unavailable", "after") and away.headers["Retry-After"]
    assert gateway.get("/readyz").status == 503
    world.server = world.serve()
    gateway.wait_ready()
    assert gateway.post("/v1/entries", entry, "away").status == 201
    # Now it goes in the middle of things: what is sent waits, and the same request succeeds later.
    world.server.stop()
    waits = gateway.post("/v1/entries", entry, "later", headers={"Prefer": "wait=1"})
    assert problem(waits, 409, "in_flight", "after")
    assert gateway.get("/v1/commands/later").json()["outcome"] == "pending"
    # Who was silent for a while is taken for gone: what comes now is not queued for it.
    deadline = time.monotonic() + 30
    while (answer := gateway.post("/v1/entries", entry, "gone", headers={"Prefer": "wait=1"})).status != 503:
        assert problem(answer, 409, "in_flight") and time.monotonic() < deadline, answer
    problem(answer, 503, "sequencer_unavailable", "after")
    world.server = world.serve()
    deadline = time.monotonic() + 30
    while (answer := gateway.post("/v1/entries", entry, "later")).status != 201:
        assert answer.status in (409, 503) and time.monotonic() < deadline, answer
    assert gateway.stop() == 0


with World("--trust-gateways") as world:
    make_book(world.server)
    tokens(world)
    tls(world)
    off_loopback(world)
    other_sites(world)
    slow_clients(world)
    pipelining(world)
    judged_by_header(world)
    draining(world)
    draining_while_it_hangs(world)
    without_trust(world)
    without_sequencer(world)

with World() as world:
    # A sequencer that was not told to trust gateways takes no producers from them.
    make_book(world.server)
    headers, line = make_token("--producer", 7, "--scopes", "read,post")
    (world.path / "tokens").write_text(line + "\n")
    gateway = world.gateway("--tokens", world.path / "tokens")
    entry = {"debit": "bank:cash", "credit": "users:bob", "amount": "1"}
    problem(gateway.post("/v1/entries", entry, "p", headers=headers), 503, "producer")
