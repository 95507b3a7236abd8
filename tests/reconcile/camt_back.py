"""Our own camt.053 is read back clean: by value days, which are the ledger's effective ones; and an entry of amount 0 in
a bank's is counted."""
import datetime
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))

from command_line import Place, Server, ok, run  # noqa: E402

ACCOUNT = "bank:cash"


def post(server, amount, *more):
    ok("post", "--debit", ACCOUNT, "--credit", "users:all", "--amount", amount, *more, "--connect", server.listen)


def fill(server):
    to = ("--connect", server.listen)
    ok("asset", "define", "EUR", "--scale", 2, *to)
    ok("account", "open", ACCOUNT, "--asset", "EUR", "--type", "asset", *to)
    ok("account", "open", "users:all", "--asset", "EUR", *to)
    for number in range(1, 21):
        post(server, number, "--reference", f"R{number}", "--effective-at", f"2025-03-{number:02}")
    post(server, "5.00", "--reference", "today")
    return json.loads(ok("info", *to, "--json"))["head"]


def reconcile(at, period, *more):
    done = run("reconcile", "--account", ACCOUNT, "--statement", at.path / "back" / "statement.xml", "--period", period,
               "--data", at.data, "--json", *more)
    assert done.returncode in (0, 1), done
    return done.returncode, json.loads(done.stdout)


with Place() as at:
    with Server(at) as server:
        head = fill(server)
        ok("balance", "--data", at.data, "--min-seq", head)
    ok("export", "--data", at.data, "--format", "camt053", "--account", ACCOUNT, "--out", at.path / "back")
    written = next((at.path / "back").glob("*.xml"))
    written.rename(written.with_name("statement.xml"))
    rules = at.path / "value.json"
    rules.write_text('{"format": "daybook-rules-1", "camt053": {"day": "value"}}')
    always = f"2025-01..{datetime.datetime.now(datetime.timezone.utc):%Y-%m}"
    for period in (always, "2025-03"):
        code, told = reconcile(at, period, "--rules", rules)
        exact = told["buckets"][0]
        assert code == 0 and told["is_clean"], told
        assert exact["bucket"] == "matched_exactly" and int(exact["count"]) == (21 if period == always else 20), exact
    # By booking days they are those on which the ledger recorded them.
    code, told = reconcile(at, always)
    assert code == 1 and not told["is_clean"], told
    # Nothing moved, and it is told.
    path = at.path / "back" / "statement.xml"
    text = path.read_text()
    entry = text[text.index("<Ntry>"):text.index("</Ntry>") + len("</Ntry>")]
    begin, end = entry.index('">') + 2, entry.index("</Amt>")
    path.write_text(text.replace(entry, entry[:begin] + "0" + entry[end:] + entry, 1))
    code, told = reconcile(at, always, "--rules", rules)
    assert code == 0 and told["zeros"] == "1", told
