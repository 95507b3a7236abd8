"""Requests made from the contract and then bent: never a 500, never a crash, every error a valid problem.

    fuzz.py DAYBOOK [--requests N] [--seed N] [--connections N] [--counts FILE]

With --counts what it counted is written as JSON, also when something is wrong: for deploy/soak/http.
"""
import argparse
import http.client
import json
import random
import threading
import time
import traceback
import urllib.parse
from pathlib import Path

import contract
from contract import resolve
from gateways import World, make_book

ODD = ["", " ", "\x00", "ž", "💰", "a" * 200, "-1", "0", "1e9", "null", "9" * 60, "..", "%00", "users:", ":", "\u202e", "\ud800"]
ODD_VALUES = [None, True, False, 0, -1, 1.5, 2 ** 53, 2 ** 70, 1e300, "", [], {}, [[]], [None], {"": {}}, "x" * 5000]
CODES = ["bank:cash", "users:alice", "users:bob", "users:carol", "nobody:here", "a"]


class Maker:
    """Values that fit a schema, most of the time."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def text(self, schema, name):
        pick = self.random
        if name in ("account", "debit", "credit", "residue") or "colons" in schema.get("description", ""):
            return pick.choice(CODES)
        if name == "asset" or schema.get("maxLength") == 16:
            return pick.choice(["USD", "EUR", "XYZ"])
        if "date-time" == schema.get("format"):
            return pick.choice(["2026-03-01T12:00:00Z", "2099-01-01T00:00:00+05:30", "1970-01-01T00:00:00Z", "2026-13-01T00:00:00Z"])
        pattern = schema.get("pattern", "")
        if "A-F" in pattern:
            return "%032x" % pick.getrandbits(128)
        if pattern.startswith("^(0|") or "[0-9]" in pattern:
            return str(pick.choice([0, 1, 2, 3, 5, 10, 50, 1000, 2 ** 40, pick.randrange(300)]))
        return "".join(pick.choice("abcdefghijklmnopqrstuvwxyz0123456789-") for _ in range(pick.randrange(1, 12)))

    def value(self, schema, name="", depth=0):
        schema = resolve(schema)
        pick = self.random
        if pick.random() < 0.02:
            return pick.choice(ODD_VALUES)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return pick.choice(schema["enum"])
        if "oneOf" in schema:
            return self.value(pick.choice(schema["oneOf"]), name, depth)
        kind = schema.get("type", "object")
        kind = pick.choice(kind) if isinstance(kind, list) else kind
        if kind == "string":
            return pick.choice(ODD) if pick.random() < 0.03 else self.text(schema, name)
        if kind == "integer":
            return pick.choice([schema.get("minimum", 0), 1, 2, 7, 100, schema.get("maximum", 1000)])
        if kind == "boolean":
            return pick.random() < 0.5
        if kind == "array":
            count = pick.choice([schema.get("minItems", 0), 1, 2, 3, 8])
            return [self.value(schema.get("items", {}), name, depth + 1) for _ in range(count)]
        made = {}
        for member, each in schema.get("properties", {}).items():
            if member in schema.get("required", []) and pick.random() < 0.98 or pick.random() < 0.15:
                made[member] = self.value(each, member, depth + 1)
        if pick.random() < 0.02:
            made[pick.choice(ODD) or "odd"] = pick.choice(ODD_VALUES)
        return made

    def parameter(self, parameter):
        value = self.value(parameter["schema"], parameter["name"])
        if parameter["name"] == "cursor" and self.random.random() < 0.5:
            value = "".join(self.random.choice("ABCabc019-_") for _ in range(self.random.randrange(60)))
        if parameter["name"] == "Prefer":
            value = self.random.choice(["wait=0", "wait=1", "wait=x", "respond-async"])
        return json.dumps(value) if not isinstance(value, str) else value

    def request(self):
        pick = self.random
        method, path, operation = pick.choice([each for each in contract.operations() if each[1] != "/v1/stream"])
        headers, query, in_path = {}, [], {}
        for each in operation["parameters"]:
            each = resolve(each)
            if each["in"] == "path":
                stated = self.parameter(each)
                in_path[each["name"]] = stated
                made = urllib.parse.quote(stated.encode("utf-8", "replace"), safe=":" if pick.random() < 0.9 else ":/%?#")
                path = path.replace("{" + each["name"] + "}", made)
            elif each.get("required") and pick.random() < 0.97 or pick.random() < 0.15:
                if each["in"] == "query":
                    query.append(f"{each['name']}={urllib.parse.quote(self.parameter(each).encode('utf-8', 'replace'))}")
                else:
                    text = self.parameter(each).encode("latin-1", "replace").decode("latin-1")
                    headers[each["name"]] = "".join(c for c in text if c not in "\r\n\x00")
        if "Daybook-Min-Seq" in headers or any(part.startswith("as_of_seq") for part in query):
            headers["Prefer"] = "wait=0"
        if "Idempotency-Key" in headers and pick.random() < 0.7:
            headers["Idempotency-Key"] = f"k{pick.randrange(10 ** 9)}"
            # What is voided is said twice.
            if in_path.get("key", " ").isascii() and in_path.get("key", " ").isalnum():
                headers["Idempotency-Key"] = in_path["key"]
        if pick.random() < 0.01:
            query.append(pick.choice(["x=1", "%", "a=%zz", "limit=1&limit=2", "=", "&&"]))
        body = None
        if "requestBody" in operation:
            made = self.value(operation["requestBody"]["content"]["application/json"]["schema"])
            body = json.dumps(made).encode()
            if pick.random() < 0.03:
                cut = pick.randrange(len(body) + 1)
                body = pick.choice([body[:cut], body + b"}", body[:cut] + bytes([pick.randrange(256)]) + body[cut:],
                                    b"[" * pick.randrange(2000), b'{"a":' * 500, b'{"a":1,"a":2}'])
            headers["Content-Type"] = "application/json" if pick.random() < 0.98 else "text/html"
        if pick.random() < 0.01:
            method = pick.choice(["DELETE", "PATCH", "OPTIONS", "HEAD", "BREW"])
        return method, path + ("?" + "&".join(query) if query else ""), body, headers


WRONG_MAX = 20  # of one thread; what follows is rarely news


class Bender(threading.Thread):
    """Sends `count` bent requests over one connection after the other, and notes what is wrong with the answers."""

    def __init__(self, gateway, seed, count):
        super().__init__()
        self.gateway, self.seed, self.count = gateway, seed, count
        self.wrong, self.statuses = [], {}
        self.answered = self.not_sent = 0
        self.connection = None

    def run(self):
        maker, number, request = Maker(self.seed), 0, None
        try:
            self.reconnect()
            for number in range(self.count):
                request = None
                request = maker.request()
                self.one(*request)
                if len(self.wrong) > WRONG_MAX:
                    return
        except Exception:  # pylint: disable=broad-except  a thread that ends unseen finds nothing more
            self.wrong.append(f"seed {self.seed}, request {number}: {request}: {traceback.format_exc()}")

    def reconnect(self):
        if self.connection:
            self.connection.close()
        self.connection = self.gateway.connect(60)

    def one(self, method, address, body, headers):
        what = f"seed {self.seed}, request {self.answered + self.not_sent}: {method} {address} {headers} {(body or b'')[:300]}"
        try:
            address.encode("ascii")
            answer = self.gateway.request(method, address, body, headers=headers, connection=self.connection, checks=False, reads_own=False)
        except (UnicodeError, ValueError, http.client.InvalidURL):
            # The client itself refuses to send it.
            self.not_sent += 1
            return self.reconnect()
        except (http.client.HTTPException, OSError) as error:
            self.wrong.append(f"{what}: {error!r}")
            if self.gateway.process.poll() is not None:
                raise
            return self.reconnect()
        self.answered += 1
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        if answer.headers.get("Connection") == "close":
            self.reconnect()
        said = list(contract.check_answer(method, address, answer))
        if answer.status == 500 or answer.status == 503 and b"_unavailable" in answer.body:
            said.append("the server's fault")
        self.wrong += [f"{what}: {each}: {answer}" for each in said]


def bend_all(gateways, seed, requests, connections):
    """What the threads counted together, and all that is wrong: a thread that did not do its part too."""
    shares = [requests // connections + (index < requests % connections) for index in range(connections)]
    benders = [Bender(gateways[index % len(gateways)], seed * 1000 + index, share) for index, share in enumerate(shares)]
    for each in benders:
        each.start()
    for each in benders:
        each.join()
    statuses = {}
    for each in benders:
        for status, count in each.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    wrong = [text for each in benders for text in each.wrong]
    wrong += [f"seed {each.seed}: {each.answered} answers of {each.count} requests, {each.not_sent} not sent" for each in benders
              if each.answered + each.not_sent != each.count or each.not_sent * 5 > each.count]
    return statuses, wrong


def run(options):
    with World() as world:
        make_book(world.server)
        gateways = [world.server, world.gateway()]
        statuses, wrong = bend_all(gateways, options.seed, options.requests, options.connections)
        counts = {"requests": sum(statuses.values()), "five_hundreds": statuses.get(500, 0), "wrong": len(wrong)}
        if options.counts:
            options.counts.write_text(json.dumps(counts))
        print(f"seed {options.seed}: {counts['requests']} answers: {dict(sorted(statuses.items()))}")
        assert not wrong, "\n".join(wrong[:20])
        assert statuses.get(201, 0) > 0 and statuses.get(200, 0) > 0 and statuses.get(422, 0) > 0, statuses
        assert all(each.get("/healthz").status == 200 for each in gateways)
        trial = world.server.get("/v1/trial-balance").json()
        assert trial["is_balanced"], trial


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary")
    arguments.add_argument("--requests", type=int, default=3000)
    arguments.add_argument("--seed", type=int, default=int(time.time()))
    arguments.add_argument("--connections", type=int, default=4)
    arguments.add_argument("--counts", type=Path)
    run(arguments.parse_args())


if __name__ == "__main__":
    main()
