"""kill -9 and Ctrl-C at many moments of a backup and of a restore: what was there before is there and sound, the next
run cleans up and goes on, and a restore is whole or not there. [I20]"""
import argparse
import random
import signal
import sys
import time

from books import Place, Server, back_up, content, load, ok_json, restore, run, start, verify


def interrupt(chooser, longest, *arguments):
    """Starts it and ends it at some moment; its exit code."""
    process = start(*arguments, stdout=-3, stderr=-3)
    time.sleep(chooser.uniform(0, longest))
    process.send_signal(chooser.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGINT]))
    return process.wait(60)


def took(*arguments):
    begun = time.monotonic()
    done = run(*arguments)
    assert done.returncode == 0, done
    return time.monotonic() - begun


def kill_backups(chooser, at, server, kills, counts):
    """A backup that is killed again and again while the server goes on."""
    backup = at.path / "backup"
    longest = took("backup", "--data", at.data, "--to", at.path / "timed")
    head = 0
    for _ in range(kills):
        load(server, transfers=chooser.choice([500, 5_000]), batch=chooser.choice([10, 500]))
        code = interrupt(chooser, 1.2 * longest, "backup", "--data", at.data, "--to", backup)
        counts["ended by themselves" if code == 0 else "killed"] += 1
        if not (backup / "manifest.json").exists():
            continue
        if run("verify-backup", backup).returncode == 66:  # it holds nothing yet
            assert head == 0
            continue
        now = ok_json("verify-backup", backup)
        assert now["is_clean"] and int(now["head_seq"]) >= head, now
        assert code != 0 or int(now["head_seq"]) > head
        head = int(now["head_seq"])
        if chooser.random() < 0.3:
            done = back_up(at.data, backup)
            head = int(done["head_seq"])
            names = {segment["name"] for segment in ok_json("verify-backup", backup, "--list")["segments"]}
            assert set(content(backup)) == names | {"manifest.json"}, content(backup).keys()
    return backup


def kill_restores(chooser, at, backup, kills, counts):
    longest = took("restore", "--from", backup, "--data", at.path / "timed_restore")
    expected = ok_json("verify-backup", backup)["chain_head"]
    for number in range(kills):
        data = at.path / f"restored{number}"
        code = interrupt(chooser, 1.1 * longest, "restore", "--from", backup, "--data", data)
        counts["ended by themselves" if code == 0 else "killed"] += 1
        if data.exists():
            assert verify(data)["chain_head"] == expected
        else:
            assert code != 0
            assert restore(backup, data)["chain_head"] == expected
        assert not (at.path / f"restored{number}.partial").exists()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("daybook")
    parser.add_argument("--kills", type=int, default=14)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    chooser = random.Random(options.seed)
    counts = {"killed": 0, "ended by themselves": 0}
    with Place() as at:
        with Server(at) as server:
            load(server, transfers=30_000)
            backup = kill_backups(chooser, at, server, options.kills, counts)
            head = back_up(at.data, backup)
        verify(at.data, f"{head['head_seq']}:{head['chain_head']}")
        kill_restores(chooser, at, backup, options.kills // 2, counts)
    print(counts)
    sys.exit(0 if counts["killed"] else 1)


if __name__ == "__main__":
    main()
