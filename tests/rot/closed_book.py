"""A small book with something of everything, made by the real server and closed: what is then damaged."""
import json
import pathlib
import random
import subprocess

ACCOUNTS = 24


class Server:
    def __init__(self, binary, place):
        self.binary, self.place = binary, pathlib.Path(place)
        self.listen = f"ipc://{place}/commands"
        self.process = subprocess.Popen(
            [binary, "serve", "--data", self.place / "data", "--listen", self.listen, "--feed", "", "--query",
             f"ipc://{place}/queries", "--disk-reserve", "0"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def submit(self, commands):
        lines = "".join(json.dumps(command) + "\n" for command in commands)
        done = subprocess.run([self.binary, "submit", "-", "--connect", self.listen], input=lines, text=True,
                              capture_output=True, check=False, timeout=60)
        if done.returncode not in (0, 1):
            raise RuntimeError(f"submit ended with {done.returncode}: {done.stderr}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def stop(self):
        self.process.terminate()
        _, said = self.process.communicate(timeout=60)
        if self.process.returncode != 0:
            raise RuntimeError(f"the server ended with {self.process.returncode}: {said}")


def account(number):
    return f"users:{number}:wallet"


def opening():
    yield {"key": "asset", "kind": "define_asset", "code": "USD", "scale": 2}
    yield {"key": "cash", "kind": "open_account", "code": "bank:cash", "asset": "USD", "type": "asset"}
    for number in range(ACCOUNTS):
        yield {"key": f"open{number}", "kind": "open_account", "code": account(number), "asset": "USD", "type": "liability",
               "min": "0", **({"max": "900000"} if number % 3 == 0 else {})}
    for number in range(ACCOUNTS):
        yield {"key": f"fund{number}", "kind": "post_entry", "reference": f"salary {number}", "unique_reference": number % 2 == 0,
               "postings": [{"account": "bank:cash", "side": "debit", "amount": "100000"},
                            {"account": account(number), "side": "credit", "amount": "100000"}]}


def some_commands(chance, name, count, holds, entries):
    for place in range(count):
        first, second = chance.sample(range(ACCOUNTS), 2)
        pair = {"debit": account(first), "credit": account(second)}
        key, dice = f"{name}{place}", chance.random()
        if dice < 0.2:
            yield {"key": key, "kind": "place_hold", **pair, "amount": str(chance.randint(1, 5000))}
        elif dice < 0.3 and holds:
            yield {"key": key, "kind": chance.choice(["capture_hold", "release_hold"]), "hold": chance.choice(holds)}
        elif dice < 0.4 and entries:
            yield {"key": key, "kind": "reverse_entry", "entry": chance.choice(entries)}
        elif dice < 0.45:
            yield {"key": key, "kind": "set_limits", "account": account(first), "min": str(-chance.randint(1, 500))}
        elif dice < 0.5:
            yield {"key": key, "kind": "set_account_state", "account": account(ACCOUNTS - 1),
                   "state": chance.choice(["open", "frozen_debits"])}
        else:
            yield {"key": key, "kind": "post_entry", "description": f"payment {key}",
                   "postings": [{"account": pair["debit"], "side": "debit", "amount": str(chance.randint(1, 9000))},
                                {"account": pair["credit"], "side": "credit"}]}


def balanced(commands):
    for command in commands:
        if command["kind"] == "post_entry" and "amount" not in command["postings"][1]:
            command["postings"][1]["amount"] = command["postings"][0]["amount"]
        yield command


def make_book(binary, place, seed=1, rounds=12, commands=20):
    """Leaves the closed book in place/data, and in place/stale what the files were like half-way."""
    chance = random.Random(seed)
    place = pathlib.Path(place)
    place.mkdir(parents=True, exist_ok=True)
    server = Server(binary, place)
    server.submit(opening())
    holds, entries = [], []
    for number in range(rounds):
        stated = list(balanced(some_commands(chance, f"{number}.", commands, holds, entries)))
        for command, receipt in zip(stated, server.submit(stated), strict=True):
            if command["kind"] == "place_hold":
                holds.append(receipt["seq"])
            elif command["kind"] == "post_entry":
                entries.append(receipt["seq"])
        if number == rounds // 2:
            server.stop()
            subprocess.run(["cp", "-r", "--sparse=always", place / "data", place / "stale"], check=True)
            server = Server(binary, place)
    server.stop()
    return place / "data"
