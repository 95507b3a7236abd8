"""Imports that are killed half way, and a server that is killed under one: nothing is lost, nothing is there twice, and
what became of the lines is told."""
import csv
import json
import signal
import subprocess
import time

from command_line import Place, Server, ok, ok_json, run, start

ENTRIES = 80_000
AMOUNT = 7  # minor units


def write_entries(path):
    """The first entry is one that the ledger rejects."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("entry,account,side,amount\nfirst,users:poor,debit,1\nfirst,users:rich,credit,1\n")
        for number in range(ENTRIES):
            file.write(f"e{number},users:alice,debit,0.07\ne{number},users:rich,credit,0.07\n")


def head(server):
    return int(json.loads(ok("info", "--connect", server.listen, "--json"))["head"])


def balances(at, server):
    told = ok("balance", "--data", at.data, "--min-seq", head(server), "--json")
    return {row["account"]: int(row["posted"]) for row in map(json.loads, told.splitlines())}


def begin(at, server, file, *more):
    """`import csv`, once its first entries are in the ledger."""
    before = head(server)
    process = start("import", "csv", file, "--connect", server.listen, *more, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE)
    while head(server) < before + 500:
        assert process.poll() is None, process.communicate()
    assert process.poll() is None, "it has ended before it could be killed: make ENTRIES more"
    return process


def complete(at, server, file, sent_before):
    """Runs it again: what was there is replayed, the rest accepted, and each entry is in the ledger once."""
    done = run("import", "csv", file, "--connect", server.listen, "--json")
    assert done.returncode == 1 and "line 2: entry 'first': insufficient_funds" in done.stderr, done
    told = json.loads(done.stdout)
    accepted, replayed = int(told["accepted"]), int(told["replayed"])
    assert accepted + replayed == ENTRIES and told["rejected"] == "1", told
    assert replayed >= sent_before and accepted > 0, (told, sent_before)
    assert told["totals"][0]["debits"] == str(100 + ENTRIES * AMOUNT), told
    found = balances(at, server)
    assert found == {"users:alice": -ENTRIES * AMOUNT, "users:rich": ENTRIES * AMOUNT, "users:poor": 0}, found


def prepare(server):
    to = ("--connect", server.listen)
    ok("asset", "define", "CZK", "--scale", 2, *to)
    for code in ("users:alice", "users:rich"):
        ok("account", "open", code, "--asset", "CZK", *to)
    ok("account", "open", "users:poor", "--asset", "CZK", "--min", 0, *to)
    return head(server)


def killed_import(at, file):
    with Server(at) as server:
        start_seq = prepare(server)
        process = begin(at, server, file)
        process.kill()
        process.communicate()
        # What was on its way may still arrive.
        sent = head(server) - start_seq - 1
        assert 0 < sent < ENTRIES, sent
        complete(at, server, file, sent)


def killed_server(at, file, report):
    """The import gives up, and what the ledger rejected until then is told nevertheless."""
    server = Server(at)
    server.__enter__()
    start_seq = prepare(server)
    process = begin(at, server, file, "--refused", report)
    sent = head(server) - start_seq - 1
    server.process.kill()
    server.process.wait()
    server.process.stderr.close()
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 69, (process.returncode, errors)
    assert "line 2: entry 'first': insufficient_funds" in errors, errors
    with open(report, newline="", encoding="utf-8") as lines:
        assert [row["entry"] for row in csv.DictReader(lines)] == ["first"]
    with Server(at) as server:
        complete(at, server, file, sent)


def killed_rebuild(at):
    """`import jsonl` that is killed leaves nothing under its name, and the next one rebuilds the whole book."""
    out, rebuilt = at.path / "export", at.path / "rebuilt"
    ok("export", "--data", at.data, "--format", "jsonl", "--out", out)
    whole = ok_json("verify", "--data", at.data)
    call = ("import", "jsonl", out, "--data", rebuilt)
    begun = time.monotonic()
    ok(*call)
    lasted = time.monotonic() - begun
    subprocess.run(["rm", "-r", rebuilt], check=True)
    was_half = 0
    for part in range(1, 8):
        process = start(*call, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(lasted * part / 10)
        was_running = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if was_running:
            was_half += 1
            assert not (rebuilt / "journal").exists(), list(rebuilt.iterdir())
        else:
            subprocess.run(["rm", "-r", rebuilt], check=True)
    assert was_half >= 3, was_half
    ok(*call)
    again = ok_json("verify", "--data", rebuilt)
    for name in ("head_seq", "chain_head"):
        assert again[name] == whole[name], (name, again, whole)


def main():
    with Place() as at:
        file = at.path / "entries.csv"
        write_entries(file)
        killed_import(at, file)
        killed_rebuild(at)
    with Place() as at:
        write_entries(at.path / "entries.csv")
        killed_server(at, at.path / "entries.csv", at.path / "refused.csv")


main()
