"""Statements and balances of the past, from the outside: lines, pages, ranges, moments, bad input. [I14]"""
import json
import subprocess
import time

from command_line import BINARY, Place, Server, ok, ok_json, run, start


def lines(*arguments):
    return [json.loads(line) for line in ok("statement", *arguments, "--json").splitlines()]


def expect(code, words, *arguments):
    done = run(*arguments)
    what = f"daybook {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}"
    assert done.returncode == code, f"exit code {done.returncode} instead of {code}: {what}"
    assert words in done.stderr, f"'{words}' is not in: {what}"


def fill(at):
    """Twelve records, and moments between them."""
    def do(*arguments):
        return json.loads(ok(*arguments, "--connect", at.listen, "--data", at.data, "--json"))

    def post(*arguments):
        return json.loads(ok("post", *arguments, "--connect", at.listen, "--json"))

    def plain(*arguments):
        return json.loads(ok(*arguments, "--connect", at.listen, "--json"))

    plain("asset", "define", "USD", "--scale", 2)
    plain("account", "open", "bank:cash", "--asset", "USD", "--type", "asset")
    plain("account", "open", "users:alice", "--asset", "USD", "--min", 0)
    post("--debit", "bank:cash", "--credit", "users:alice", "--amount", "12.50", "--reference", "order-1")
    post("--debit", "bank:cash", "--credit", "users:alice", "--amount", "7.50", "--description", "a gift")
    middle = time.time_ns()
    time.sleep(0.01)
    post("--debit", "users:alice", "--credit", "bank:cash", "--amount", "5")
    plain("hold", "place", "--debit", "users:alice", "--credit", "bank:cash", "--amount", "3")
    do("hold", "capture", 7, "--amount", "1")
    plain("hold", "release", 7)
    do("reverse", 4, "--amounts", "2.50,2.50")
    plain("account", "limits", "users:alice", "--min", "1", "--max", "none")
    plain("account", "open", "users:late", "--asset", "USD")
    return middle


