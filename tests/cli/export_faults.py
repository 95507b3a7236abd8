"""An export that cannot be finished leaves nothing under its name, and the next one has the same bytes."""
import os
import resource
import signal
import subprocess
import time

from command_line import BINARY, ENVIRONMENT, Place, Server, ok, ok_json, run, start

TRANSFERS = 300_000


def export(at, out, form="jsonl", *more):
    return ("export", "--data", at.data, "--format", form, "--out", at.path / out, *more)


def content(directory):
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


def full_disk():
    """Every file ends early, as on a disk that is full."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))


def stop_half_way(at, how):
    """Sends the signal once something has been written."""
    process = start(*export(at, "stopped"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    written = at.path / "stopped.partial" / "journal.jsonl"
    deadline = time.monotonic() + 30
    while not (written.exists() and written.stat().st_size > 1_000_000):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "nothing is written"
    process.send_signal(how)
    _, told = process.communicate(timeout=60)
    assert not (at.path / "stopped").exists()
    return process.returncode, told


def main():
    with Place() as at:
        with Server(at) as server:
            ok("bench", "transfers", "--transfers", TRANSFERS, "--runs", 1, "--no-floor", "--connect", server.listen,
               "--data", at.data)
        whole = ok_json(*export(at, "whole"))
        assert int(whole["records"]) >= TRANSFERS
        code, told = stop_half_way(at, signal.SIGINT)
        assert code == 130 and "nothing was kept" in told, (code, told)
        assert not (at.path / "stopped.partial").exists()
        code, _ = stop_half_way(at, signal.SIGKILL)
        assert code == -signal.SIGKILL, code
        ok(*export(at, "stopped"))
        assert content(at.path / "stopped") == content(at.path / "whole")
        for form in ("csv", "jsonl", "hledger", "beancount"):
            done = subprocess.run([BINARY, *map(str, export(at, "full", form))], capture_output=True, text=True,
                                  env=ENVIRONMENT, preexec_fn=full_disk, check=False, timeout=120)
            assert done.returncode == 73 and "cannot write" in done.stderr and "Traceback" not in done.stderr, done
            assert not (at.path / "full").exists() and not (at.path / "full.partial").exists()
        # An export that is there survives one that fails.
        before = content(at.path / "whole")
        done = subprocess.run([BINARY, *map(str, export(at, "whole", "csv", "--force"))], capture_output=True, text=True,
                              env=ENVIRONMENT, preexec_fn=full_disk, check=False, timeout=120)
        assert done.returncode == 73 and content(at.path / "whole") == before, done
        if os.geteuid() != 0:
            closed = at.path / "closed"
            closed.mkdir(mode=0o500)
            done = run(*export(at, "closed/export"))
            assert done.returncode in (73, 77), done


main()
