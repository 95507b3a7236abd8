"""Runs `daybook serve` with HTTP, and further gateways, in a temporary directory; speaks HTTP with them."""
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import contract

BINARY = sys.argv[1]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("DAYBOOK_")}
SEEN = set()  # (operation, status) that were answered, for the test of completeness


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode(errors="replace")

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.text[:500]}"


class Process:
    """A process of ours that logs where it serves HTTP."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([BINARY, *map(str, arguments)], stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
        self.lines = []
        self.port = None
        for line in self.process.stderr:
            self.lines.append(line)
            found = re.search(r"http at \S+:(\d+)$", line.strip())
            if found:
                self.port = int(found[1])
                break
        assert self.port, f"no HTTP: {''.join(self.lines)}"
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self):
        self.lines.extend(self.process.stderr)

    def wait_ready(self, headers=None):
        deadline = time.monotonic() + 60
        while self.request("GET", "/readyz", headers=headers).status != 200:
            assert self.process.poll() is None, f"ended: {''.join(self.lines)}"
            assert time.monotonic() < deadline, "never ready"
            time.sleep(0.02)
        return self

    def connect(self, timeout=30):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def request(self, method, address, body=None, key=None, headers=None, connection=None, checks=True, reads_own=True):
        own = connection or self.connect()
        fields = dict(headers or {})
        if method == "GET" and reads_own:
            fields.setdefault("Daybook-Min-Seq", str(World.written))
        if key is not None:
            fields["Idempotency-Key"] = key
        if body is not None:
            fields.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, (bytes, str)) else json.dumps(body)
        own.request(method, address, body, fields)
        response = own.getresponse()
        answer = Answer(response.status, dict(response.getheaders()), response.read())
        if connection is None:
            own.close()
        World.written = max(World.written, int(answer.headers.get("Daybook-Seq", 0)))
        if checks:
            wrong = list(contract.check_answer(method, address, answer))
            assert not wrong, "\n".join(wrong)
            found = contract.operation_of(method, address)
            SEEN.add((found[1]["operationId"] if found else "none", answer.status))
        return answer

    def get(self, address, **options):
        return self.request("GET", address, **options)

    def post(self, address, body, key=None, **options):
        return self.request("POST", address, body, key, **options)

    def put(self, address, body, **options):
        return self.request("PUT", address, body, **options)

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(60)


class World:
    """A book, its server, and any number of gateways beside it."""

    written = 0  # the newest seq that was answered: what is read afterwards shows it

    def __init__(self, *options):
        self.options = options
        self.gateways = []

    def __enter__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="daybook_http_")
        self.path = Path(self._directory.name)
        World.written = 0
        self.endpoints = {name: f"ipc://{self.path}/{name}" for name in ("listen", "feed", "query")}
        self.server = self.serve()
        return self

    def serve(self):
        return Process("serve", "--data", self.path / "data", "--disk-reserve", 1, "--http", "127.0.0.1:0",
                       *(part for name, at in self.endpoints.items() for part in (f"--{name}", at)),
                       *self.options).wait_ready()

    def gateway(self, *options):
        gateway = Process("gateway", "--http", "127.0.0.1:0", "--sequencer", self.endpoints["listen"],
                          "--query", self.endpoints["query"], "--feed", self.endpoints["feed"], *options).wait_ready()
        self.gateways.append(gateway)
        return gateway

    def token(self, *options):
        """The header of a new token; token_file() has it."""
        made, line = subprocess.run([BINARY, "token", *map(str, options)], capture_output=True, text=True, check=True).stdout.split("\n")[:2]
        with open(self.token_file(), "a") as file:
            file.write(line + "\n")
        return {"Authorization": f"Bearer {made}"}

    def token_file(self):
        return self.path / "all_tokens"

    def __exit__(self, kind, *_):
        codes = [each.stop() for each in (*self.gateways, self.server)]
        self._directory.cleanup()
        assert kind is not None or all(code in (0, -9) for code in codes), codes


def make_book(gateway, users=("alice", "bob")):
    """USD, a bank, and users who may not go below zero."""
    assert gateway.put("/v1/assets/USD", {"scale": 2}).status in (200, 201)
    assert gateway.put("/v1/accounts/bank:cash", {"asset": "USD", "type": "asset"}).status in (200, 201)
    for user in users:
        answer = gateway.put(f"/v1/accounts/users:{user}", {"asset": "USD", "type": "liability", "min": "0"})
        assert answer.status in (200, 201), answer


def problem(answer, status, code, retry=None):
    assert answer.status == status, answer
    body = answer.json()
    assert body["code"] == code, answer
    assert retry is None or body["retry"] == retry, answer
    return body
