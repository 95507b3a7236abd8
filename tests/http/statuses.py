"""Brings about every status that the contract declares, for each route; says which cannot be and why."""
import contextlib
import json
import signal
import socket
import threading
import urllib.parse

import contract
import gateways
from gateways import Answer
from nonsense import Nonsense

# What no client can bring about from outside, nor a peer that answers nonsense.
OUR_BUG = "only a bug makes one: what a sequencer or a query endpoint answers makes none here"
PUT_TRIED = "a PUT is tried first, by who is stopped here; its answer is then a sequencer's: server_test.cc, for dry runs"
EXEMPT_OF = {(name, 500): OUR_BUG for name in (
    "putAsset", "putAccount", "setAccountState", "setLimits", "postEntry", "reverseEntry", "placeHold", "captureHold", "releaseHold",
    "postBatch", "voidKey", "getCommand", "getLimits", "stream")}
EXEMPT_OF |= {(name, status): PUT_TRIED for name in ("putAsset", "putAccount") for status in (409, 429)}
ENTRY = {"debit": "bank:cash", "credit": "users:alice", "amount": "1"}
POOR = {"debit": "users:bob", "credit": "users:alice", "amount": "99999999999"}
STREAMS_MAX = 64  # at once; http/options.h
UNMET = {"require": [{"account": "users:bob", "measure": "posted", "is": "lt", "value": "-5"}]}


def samples(hold, entry):
    """For each operation an address and a body that are right."""
    return {
        "putAsset": ("/v1/assets/USD", {"scale": 2}), "putAccount": ("/v1/accounts/users:bob", {"asset": "USD", "type": "liability", "min": "0"}),
        "getAccount": ("/v1/accounts/users:bob", None), "setAccountState": ("/v1/accounts/users:erin/state", {"state": "frozen"}),
        "setLimits": ("/v1/accounts/users:erin/limits", {"min": "0"}), "postEntry": ("/v1/entries", ENTRY),
        "findEntries": ("/v1/entries?reference=x", None), "reverseEntry": (f"/v1/entries/{entry}/reverse", {}),
        "placeHold": ("/v1/holds", ENTRY), "captureHold": (f"/v1/holds/{hold}/capture", {"amount": "1"}),
        "releaseHold": (f"/v1/holds/{hold}/release", {}),
        "postBatch": ("/v1/batches", {"mode": "all_or_nothing", "commands": [{"kind": "post_entry", **ENTRY}]}),
        "voidKey": ("/v1/commands/sweep-void/void", {}), "getCommand": ("/v1/commands/p1", None), "listAccounts": ("/v1/accounts", None),
        "getBalance": ("/v1/accounts/users:bob/balance", None), "getStatement": ("/v1/accounts/users:bob/entries", None),
        "getEntry": (f"/v1/entries/{entry}", None), "getTrialBalance": ("/v1/trial-balance", None), "getJournal": ("/v1/journal", None),
        "getHead": ("/v1/journal/head", None), "getRecord": ("/v1/journal/1", None), "getLimits": ("/v1/limits", None),
        "getStatus": ("/v1/status", None), "stream": ("/v1/stream", None), "isHealthy": ("/healthz", None), "isReady": ("/readyz", None),
        "getMetrics": ("/metrics", None), "getContract": ("/openapi.json", None), "getConsole": ("/", None),
    }


