"""`restore --to-seq` at every kind of place: what is there is the original to the byte, the rest is said to be left
out, and anchors tell the book from the original. [I20]"""
import json

from books import Place, Server, anchor, expect, exported, make_backup, ok, restore, run, verify


def blocks(data):
    """The last seq and the hash of each block."""
    ends = {}
    for line in ok("tail", "--data", data, "--json").splitlines():
        block = json.loads(line)["block"]
        ends[int(block["first_seq"]) + int(block["records"]) - 1] = block["hash"]
    return sorted(ends.items())


with Place() as at:
    backup, head = make_backup(at)
    last = int(head["head_seq"])
    ends = blocks(at.data)
    assert ends[-1] == (last, head["chain_head"]), (ends[-1], head)
    wide = next(i for i in range(len(ends) // 2, len(ends)) if ends[i][0] - ends[i - 1][0] >= 3)
    before, (end, _) = ends[wide - 1][0], ends[wide]
    listed = json.loads(ok("verify-backup", backup, "--list", "--json"))["segments"]
    first_of_last_segment = int(listed[-1]["first_seq"])
    places = {"the first record": 1, "inside of a block": before + 2, "one before its end": end - 1,
              "the end of a block": end, "the first of a block": end + 1, "the last of a segment": first_of_last_segment - 1,
              "the first of a segment": first_of_last_segment, "one before the head": last - 1, "the head": last}
    at_end = dict(ends)
    for what, seq in places.items():
        data = at.path / f"to{seq}"
        done = restore(backup, data, "--to-seq", seq)
        assert done["head_seq"] == str(seq), (what, done)
        assert done["records_left_out"] == str(last - seq), (what, done)
        assert done["has_original_head"] == (seq in at_end), (what, done)
        found = verify(data)
        assert found["chain_head"] == done["chain_head"] and found["head_seq"] == str(seq), (what, found)
        assert found["book"] == head["book"], what
        assert blocks(data)[:-1] == [block for block in ends if block[0] < seq], what
        if seq in at_end:
            assert done["chain_head"] == at_end[seq], what
            assert exported(data, at.path / "a", seq) == exported(at.data, at.path / "b", seq), what
        # What was kept of the original's head tells.
        if seq != last:
            expect(1, "", "verify", "--data", data, "--anchor", anchor(head))
    said = ok("restore", "--from", backup, "--data", at.path / "said", "--to-seq", before + 2)
    for words in (f"LEFT OUT    seq {before + 3} to {last}: {last - before - 2} records", f"CUT         block {wide + 1}",
                  f"anchors behind seq {before} do not hold"):
        assert words in said, (words, said)
    whole = ok("restore", "--from", backup, "--data", at.path / "whole")
    assert "LEFT OUT" not in whole and "that of the backup" in whole, whole

    expect(66, f"ends at seq {last}", "restore", "--from", backup, "--data", at.path / "x", "--to-seq", last + 1)
    expect(66, "there is no anchor", "restore", "--from", backup, "--data", at.path / "x", "--anchor", at.path / "none")
    for bad in ("0", "-1", "x"):
        assert run("restore", "--from", backup, "--data", at.path / "x", "--to-seq", bad).returncode == 64, bad
    assert not (at.path / "x").exists() and not (at.path / "x.partial").exists()

    # The book goes on from its cut block.
    at.data = at.path / f"to{before + 2}"
    with Server(at):
        pass
    verify(at.data)
