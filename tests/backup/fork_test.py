"""A fork has another id, says where it comes from wherever one looks, answers as the original did, and is refused by
and refuses what belongs to the original. [I20]"""
import json
import subprocess

from books import FullBook, Place, Server, back_up, expect, exported, load, ok, ok_json, restore, run, verify


def balances(data):
    return sorted(ok("account", "list", "--data", data, "--all", "--json").splitlines())


def records(data, to_seq):
    """What each record says, without its block."""
    found = []
    for line in ok("tail", "--data", data, "--json").splitlines():
        record = json.loads(line)
        del record["block"]
        found.append(record)
    return found[:to_seq]


with Place() as at, Place() as there:
    key = "3f2c8a4e-0000-4000-8000-000000000001"
    backup = at.path / "backup"
    with Server(at) as server:
        FullBook(at, server).fill()
        load(server, transfers=2000, batch=50)
        first = ok_json("post", "--debit", "bank", "--credit", "shop", "--amount", "7", "--key", key,
                        "--connect", server.listen)
        cut = int(first["seq"]) + 20
        load(server, transfers=2000, batch=50)
        head = back_up(at.data, backup)
        made = ok_json("fork", "--data", at.data, "--at", cut, "--to", there.data)  # beside its server
        from_backup = ok_json("fork", "--from", backup, "--at", cut, "--to", at.path / "second")
        original = ok_json("status", "--query", at.query)

        assert made["book"] != head["book"] and from_backup["book"] not in (head["book"], made["book"]), made
        assert made["fork_of"]["book"] == head["book"] and made["fork_of"]["seq"] == str(cut), made
        assert made["fork_of"] == from_backup["fork_of"], (made, from_backup)
        at_cut = json.loads(ok("tail", "--data", at.data, "--json", "--from-seq", cut).splitlines()[0])
        assert made["fork_of"]["block"] == at_cut["block"]["hash"], at_cut

        # The same records with the same balances; no block of the original.
        past = at.path / "past"
        restore(backup, past, "--to-seq", cut)
        assert records(there.data, cut) == records(at.data, cut)
        for data in (there.data, at.path / "second"):
            found = verify(data)
            assert found["fork_of"] == made["fork_of"] and found["book_hash"] == verify(past)["book_hash"], found
            expect(1, "", "verify", "--data", data, "--anchor", made["fork_of"]["block"])
        assert f"fork of     book {head['book']} at seq {cut}" in ok("verify", "--data", there.data)

        with Server(there) as fork:
            again = ok_json("post", "--debit", "bank", "--credit", "shop", "--amount", "7", "--key", key,
                            "--connect", fork.listen)
            assert again["replayed"] and again["seq"] == first["seq"], again
            status = ok_json("status", "--query", there.query)
            assert status["fork_of"] == made["fork_of"] and "fork_of" not in original, status
            assert f"fork of         book {head['book']} at seq {cut}" in ok("status", "--query", there.query)
            load(fork, transfers=500)
            # Its backups and exports say so too, and none of them is the original's.
            own = back_up(there.data, there.path / "backup")
            assert own["fork_of"] == made["fork_of"], own
            expect(76, "is a backup of book", "backup", "--data", there.data, "--to", backup)
        restore(there.path / "backup", there.path / "again")
        assert verify(there.path / "again")["fork_of"] == made["fork_of"]
        for form in ("jsonl", "csv"):
            out = ok_json("export", "--data", there.data, "--format", form, "--out", there.path / form)
            assert out["fork_of"] == made["fork_of"], out
            assert json.loads(ok("verify-export", there.path / form, "--json"))["fork_of"] == made["fork_of"]
        imported = there.path / "imported"
        ok("import", "jsonl", there.path / "jsonl", "--data", imported)
        assert verify(imported)["chain_head"] == verify(there.data)["chain_head"]
        assert verify(imported)["fork_of"] == made["fork_of"]

    # A fork of the fork names the fork.
    third = ok_json("fork", "--data", there.data, "--at", 10, "--to", there.path / "third")
    assert third["fork_of"]["book"] == made["book"] and third["fork_of"]["seq"] == "10", third
    verify(there.path / "third")
    expect(66, "before seq", "fork", "--data", there.data, "--at", 10**9, "--to", there.path / "x")
    expect(66, "before seq", "fork", "--from", backup, "--at", 10**9, "--to", there.path / "x")
    expect(73, "holds a book already", "fork", "--data", there.data, "--at", 5, "--to", at.data)
    assert run("fork", "--data", there.data, "--at", 0, "--to", there.path / "x").returncode == 64
    assert not (there.path / "x").exists()
