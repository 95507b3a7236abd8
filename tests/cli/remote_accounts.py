"""Accounts, balances, trial balances and entries, now and of the past, are the same, byte for byte, read from the files or
asked of a server. [I14]"""
import json

from command_line import Place, Server, ok, run
from full_book import Book

def parsed(text):
    return [json.loads(line) for line in text.splitlines()]


def moments():
    """Times right at records, as a server tells them."""
    told = parsed(ok("statement", "users:alice", "--all", "--json", "--query", at.query))
    return sorted({line["recorded_at"] for line in told if "recorded_at" in line})[:4]


with Place() as at:
    query, files = ("--query", at.query), ("--data", at.data)

    def same(*arguments):
        """The output, text and JSON, is the same from both."""
        for form in ((), ("--json",)):
            local, remote = (ok(*arguments, *form, *where) for where in (files, query))
            assert remote == local, f"{arguments}\n{local}\n{remote}"
        return local

    def same_error(code, *arguments):
        told = [run(*arguments, *where) for where in (files, query)]
        assert [done.returncode for done in told] == [code, code], told
        assert told[0].stderr == told[1].stderr and told[0].stderr, told

    with Server(at) as server:
        book = Book(at, server)
        head = int(book.fill())
        late = json.loads(ok("account", "open", "late", "--asset", "USD", *book.to, "--json"))["seq"]
        now = ("--min-seq", late)

        # Everything as it stands, then as it stood after each record: also states and limits.
        for when in ((), *(("--at-seq", seq) for seq in range(1, head + 1))):
            listed = parsed(same("account", "list", *when, *now))
            balances = parsed(same("balance", *when, *now))
            assert [line["account"] for line in listed] == sorted(line["account"] for line in balances)
            by_code = {line["account"]: line for line in listed}
            for line in balances:
                assert line.items() <= by_code[line["account"]].items(), (line, by_code)
            for line in listed:
                assert parsed(same("account", "show", line["account"], *when, *now)) == [line]
            trial = parsed(same("trial-balance", *when, *now))
            assert sum(line["accounts"] == "0" for line in trial) == 0
            assert sum(int(line["accounts"]) for line in trial) == len(listed)
            assert all(line["total"] == "0" for line in trial)
        states = {parsed(ok("account", "show", "users:alice", "--at-seq", seq, "--json", *query))[0]["state"]
                  for seq in range(4, head + 1)}
        assert states == {"open", "frozen_debits"}, states
        limits = {parsed(ok("account", "show", "users:alice", "--at-seq", seq, "--json", *query))[0].get("max")
                  for seq in range(4, head + 1)}
        assert limits == {None, "50000"}, limits
        for moment in moments():
            same("balance", "--at", moment)
            same("account", "list", "--at", moment)
            same("trial-balance", "--at", moment)

        # Pages, filters and paths.
        whole = parsed(same("account", "list"))
        joined, after = [], []
        while True:
            page = parsed(same("account", "list", "--limit", 3, "--at-seq", late, *after))
            joined += [line for line in page if "account" in line]
            if "next" not in page[-1]:
                break
            assert page[-1]["as_of_seq"] == late
            after = ["--after", page[-1]["next"]]
        assert joined == whole and len(joined) == 8
        text = ok("account", "list", "--limit", 3, *query)
        assert f"more accounts: --after fx:usd --at-seq {late}" in text, text
        assert [line["account"] for line in parsed(same("account", "list", "users"))] == ["users:alice", "users:btc"]
        assert [line["account"] for line in parsed(same("account", "list", "--asset", "BTC"))] == \
            ["fx:btc", "untouched", "users:btc"]
        assert {line["account"] for line in parsed(same("account", "list", "--type", "asset"))} == \
            {"bank", "fx:btc", "fx:usd"}
        assert same("account", "list", "--state", "closed") == ""
        assert same("account", "list", "--asset", "GBP") == "" == same("account", "list", "nobody")
        frozen = [seq for seq in range(1, head + 1)
                  if parsed(ok("account", "list", "--state", "frozen_debits", "--at-seq", seq, "--json", *query))]
        assert len(frozen) == 1, frozen

        # Every record; an atomic with its members, and each of them.
        kinds = set()
        for seq in range(1, head + 1):
            entry = json.loads(same("entry", seq))
            kinds.add(entry["kind"])
            for number, member in enumerate(entry.get("members", [])):
                if number > 0:  # 12.0 is the whole of 12
                    assert json.loads(same("entry", f"{seq}.{number}"))["members"] == [member]
        assert {"place_hold", "capture_hold", "release_hold", "expire_hold", "reverse_entry", "atomic",
                "set_limits", "set_account_state", "open_account", "define_asset", "post_entry"} <= kinds, kinds

        same_error(66, "balance", "bank", "nobody")
        same_error(66, "balance", "late", "--at-seq", 5)
        same_error(66, "balance", "--at-seq", 999)
        same_error(66, "trial-balance", "--at-seq", 999)
        same_error(66, "account", "list", "--at", "1999-12-31")
        same_error(66, "account", "show", "nobody")
        same_error(66, "account", "show", "late", "--at-seq", 5)
        same_error(66, "entry", 999)
        same_error(66, "entry", "3.1")
        same_error(64, "account", "list", "--state", "sleepy")
        same_error(64, "account", "list", "--type", "sleepy")
        same_error(64, "balance", "--at", "yesterday")
        for command in (["account", "list"], ["trial-balance"], ["balance"], ["account", "show", "bank"]):
            early = run(*command, *query, "--min-seq", 999, "--wait", 50)
            assert early.returncode == 75 and f"at seq {late}, before 999" in early.stderr, early
