"""A file that may not grow (ulimit -f): one line, an exit code that says so, and what was there before. [I20]"""
import resource
import subprocess
import sys

from books import BINARY, ENVIRONMENT, Place, Server, back_up, content, is_same, load, make_backup, refused, restore, verify


def limited(file_bytes, *arguments):
    """Runs it where no file may grow past a size."""
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, env=ENVIRONMENT, check=False,
                          timeout=60, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes)))


def file_limits(at, backup, before):
    for limit in (0, 100, 1000, 20_000):
        refused(limited(limit, "backup", "--data", at.data, "--to", backup))
        is_same(before, backup)
    for limit in (0, 4096, 1 << 20):
        refused(limited(limit, "restore", "--from", backup, "--data", at.path / "restored"))
        refused(limited(limit, "fork", "--from", backup, "--at", 100, "--to", at.path / "restored"))
        assert not (at.path / "restored").exists() and not (at.path / "restored.partial").exists()


with Place() as here:
    made, head = make_backup(here, rounds=2)
    with Server(here) as running:
        load(running, transfers=3000)
    file_limits(here, made, content(made))
    after = back_up(here.data, made)
    assert after["segments_added"] == "1", after
    assert restore(made, here.path / "restored")["chain_head"] == after["chain_head"]
    verify(here.path / "restored")
    sys.exit(0)
