"""Commands over HTTP through a bad network, sent again with the same key until they are answered: each acts once, and
every answer to it is the same [I2] [I3].

usage: network.py DAYBOOK [--threads N] [--commands N] [--seed N] [--delay SECONDS]
"""
import argparse
import http.client
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import threading
import time

from bad_network import BadNetwork

ACCOUNTS = 6


def serve(binary, place):
    process = subprocess.Popen(
        [binary, "serve", "--data", place / "data", "--listen", f"ipc://{place}/commands", "--feed", f"ipc://{place}/feed",
         "--query", f"ipc://{place}/queries", "--http", "127.0.0.1:0", "--disk-reserve", "0"], stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        found = re.search(r"http at \S+:(\d+)$", line.strip())
        if found:
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return process, int(found[1])
    raise RuntimeError("no HTTP")


def open_accounts(binary, place):
    lines = [{"key": "asset", "kind": "define_asset", "code": "USD", "scale": 2}]
    lines += [{"key": f"open{n}", "kind": "open_account", "code": f"net:{n}", "asset": "USD", "type": "liability",
               **({"min": "0"} if n else {})} for n in range(ACCOUNTS)]
    subprocess.run([binary, "submit", "-", "--connect", f"ipc://{place}/commands"], text=True, check=True,
                   input="\n".join(map(json.dumps, lines)) + "\n", stdout=subprocess.DEVNULL)


class Producer(threading.Thread):
    def __init__(self, number, port, commands, seed):
        super().__init__(daemon=True)
        self._port, self._chance = port, random.Random(f"{seed} {number}")
        self.answers = {f"{number}-{place}": set() for place in range(commands)}
        self.tries = 0

    def run(self):
        for key in self.answers:
            debit, credit = self._chance.sample(range(ACCOUNTS), 2)
            body = {"debit": f"net:{debit}", "credit": f"net:{credit}", "amount": str(self._chance.randint(1, 90_000))}
            wanted = 2 if self._chance.random() < 0.2 else 1  # a double click
            until = time.monotonic() + 60
            while wanted and time.monotonic() < until:
                wanted -= self._try_once(key, body)

    def _try_once(self, key, body):
        """Whether it was answered, all of it."""
        self.tries += 1
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=1.5)
        try:
            connection.request("POST", "/v1/entries", json.dumps(body),
                               {"Content-Type": "application/json", "Idempotency-Key": key})
            response = connection.getresponse()
            said = response.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        if response.status in (408, 429, 503, 504):
            return False
        # The library takes headers that were cut short for all of them.
        if not response.headers["Content-Length"] or not response.headers["Daybook-Seq"]:
            return False
        self.answers[key].add((response.status, response.headers["Daybook-Seq"], said))
        return True


def records_of(binary, place):
    """Key of each entry in the journal, with its Seq."""
    done = subprocess.run([binary, "tail", "--json", "--from-seq", "1", "--data", place / "data"], capture_output=True,
                          text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("daybook", type=os.path.abspath)
    parser.add_argument("--threads", type=int, default=12)
    parser.add_argument("--commands", type=int, default=12, help="of each thread")
    parser.add_argument("--seed", type=lambda text: int(time.time()) if text == "rotates" else int(text), default=1)
    parser.add_argument("--delay", type=float, default=0.3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="daybook-network-") as name:
        place = pathlib.Path(name)
        server, port = serve(options.daybook, place)
        try:
            open_accounts(options.daybook, place)
            network = BadNetwork(0, port, options.seed, options.delay, 1.5).start()
            producers = [Producer(n, network.port, options.commands, options.seed) for n in range(options.threads)]
            for producer in producers:
                producer.start()
            for producer in producers:
                producer.join()
            network.end()
        finally:
            server.terminate()
            code = server.wait(60)
        records = [record for record in records_of(options.daybook, place) if record["kind"] in ("transfer", "post_entry")]
    answers = {key: given for producer in producers for key, given in producer.answers.items()}
    tries = sum(producer.tries for producer in producers)
    wrong = [f"{key}: {sorted(given, key=str)}" for key, given in answers.items() if len(given) != 1]
    seqs = sorted(record["seq"] for record in records)
    told = sorted(next(iter(given))[1] for given in answers.values() if len(given) == 1 and next(iter(given))[0] < 300)
    accepted = sorted(record["seq"] for record in records if record["outcome"] == "accepted")
    print(f"seed {options.seed}: {len(answers)} keys, {tries} tries, {len(records)} records, {len(accepted)} accepted; connections:",
          ", ".join(f"{count} {kind}" for kind, count in network.counts.items()))
    for line in wrong[:10]:
        print("not one answer,", line)
    if code != 0 or wrong or len(seqs) != len(answers) or told != accepted:
        print(f"the server ended with {code}; {len(seqs)} records of {len(answers)} keys; told {told[:20]}, accepted {accepted[:20]}")
        return 1
    if not sum(count for kind, count in network.counts.items() if kind != "good"):
        print("the network was good")
        return 1
    return 0


sys.exit(main())
