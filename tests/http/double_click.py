"""One intent, many requests: it acts once, whoever carries it, whatever dies on the way."""
import signal
import threading
import time

from gateways import World, make_book, problem

TRANSFER = {"debit": "bank:cash", "credit": "users:alice", "amount": "1250"}
PARALLEL = 100


def at_once(calls):
    """All calls in parallel, begun together."""
    results = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(index):
        barrier.wait()
        results[index] = calls[index]()
    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


with World() as world:
    server = world.server
    make_book(server)
    gateways = [world.gateway() for _ in range(4)]

    before = int(server.get("/v1/journal/head").json()["seq"])
    answers = at_once([lambda at=index: gateways[at % 4].post("/v1/entries", TRANSFER, "click")
                       for index in range(PARALLEL)])
    assert all(answer.status == 201 for answer in answers), [a for a in answers if a.status != 201][:3]
    replayed = [answer for answer in answers if answer.headers.get("Idempotent-Replayed") == "true"]
    assert len(replayed) == PARALLEL - 1, len(replayed)
    assert len({answer.body for answer in answers}) == 1
    assert {answer.headers["Daybook-Seq"] for answer in answers} == {str(before + 1)}
    assert server.get("/v1/journal/head").json()["seq"] == str(before + 1)
    assert server.get("/v1/accounts/users:alice").json()["balance"] == "1250"

    other = gateways[1].post("/v1/entries", {**TRANSFER, "amount": "1251"}, "click")
    problem(other, 422, "idempotency_key_reused", "new_key")
    assert "seq" not in other.json()
    assert server.get("/v1/journal/head").json()["seq"] == str(before + 1)

    # The same command, said otherwise.
    long = {"postings": [{"account": "bank:cash", "side": "debit", "amount": 1250},
                         {"account": "users:alice", "side": "credit", "amount": 1250}]}
    again = gateways[2].post("/v1/entries", long, '"click"')
    assert again.status == 201 and again.body == answers[0].body, again

    # Gateways killed with requests in flight: whatever was answered or not, a retry elsewhere tells.
    lost = attempt = 0
    while attempt < 5 or (lost == 0 and attempt < 50):
        victim = world.gateway()
        keys = [f"kill-{attempt}-{number}" for number in range(40)]
        heard = {}

        def post(key):
            try:
                heard[key] = victim.post("/v1/entries", TRANSFER, key).body
            except OSError:
                heard[key] = None
            except Exception as error:  # http.client tells a closed connection in several ways
                assert "RemoteDisconnected" in type(error).__name__ or "IncompleteRead" in type(error).__name__, error
                heard[key] = None
        threads = [threading.Thread(target=post, args=(key,)) for key in keys]
        for thread in threads:
            thread.start()
        # Some before anything was answered, the others as soon as something was.
        while attempt % 2 and not heard:
            time.sleep(0.0002)
        victim.stop(signal.SIGKILL)
        for thread in threads:
            thread.join()
        lost += sum(body is None for body in heard.values())
        for key in keys:
            retried = server.post("/v1/entries", TRANSFER, key)
            assert retried.status == 201, retried
            assert heard[key] in (None, retried.body), (heard[key], retried.body)
        attempt += 1
    assert lost > 0, "no request was under way when its gateway was killed"
    posted = 1 + attempt * 40
    assert server.get("/v1/accounts/users:alice", headers={
        "Daybook-Min-Seq": server.get("/v1/journal/head").json()["seq"]}).json()["balance"] == str(1250 * posted)