def moment(nanoseconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(nanoseconds // 10**9)) + f".{nanoseconds % 10**9:09}Z"


def pages(at):
    whole = lines("users:alice", "--data", at.data, "--min-seq", 12)
    assert [line["what"] for line in whole] == ["closing", *["line"] * 8, "opening"], whole
    kinds = [line["kind"] for line in whole[1:-1]]
    assert sorted(kinds[:3]) == ["hold_released", "limits_changed", "reversal"], kinds
    assert kinds[3:] == ["hold_captured", "hold_placed", "transfer", "transfer", "transfer"] or \
        kinds[3:] == ["hold_captured", "hold_placed", "entry", "entry", "entry"], kinds
    closing, opening = whole[0], whole[-1]
    assert (closing["posted"], closing["account"], closing["scale"]) == ("1150", "users:alice", 2), closing
    assert (opening["posted"], opening["version"]) == ("0", "0") and "next" not in opening
    by_seq = {line["seq"]: line for line in whole[1:-1]}
    assert by_seq["4"]["reference"] == "order-1" and by_seq["4"]["amount"] == "1250"
    assert by_seq["4"]["side"] == "credit"
    assert by_seq["4"]["counter"] == [{"account": "bank:cash", "account_number": "1", "side": "debit",
                                       "amount": "1250", "scale": 2}]
    assert by_seq["5"]["description"] == "a gift"
    assert (by_seq["7"]["held"], by_seq["7"]["available"], by_seq["7"]["posted"]) == ("300", "1200", "1500")
    assert (by_seq["8"]["amount"], by_seq["8"]["held"], by_seq["8"]["hold"]) == ("100", "-100", "7")
    assert by_seq["10"]["reverses"] == "4" and by_seq["10"]["counter"][0]["account"] == "bank:cash"
    assert by_seq["11"]["min"] == "1"

    joined, cursor = [], []
    for _ in range(3):
        page = lines("users:alice", "--data", at.data, "--limit", 3, *cursor)
        joined += page[1:-1]
        assert page[1]["posted"] == page[0]["posted"]
        cursor = ["--before", page[-1].get("next")]
    assert joined == whole[1:-1] and cursor[1] is None
    assert lines("users:alice", "--data", at.data, "--all") == whole
    ranged = lines("users:alice", "--data", at.data, "--from-seq", 5, "--to-seq", 7)
    assert [line["seq"] for line in ranged[1:-1]] == ["7", "6", "5"]
    assert (ranged[0]["posted"], ranged[-1]["posted"]) == ("1500", "1250")

    text = ok("statement", "users:alice", "--data", at.data, "--limit", 2)
    assert "closing" in text and "11.50" in text and "older lines: --before 10." in text, text
    text = ok("statement", "users:alice", "--data", at.data)
    assert "bank:cash" in text and "ref order-1" in text and '"a gift"' in text and "older" not in text, text


def moments(at, middle):
    now = ok_json("balance", "users:alice", "--data", at.data)
    assert now["posted"] == "1150" and now["as_of_seq"] == "12" and now["state"] == "open"
    then = ok_json("balance", "users:alice", "--data", at.data, "--at-seq", 7)
    assert (then["posted"], then["available"], then["version"], then["as_of_seq"]) == ("1500", "1200", "4", "7")
    assert then["state"] == "open"
    for moment_text in (moment(middle), moment(middle).replace("Z", "+00:00")):
        half = ok_json("balance", "users:alice", "--data", at.data, "--at", moment_text)
        assert (half["posted"], half["as_of_seq"]) == ("2000", "5"), half
    assert ok_json("balance", "users:alice", "--data", at.data, "--at", "2200-01-01")["as_of_seq"] == "12"
    table = ok("balance", "--data", at.data, "--at-seq", 4)
    assert "users:late" not in table and "12.50" in table and "as of seq 4" in table
    ranged = lines("users:alice", "--data", at.data, "--from", moment(middle), "--to", "2200-01-01")
    assert [line["seq"] for line in ranged[1:-1]] == ["11", "10", "9", "8", "7", "6"]
    ranged = lines("users:alice", "--data", at.data, "--from", "1990-01-01", "--to", moment(middle))
    assert [line["seq"] for line in ranged[1:-1]] == ["5", "4"] and ranged[0]["posted"] == "2000"
    for seq in range(1, 13):
        trial = run("trial-balance", "--data", at.data, "--at-seq", seq, "--json")
        assert trial.returncode == 0, trial.stderr
        assert all(json.loads(line)["total"] == "0" for line in trial.stdout.splitlines())
    trial = ok_json("trial-balance", "--data", at.data, "--at", moment(middle))
    assert (trial["asset"], trial["as_of_seq"], trial["accounts"]) == ("USD", "5", "2"), trial
    assert (trial["net"]["asset"], trial["net"]["liability"]) == ("2000", "-2000"), trial


def bad(at, middle):
    data = ["--data", at.data]
    expect(64, "excludes", "statement", "users:alice", "--all", "--limit", 3)
    expect(64, "not a moment", "statement", "users:alice", "--from", "yesterday", *data)
    expect(64, "not a place", "statement", "users:alice", "--before", "12.x", *data)
    expect(64, "--from-seq is after --to-seq", "statement", "users:alice", "--from-seq", 5, "--to-seq", 4, *data)
    expect(64, "--from is not before --to", "statement", "users:alice", "--from", "2026-02-01", "--to", "2026-02-01",
           *data)
    expect(64, "--limit", "statement", "users:alice", "--limit", 0, *data)
    expect(64, "excludes", "balance", "--at-seq", 3, "--at", "2026-02-01", *data)
    expect(64, "--at-seq", "balance", "--at-seq", 0, *data)
    expect(64, "not a moment", "balance", "--at", "12:00", *data)
    expect(66, "no account 'users:nobody'", "statement", "users:nobody", *data)
    expect(66, "no seq 99 yet; the journal reaches to seq 12", "balance", "--at-seq", 99, *data)
    expect(66, "no seq 99 yet", "trial-balance", "--at-seq", 99, *data)
    expect(66, "no seq 99 yet", "statement", "users:alice", "--to-seq", 99, *data)
    expect(66, "the book began at", "balance", "--at", "1999-12-31", *data)
    expect(66, "the book began at", "statement", "users:alice", "--to", "1999-12-31", *data)
    expect(66, "was opened at seq 12, after seq 5", "balance", "users:late", "--at-seq", 5, *data)
    for to in (["--to-seq", 5], ["--from-seq", 2, "--to-seq", 5], ["--to", moment(middle)]):
        expect(66, "was opened at seq 12, after seq 5", "statement", "users:late", *to, *data)
    closing = lines("users:late", *data)[0]
    assert (closing["from_seq"], closing["to_seq"]) == ("12", "12"), closing
    # Short messages that are true; a wait that would not fit the clock is refused.
    for command in (["statement", "users:alice", "--limit", 0], ["tail", "--from-seq", 0], ["balance", "--at-seq", 0]):
        done = run(*command, *data)
        assert done.returncode == 64 and "must be above 0" in done.stderr and len(done.stderr) < 200, done.stderr
    expect(64, "99999999999999999999 is too large", "tail", "--from-seq", "99999999999999999999", *data)
    for command in (["balance"], ["statement", "users:alice"], ["account", "show", "users:alice"]):
        for wait in (3600001, 9223372036854775807):
            expect(64, f"{wait} is too large: 3600000 at most", *command, "--min-seq", 13, "--wait", wait, *data)
    expect(64, "is too large", "status", "--wait", 9223372036854775807, "--query", at.query)
    assert ok_json("balance", "users:alice", "--wait", 3600000, *data)["as_of_seq"] == "12"
    expect(66, "no seq 13 yet; the journal reaches to seq 12", "tail", "--from-seq", 13, *data)
    expect(66, "no journal", "statement", "users:alice", "--data", at.path / "missing")


def ends_cleanly(at):
    """A reader that goes away is no error."""
    shell = subprocess.run(["bash", "-c", 'set -o pipefail; "$0" statement users:alice --all --json --data "$1" | head -1',
                            BINARY, str(at.data)], capture_output=True, text=True, check=False)
    assert shell.returncode == 0 and shell.stdout.startswith('{"what":"closing"'), shell.stderr
    with open("/dev/full", "w", encoding="utf-8") as full:
        process = start("statement", "users:alice", "--data", at.data, stdout=full, stderr=subprocess.PIPE)
        assert "cannot write the output" in process.communicate()[1]
        assert process.returncode == 73


def lags(at):
    """No projector runs: what it has not applied yet is waited for, then told how far it is."""
    sequencer = start("sequencer", "--data", at.data, "--listen", at.listen, "--feed", at.feed, "--disk-reserve", 1,
                      stderr=subprocess.PIPE)
    while run("info", "--connect", at.listen).returncode != 0:
        assert sequencer.poll() is None, sequencer.stderr.read()
    ok("account", "open", "users:zoe", "--asset", "USD", "--connect", at.listen)
    for command in (["balance", "--at-seq", 13], ["trial-balance", "--at-seq", 13], ["balance", "--at", "2200-01-01"],
                    ["statement", "users:alice", "--to-seq", 13], ["statement", "users:alice", "--min-seq", 13]):
        expect(75, "the projection is at Seq 12, before 13", *command, "--wait", 50, "--data", at.data)
    # What lies behind the watermark is exact all the same.
    assert ok_json("balance", "users:alice", "--data", at.data, "--at-seq", 7)["posted"] == "1500"
    sequencer.terminate()
    assert sequencer.wait(30) == 0
    sequencer.stderr.close()


with Place() as here:
    with Server(here):
        between = fill(here)
        pages(here)
        moments(here, between)
        bad(here, between)
        ends_cleanly(here)
    lags(here)
