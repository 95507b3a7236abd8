"""The benches of the reading side run and leave nothing behind; a long statement streams and says when it is cut short. [I14]"""
import json
import signal
import subprocess

from command_line import Place, ok, ok_json, run, start

RECORDS = 30_000
BOOK = ("--records", RECORDS, "--accounts", 2)


def benches(at):
    at.path.joinpath("scratch").mkdir()
    place = ("--data", at.data, "--dir", at.path / "scratch")
    made = ok_json("bench", "reads", *BOOK, *place, "--reads", 20_000)
    assert made["records"] == str(RECORDS + 3) and made["accounts"] == "2", made
    assert made["reads_per_second"] > 0 and made["single_reads_per_second"] > 0
    used = ok_json("bench", "statements", "--records", 5, *place, "--pages", 100, "--lookups", 1000, "--lines", 20)
    assert used["records"] == made["records"], "the journal that is there is used"
    assert used["lines"] == str(20 * 100), used
    assert 10 < int(used["hops_max"]) <= 45, used
    assert int(used["page_records_max"]) <= 21 + int(used["hops_max"]) + 5, used
    text = ok("bench", "statements", *BOOK, "--dir", at.path / "scratch", "--pages", 10, "--lookups", 10)
    assert "page " in text and "lookup " in text, text
    assert not list(at.path.joinpath("scratch").iterdir()), "thrown away"
    assert run("bench", "reads", "--records", 5, "--accounts", 1, "--dir", at.path / "scratch").returncode == 64


def streams(at):
    """Over many views of the projection, every line follows from the one before."""
    whole = ok("statement", "bench:1", "--all", "--json", "--data", at.data).splitlines()
    assert len(whole) == RECORDS + 2
    before = json.loads(whole[-1])
    assert before["version"] == "0" and "next" not in before
    for text in reversed(whole[1:-1]):
        line = json.loads(text)
        assert int(line["version"]) == int(before["version"]) + 1
        change = int(line["amount"]) if line["side"] == "credit" else -int(line["amount"])
        assert int(line["posted"]) == int(before["posted"]) + change, line
        before = line
    closing = json.loads(whole[0])
    assert closing["posted"] == before["posted"] == ok_json("balance", "bench:1", "--data", at.data)["posted"]
    # For people: every line once, too.
    table = ok("statement", "bench:1", "--all", "--data", at.data).splitlines()
    assert sum(" transfer " in line for line in table) == RECORDS
    assert sum(" closing " in line for line in table) == sum(" opening " in line for line in table) == 1


def stops(at):
    """What a signal cuts short says so, as a shell would, and ends with a whole line."""
    for command in (["statement", "bench:1", "--all"], ["tail"]):
        for asked, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process = start(*command, "--json", "--data", at.data, stdout=subprocess.PIPE)
            lines = [process.stdout.readline()]
            process.send_signal(asked)
            lines += process.stdout.readlines()
            assert process.wait(30) == code, (command, process.returncode)
            assert 1 < len(lines) < RECORDS, len(lines)
            assert all(json.loads(line) for line in lines) and lines[-1].endswith("\n"), lines[-1]
            process.stdout.close()
    # Nobody reads on: it ends all the same.
    process = start("tail", "--json", "--data", at.data, stdout=subprocess.PIPE)
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130
    process.stdout.close()
    # What follows is meant to be stopped.
    process = start("tail", "--json", "--follow", "--data", at.data, stdout=subprocess.PIPE)
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.stdout.readlines()
    assert process.wait(30) == 0
    process.stdout.close()


with Place() as here:
    benches(here)
    projector = start("projector", "--data", here.data, stderr=subprocess.PIPE)
    while run("balance", "--min-seq", RECORDS + 3, "--data", here.data).returncode != 0:
        assert projector.poll() is None, projector.stderr.read()
    streams(here)
    stops(here)
    projector.terminate()
    assert projector.wait(30) == 0
    projector.stderr.close()
