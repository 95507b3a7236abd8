"""The event stream: each record once, in order, resumed after the last event; heads; skips."""
import json
import threading

from gateways import World, make_book, problem


class Events:
    def __init__(self, gateway, address="/v1/stream", last=None):
        self.connection = gateway.connect()
        self.connection.request("GET", address, headers={"Last-Event-ID": last} if last else {})
        self.response = self.connection.getresponse()
        assert self.response.status == 200 and self.response.headers["Content-Type"] == "text/event-stream"

    def __iter__(self):
        event = {}
        for line in self.response:
            line = line.decode().rstrip("\n")
            if line.startswith(":"):
                continue
            if not line:
                if "data" in event:
                    yield event["event"], event["id"], json.loads(event["data"])
                event = {}
                continue
            name, _, value = line.partition(": ")
            event[name] = value

    def close(self):
        self.response.close()
        self.connection.close()


def post(gateway, count, prefix):
    connection = gateway.connect()
    for number in range(count):
        answer = gateway.request("POST", "/v1/entries", {"debit": "bank:cash", "credit": "users:alice", "amount": "1"},
                                 f"{prefix}-{number}", connection=connection)
        assert answer.status == 201
    return int(answer.json()["seq"])


with World() as world:
    server = world.server
    make_book(server)
    for gateway in (server, world.gateway()):
        head = int(server.get("/v1/journal/head").json()["seq"])
        writer = threading.Thread(target=post, args=(server, 300, f"w{gateway.port}"))
        writer.start()
        seen, last = [], "0"
        while len(seen) < head + 300:
            # Cut off again and again, it goes on where it was.
            events = Events(gateway, "/v1/stream", last)
            for kind, at, record in events:
                assert kind == "record" and record["seq"] == at
                assert all("account" in touch for touch in record["touches"])
                seen.append(int(at))
                last = at
                if len(seen) == head + 300 or len(seen) % 97 == 0:
                    break
            events.close()
        writer.join()
        assert seen == list(range(1, head + 301)), "each once, in order"

    live = Events(server)
    heads = Events(server, "/v1/stream?events=heads")
    kind, at, body = next(iter(heads))
    assert kind == "head" and body["head_seq"] == at
    newest = []
    reader = threading.Thread(target=lambda: newest.extend(int(at) for _, (_, at, _) in zip(range(5), live)))
    reader.start()
    import time
    time.sleep(1)
    end = post(server, 5, "live")
    reader.join(30)
    assert newest == list(range(end - 4, end + 1)), (newest, end)

    some = Events(server, "/v1/stream?account=users:bob&from_seq=1")
    assert [record["kind"] for _, (_, _, record) in zip(range(1), some)] == ["open_account"]

    slow = Events(server, "/v1/stream?max_per_second=8&from_seq=1")
    kind, at, body = next(iter(slow))
    assert kind == "skipped" and (body["from_seq"], body["to_seq"]) == ("1", at), (kind, body)
    assert int(body["count"]) == int(at)
    kind, after, _ = next(iter(slow))
    assert kind == "record" and int(after) == int(at) + 1
    for address in ("/v1/stream?events=all", "/v1/stream?max_per_second=0", "/v1/stream?account=a::b"):
        problem(server.get(address), 400, "bad_parameter")
    problem(server.get("/v1/stream", headers={"Last-Event-ID": "x"}), 400, "bad_header")
    for each in (live, heads, some, slow):
        each.close()

    # As many as there are places, also when all ask at once; and those that end make room.
    gateway = world.gateway()
    many = [gateway.connect() for _ in range(80)]
    for each in many:
        each.request("GET", "/v1/stream?events=heads")
    answers = [each.getresponse() for each in many]
    assert sorted(answer.status for answer in answers) == [200] * 64 + [429] * 16
    for answer, each in zip(answers, many):
        answer.close()
        each.close()
    deadline = time.monotonic() + 60
    while gateway.get("/v1/status").json()["gateway"]["streams"] != 0:
        assert time.monotonic() < deadline, "a stream that has ended is counted still"
        post(gateway, 1, f"room-{time.monotonic_ns()}")  # it is noticed when there is something to send
        time.sleep(0.2)
