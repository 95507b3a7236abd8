"""A backup beside a server at full speed, in a chain of three; what is restored elsewhere is the same book. [I20]"""
import json
import shutil
import time

from books import (Place, Server, FullBook, anchor, back_up, check_modes, content, expect, exported, finish, load, ok,
                   ok_json, restore, verify)


def chain_of_three(at):
    backup = at.path / "backup"
    heads, came_later = [], 0
    with Server(at) as server:
        FullBook(at, server).fill()
        for _ in range(3):
            sender = load(server, transfers=100_000, batch=500, wait=False)
            time.sleep(0.2)
            before = content(backup) if heads else {}
            heads.append(back_up(at.data, backup))
            after = content(backup)
            check_modes(backup)
            # Only a new segment, and another manifest.
            assert int(heads[-1]["segments_added"]) == 1, heads
            assert all(after[name] == before[name] for name in before if name != "manifest.json")
            assert len(after) == max(len(before), 1) + 1, after.keys()
            finish(sender)
            came_later += int(ok_json("status", "--query", at.query)["head_seq"]) - int(heads[-1]["head_seq"])
        assert came_later > 0, "no backup was made while records came in"
        assert [int(head["segments"]) for head in heads] == [1, 2, 3]
        assert sorted(heads, key=lambda head: int(head["head_seq"])) == heads
        assert sum(int(head["records_added"]) for head in heads) == int(heads[-1]["head_seq"])
    return backup, heads


def restored_elsewhere(at, backup, heads):
    restored = at.path / "restored"
    done = restore(backup, restored, "--anchor", backup / "manifest.json")
    assert done["chain_head"] == heads[-1]["chain_head"] and done["has_original_head"], done
    found = verify(restored, *[anchor(head) for head in heads])
    assert found["chain_head"] == heads[-1]["chain_head"], found
    seq = heads[-1]["head_seq"]
    assert exported(restored, at.path / "a", seq) == exported(at.data, at.path / "b", seq)
    # It is a book to go on with: the server makes the rest.
    at.data, original = restored, at.data
    with Server(at) as server:
        load(server, transfers=1000)
    assert (restored / "state").exists() and (restored / "projection").exists()
    went_on = verify(restored, anchor(heads[-1]))
    assert int(went_on["head_seq"]) > int(seq) and went_on["projection"] != "absent", went_on
    at.data = original
    return restored


def what_is_said(at, backup, heads):
    listed = ok_json("verify-backup", backup, "--list")
    assert [segment["last_seq"] for segment in listed["segments"]] == [head["head_seq"] for head in heads], listed
    clean = ok_json("verify-backup", backup, "--anchor", anchor(heads[0]))
    assert clean["is_clean"] and clean["chain_head"] == heads[-1]["chain_head"], clean
    assert "clean" in ok("verify-backup", backup)
    assert heads[-1]["chain_head"] in ok("verify-backup", backup, "--list")
    # A stale backup, by an anchor made after it.
    back_up(at.data, backup)  # up to the head
    nothing = back_up(at.data, backup)
    assert nothing["records_added"] == "0" and nothing["segments_added"] == "0", nothing
    assert nothing["segments"] in ("3", "4"), nothing
    stale = at.path / "stale"
    shutil.copytree(backup, stale)
    with Server(at) as server:
        load(server, transfers=1000)
    later = at.path / "later.json"
    later.write_text(json.dumps(back_up(at.data, backup)))
    expect(1, "ends at seq", "verify-backup", stale, "--anchor", later)
    expect(1, "nothing was restored", "restore", "--from", stale, "--data", at.path / "never", "--anchor", later)
    assert not (at.path / "never").exists()
    restore(backup, at.path / "fresh", "--anchor", later)


def refusals(at, backup, restored, heads):
    # The restored book went on by itself: it and the original have left each other.
    expect(76, "is not the one in the backup", "backup", "--data", restored, "--to", backup)
    short = at.path / "short"
    restore(backup, short, "--to-seq", heads[0]["head_seq"])
    expect(76, "the journal has lost some", "backup", "--data", short, "--to", backup)
    with Place() as other:
        with Server(other) as server:
            load(server, transfers=1000)
        expect(76, "is a backup of book", "backup", "--data", other.data, "--to", backup)
        expect(73, "holds a book already", "restore", "--from", backup, "--data", other.data)
    expect(66, "there is no backup", "restore", "--from", at.path / "nowhere", "--data", at.path / "x")
    expect(66, "there is no backup", "verify-backup", at.path)
    expect(66, "there is no journal", "backup", "--data", at.path / "nowhere", "--to", at.path / "x")
    assert not (at.path / "x").exists()
    foreign = at.path / "foreign"
    foreign.mkdir(mode=0o700)
    (foreign / "letter.txt").write_text("mine")
    expect(73, "is no backup", "backup", "--data", at.data, "--to", foreign)
    expect(73, "not empty", "restore", "--from", backup, "--data", foreign)
    (backup / "manifest.json").rename(at.path / "kept.json")
    expect(73, "put it back", "backup", "--data", at.data, "--to", backup)
    (at.path / "kept.json").rename(backup / "manifest.json")
    backup.chmod(0o755)
    expect(77, "chmod 700", "backup", "--data", at.data, "--to", backup)
    backup.chmod(0o700)
    back_up(at.data, backup)


with Place() as here:
    made, in_order = chain_of_three(here)
    again = restored_elsewhere(here, made, in_order)
    what_is_said(here, made, in_order)
    refusals(here, made, again, in_order)
