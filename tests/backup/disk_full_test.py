"""A full disk: one line, an exit code that says so, and what was there before. It is a small one of our own, for which root
is needed or a user namespace. [I20]"""
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "faults"))

import small_disk  # noqa: E402

from books import Place, Server, back_up, content, is_same, load, make_backup, refused, restore, run, verify  # noqa: E402


def full_disk(at, backup, disk):
    there = disk.place / "backup"
    shutil.copytree(backup, there)
    before = content(there)
    ballast = disk.take("ballast", leave=8192)
    refused_run = run("backup", "--data", at.data, "--to", there)
    refused(refused_run)
    assert "make room" in refused_run.stderr, refused_run
    is_same(before, there)
    refused(run("restore", "--from", backup, "--data", disk.place / "data"))
    assert {path.name for path in disk.place.iterdir()} == {"backup", "ballast"}, list(disk.place.iterdir())
    ballast.unlink()
    after = back_up(at.data, there)
    assert after["segments_added"] == "1", after
    return there, after


why_not = small_disk.enter()
if why_not:
    print(f"SKIPPED: {why_not}")
    sys.exit(small_disk.SKIPPED)
with Place() as here:
    made, _ = make_backup(here, rounds=2)
    with Server(here) as running:
        load(running, transfers=3000)
    with small_disk.Disk(here.path / "disk", 8) as small:
        grown, head = full_disk(here, made, small)
        assert restore(grown, here.path / "restored")["chain_head"] == head["chain_head"]
    verify(here.path / "restored")
