"""A disk, or a file, that may not grow: one line, an exit code that says so, and what was there before. The full disk
is a small tmpfs, which only root can mount. [I20]"""
import os
import resource
import shutil
import subprocess
import sys

from books import BINARY, ENVIRONMENT, Place, Server, back_up, content, load, make_backup, ok_json, restore, verify


def limited(file_bytes, *arguments):
    """Runs it where no file may grow past a size."""
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, env=ENVIRONMENT, check=False,
                          timeout=60, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes)))


def refused(done):
    assert done.returncode in (73, 74), done
    assert len(done.stderr.splitlines()) == 1, done


def is_same(before, backup):
    assert content(backup) == before, content(backup).keys()
    assert ok_json("verify-backup", backup)["is_clean"]


def file_limits(at, backup, before):
    for limit in (0, 100, 1000, 20_000):
        refused(limited(limit, "backup", "--data", at.data, "--to", backup))
        is_same(before, backup)
    for limit in (0, 4096, 1 << 20):
        refused(limited(limit, "restore", "--from", backup, "--data", at.path / "restored"))
        refused(limited(limit, "fork", "--from", backup, "--at", 100, "--to", at.path / "restored"))
        assert not (at.path / "restored").exists() and not (at.path / "restored.partial").exists()


def full_disk(at, backup):
    disk = at.path / "disk"
    disk.mkdir(mode=0o700)
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "daybook", disk],
                                           capture_output=True, check=False).returncode != 0:
        return print("SKIPPED: a full disk needs root, to mount a small one")
    try:
        there = disk / "backup"
        shutil.copytree(backup, there)
        before = content(there)
        (disk / "ballast").write_bytes(os.urandom(os.statvfs(disk).f_bavail * 4096 - 8192))
        refused_run = subprocess.run([BINARY, "backup", "--data", at.data, "--to", there], capture_output=True, text=True,
                                     env=ENVIRONMENT, check=False)
        refused(refused_run)
        assert "make room" in refused_run.stderr, refused_run
        is_same(before, there)
        done = subprocess.run([BINARY, "restore", "--from", backup, "--data", disk / "data"], capture_output=True, text=True,
                              env=ENVIRONMENT, check=False)
        refused(done)
        assert {path.name for path in disk.iterdir()} == {"backup", "ballast"}, list(disk.iterdir())
        (disk / "ballast").unlink()
        assert back_up(at.data, there)["segments_added"] == "1"
    finally:
        subprocess.run(["umount", disk], check=True)
    return None


with Place() as here:
    made, head = make_backup(here, rounds=2)
    with Server(here) as running:
        load(running, transfers=3000)
    kept = content(made)
    file_limits(here, made, kept)
    full_disk(here, made)
    after = back_up(here.data, made)
    assert after["segments_added"] == "1", after
    assert restore(made, here.path / "restored")["chain_head"] == after["chain_head"]
    verify(here.path / "restored")
    sys.exit(0)
