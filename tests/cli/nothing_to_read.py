"""Readers say why there is nothing: no such account, no such seq yet, no permission."""
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from command_line import BINARY, ENVIRONMENT, Place, Server, ok, run

NOBODY = 65534


def prefixes(at, where):
    """The last records are counted among those that concern the accounts."""
    def seqs(*options):
        done = run("tail", *where, "--json", *options)
        assert done.returncode == 0, done
        return [json.loads(line)["seq"] for line in done.stdout.splitlines()], done.stderr

    assert seqs("--account-prefix", "users", "--last", 2) == (["4", "5"], "")
    assert seqs("--account-prefix", "users", "--last", 1) == (["5"], "")
    assert seqs("--account-prefix", "users", "--last", 100) == (["3", "4", "5"], "")
    assert seqs("--account-prefix", "bank", "--last", 1)[0] == [str(at.head)]
    text = ok("tail", *where, "--account-prefix", "users")
    assert len(text.splitlines()) == 3, text
    for options in (["--last", 5], [], ["--from-seq", 2]):
        found, said = seqs("--account-prefix", "nosuch", *options)
        assert found == [] and "none of these records concerns an account 'nosuch'" in said, said
    found, said = seqs("--account-prefix", "users", "--from-seq", 6)
    assert found == [] and "none of these records" in said, said
    beyond = run("tail", *where, "--from-seq", 9999)
    assert beyond.returncode == 66 and beyond.stdout == "", beyond
    assert f"there is no seq 9999 yet; the journal reaches to seq {at.head}" in beyond.stderr, beyond.stderr


def denied(at):
    """No permission does not look like no data."""
    with tempfile.TemporaryDirectory() as open_to_all:
        os.chmod(open_to_all, 0o755)
        binary = shutil.copy(BINARY, open_to_all)
        is_root = os.geteuid() == 0
        as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if is_root else {}
        os.chmod(at.path, 0o755)
        os.chmod(at.data, 0o755 if is_root else 0)
        # The journal and the projection are closed to others, the data directory too or not.
        for mode in (0o755, 0o700) if is_root else (0,):
            os.chmod(at.data, mode)
            for command in (["tail"], ["statement", "users:alice"], ["balance"], ["account", "show", "users:alice"],
                            ["hold", "list"], ["book-hash"], ["verify"]):
                done = subprocess.run([binary, *command, "--data", at.data], env=ENVIRONMENT, capture_output=True,
                                      text=True, check=False, **as_nobody)
                assert done.returncode == 77 and "permission" in done.stderr, (command, mode, done)
                assert "daybook serve` to make" not in done.stderr and done.stderr.count("\n") == 1, done.stderr
        os.chmod(at.data, 0o700)


with Place() as place:
    with Server(place) as server:
        to = ("--connect", server.listen)
        ok("asset", "define", "USD", *to)
        ok("account", "open", "bank", "--asset", "USD", "--type", "asset", *to)
        ok("account", "open", "users:alice", "--asset", "USD", *to)
        ok("post", "--debit", "bank", "--credit", "users:alice", "--amount", 1, *to)
        ok("post", "--debit", "bank", "--credit", "users:alice", "--amount", 1, *to)
        ok("account", "open", "other", "--asset", "USD", *to)
        postings = [{"account": "bank", "side": "debit", "amount": "1"},
                    {"account": "other", "side": "credit", "amount": "1"}]
        lines = "".join(json.dumps({"key": f"k{number}", "kind": "post_entry", "postings": postings}) + "\n"
                        for number in range(6000))
        Path(place.path / "more.jsonl").write_text(lines, encoding="utf-8")
        ok("submit", place.path / "more.jsonl", *to)
        place.head = 6006
        ok("balance", "--data", place.data, "--min-seq", place.head)
        prefixes(place, ("--data", place.data))
        prefixes(place, ("--query", place.query))
    denied(place)