def raw(port, text, is_stream=False):
    """The answer to bytes; of a stream the header alone."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(text.encode())
        data = b""
        while part := connection.recv(65536):
            data += part
            if is_stream and b"\r\n\r\n" in data:
                break
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    return Answer(int(lines[0].split(" ")[1]), dict(line.split(": ", 1) for line in lines[1:]), b"" if is_stream else body)


class Sweep:
    def __init__(self, world):
        self.world, self.server = world, world.server
        self.count = 0
        entry = self.server.post("/v1/entries", {**ENTRY, "amount": "1000"}, "sweep-entry").json()["id"]
        assert self.server.put("/v1/accounts/users:erin", {"asset": "USD", "type": "liability"}).status in (200, 201)
        hold = self.server.post("/v1/holds", {**ENTRY, "amount": "1000"}, "sweep-hold").json()["id"]
        self.samples = samples(hold, entry)
        self.operations = [(method, operation) for method, _, operation in contract.operations()]

    def note(self, operation, method, address, answer, wanted):
        wrong = list(contract.check_answer(method, address, answer))
        assert not wrong, wrong
        if wanted is not None:
            assert answer.status == wanted, (operation, wanted, answer)
        gateways.SEEN.add((operation, answer.status))

    def send(self, gateway, method, name, wanted, query="", fields=None, body=None, key=None, path=None):
        """One request, right but for what the arguments change."""
        address, right = self.samples[name]
        address = (path or address) + ("" if not query else ("&" if "?" in (path or address) else "?") + query)
        self.count += 1
        key = key or f"sweep-{self.count}"
        if name == "voidKey" and path is None:
            address = address.replace("sweep-void", key)
        all_fields = {"Host": f"127.0.0.1:{gateway.port}", "Connection": "close"}
        body = right if body is None else body
        text = json.dumps(body) if body is not None and method != "GET" else ""
        if method != "GET":
            all_fields |= {"Content-Type": "application/json", "Content-Length": str(len(text))}
        if method == "POST":
            all_fields["Idempotency-Key"] = key
        all_fields |= fields or {}
        head = "".join(f"{field}: {value}\r\n" for field, value in all_fields.items())
        is_stream = name == "stream" and wanted == 200
        answer = raw(gateway.port, f"{method} {address} HTTP/1.1\r\n{head}\r\n{text}", is_stream)
        self.note(name, method, address, answer, wanted)
        return answer

    def each(self, status):
        for method, operation in self.operations:
            if str(status) in operation["responses"]:
                yield method.upper(), operation["operationId"]

    def alike(self):
        """What is the same for all routes."""
        server = self.server
        reader, poster = self.world.token("--producer", 3, "--scopes", "read"), self.world.token("--producer", 3, "--scopes", "post")
        some = self.world.token("--producer", 3, "--scopes", "read,post", "--accounts", "users")
        guarded = self.world.gateway("--tokens", self.world.token_file())
        away = gateways.Process("gateway", "--http", "0.0.0.0:0", "--behind-proxy", "--tokens", self.world.token_file(),
                                "--sequencer", self.world.endpoints["listen"], "--query", self.world.endpoints["query"])
        for method, name in self.each(400):
            self.send(server, method, name, 400, query="nope=1")
        for method, name in self.each(401):
            self.send(away if name in ("isReady", "getMetrics") else guarded, method, name, 401)
        assert away.stop() == 0
        for method, name in self.each(403):
            self.send(server, method, name, 403, fields={"Host": "evil.example"})
            if dict((o["operationId"], o) for _, o in self.operations)[name].get("x-scope"):
                self.send(guarded, method, name, 403, fields=poster if method == "GET" else reader)
        for method, name in self.each(405):
            address = self.samples[name][0]
            answer = server.request("DELETE", address)
            assert answer.status == 405 and method in answer.headers["Allow"], (name, answer.headers)
            gateways.SEEN.add((name, 405))
        for method, name in self.each(413):
            self.send(server, method, name, 413, fields={"Content-Length": "2000000"})
        for method, name in self.each(415):
            self.send(server, method, name, 415, fields={"Content-Type": "text/plain"})
        for method, name in self.each(417):
            self.send(server, method, name, 417, fields={"Expect": "a-miracle"})
        for method, name in self.each(431):
            self.send(server, method, name, 431, fields={"X-Long": "x" * 20000})
        for name in ("reverseEntry", "captureHold", "releaseHold"):
            path = self.samples[name][0].split("/")
            self.send(guarded, "POST", name, 404, fields=some, path="/".join((*path[:3], "999999", *path[4:])))
        self.send(guarded, "POST", "postBatch", 404, fields=some, body={
            "mode": "all_or_nothing", "commands": [{"kind": "release_hold", "hold": "999999"}]})

    @staticmethod
    def only_connection(port):
        """Held once those before it have gone."""
        while True:
            only = socket.create_connection(("127.0.0.1", port), timeout=60)
            only.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            if only.recv(1000).startswith(b"HTTP/1.1 200 "):
                return only
            only.close()

    def in_time(self):
        """Requests that stop in the middle, and connections past the cap."""
        slow = self.world.gateway("--header-time", 1)
        answers = {}

        def stop_half(method, name):
            answers[method, name] = raw(slow.port, f"{method} {self.samples[name][0]} HTTP/1.1\r\nHost: localhost\r\nX-Half")
        threads = [threading.Thread(target=stop_half, args=each) for each in self.each(408)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for (method, name), answer in answers.items():
            self.note(name, method, self.samples[name][0], answer, 408)
        small = self.world.gateway("--http-connections", 1)
        with self.only_connection(small.port):
            for method, name in self.each(503):
                self.send(small, method, name, 503)
        hung = self.world.gateway()
        self.server.process.send_signal(signal.SIGSTOP)
        try:
            for method, name in self.each(409):
                if (name, 409) not in EXEMPT_OF:
                    self.send(hung, method, name, 409, fields={"Prefer": "wait=0"}, key=f"hung-{name}")
        finally:
            self.server.process.send_signal(signal.SIGCONT)
        for method, name in self.each(409):
            if (name, 409) not in EXEMPT_OF:
                self.send(hung, method, name, None, key=f"hung-{name}")

    def full(self):
        """Past the caps of what one producer may have waiting, and of streams."""
        crowded = self.world.gateway()
        self.server.process.send_signal(signal.SIGSTOP)
        try:
            for count in (1000, 100, 10, 1):
                while True:
                    self.count += count
                    body = {"mode": "independent", "commands": [
                        {"key": f"crowd-{self.count}-{number}", "kind": "post_entry", **POOR} for number in range(count)]}
                    answer = self.send(crowded, "POST", "postBatch", None, fields={"Prefer": "wait=0"}, body=body)
                    if answer.status == 429:
                        break
            for method, name in self.each(429):
                if name != "stream" and (name, 429) not in EXEMPT_OF:
                    self.send(crowded, method, name, 429, fields={"Prefer": "wait=0"})
        finally:
            self.server.process.send_signal(signal.SIGCONT)
        with contextlib.ExitStack() as streams:
            for _ in range(STREAMS_MAX):
                one = streams.enter_context(socket.create_connection(("127.0.0.1", crowded.port), timeout=60))
                one.sendall(b"GET /v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert one.recv(1000).startswith(b"HTTP/1.1 200 ")
            self.send(crowded, "GET", "stream", 429)

    def fooled(self):
        """Reads of a query endpoint that answers another question."""
        nonsense = Nonsense(self.world.path / "nonsense")
        fooled = gateways.Process("gateway", "--http", "127.0.0.1:0", "--sequencer", self.world.endpoints["listen"], "--query", nonsense.endpoint)
        for method, name in self.each(500):
            if (name, 500) not in EXEMPT_OF:
                answer = self.send(fooled, method, name, 500)
                assert answer.json()["code"] == "internal" and "nonsense" not in answer.text and "protocol" not in answer.text, answer
        assert fooled.stop() == 0
        nonsense.close()

    def decided(self):
        """What the ledger says to each command."""
        server = self.server
        for method, name in self.each(412):
            right = self.samples[name][1]
            self.send(server, method, name, 412, body={**right, **UNMET})
        poor = {"postEntry": POOR, "placeHold": POOR, "captureHold": {"amount": "99999999999"}, "reverseEntry": {"amounts": ["99999", "99999"]},
                "postBatch": {"mode": "all_or_nothing", "commands": [{"kind": "post_entry", **POOR}]}, "putAsset": {"scale": 3},
                "putAccount": {"asset": "USD", "type": "asset"}}
        paths = {"releaseHold": "/v1/holds/999999/release", "setAccountState": "/v1/accounts/nobody/state",
                 "setLimits": "/v1/accounts/nobody/limits", "findEntries": "/v1/entries", "voidKey": "/v1/commands/p1/void"}
        for method, name in self.each(422):
            self.send(server, method, name, 422, body=poor.get(name), path=paths.get(name), key="p1" if name == "voidKey" else None)
        for method, name in self.each(200):
            if method == "POST":
                self.send(server, method, name, 200, query="dry_run=true")
            elif method == "GET":
                self.send(server, method, name, 200)
        for method, name in self.each(304):
            # Of a journal's page the tag counts while it is the head's: routes.py.
            if name != "getJournal":
                self.send(server, method, name, 304, fields={"If-None-Match": "*"})
        last = [each for each in self.each(201) if each[1] == "releaseHold"]
        for method, name in [*(each for each in self.each(201) if each not in last and each[0] == "POST"), *last]:
            self.send(server, method, name, 201)


def sweep(world):
    made = Sweep(world)
    made.alike()
    made.decided()
    made.fooled()
    made.in_time()
    made.full()
    missing = [(operation["operationId"], int(status)) for _, _, operation in contract.operations() for status in operation["responses"]
               if (operation["operationId"], int(status)) not in gateways.SEEN]
    unexcused = [each for each in missing if each not in EXEMPT_OF]
    assert not unexcused, f"declared, but never answered: {unexcused}"
    idle = [each for each in EXEMPT_OF if each not in missing]
    assert not idle, f"excused, but answered: {idle}"
