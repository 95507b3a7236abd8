"""Bits of a backup turned, files cut, swapped, emptied and taken away: each one is found, none restored. The seed is
printed; --seed repeats it. [I20]"""
import argparse
import random
import shutil
import sys
import time

from books import Place, content, expect, make_backup, restore, run, verify  # noqa: F401


def edits(chooser, backup):
    """One edit of a copy of a backup; says what was done."""
    files = sorted(path for path in backup.iterdir())
    path = chooser.choice(files)
    size = path.stat().st_size
    kind = chooser.choices(["bit", "cut", "zeroes", "swap", "missing", "longer"], weights=[30, 3, 3, 1, 1, 1])[0]
    data = bytearray(path.read_bytes())
    if kind == "bit":
        # The ends, where sizes and hashes are, as often as all else.
        place = chooser.randrange(size) if chooser.random() < 0.5 else chooser.choice(
            [chooser.randrange(min(size, 64)), size - 1 - chooser.randrange(min(size, 512))])
        data[place] ^= 1 << chooser.randrange(8)
    elif kind == "cut":
        data = data[:chooser.randrange(size)]
    elif kind == "zeroes":
        place = chooser.randrange(size)
        end = min(size, place + chooser.choice([1, 64, 512, 4096]))
        if not any(data[place:end]):
            data[place] = 1
        else:
            data[place:end] = bytes(end - place)
    elif kind == "longer":
        data += bytes([chooser.randrange(256)])
    elif kind == "swap":
        other = chooser.choice([file for file in files if file != path])
        theirs = other.read_bytes()
        other.write_bytes(data)
        data = theirs
        kind += f" with {other.name}"
    elif kind == "missing":
        path.unlink()
        return f"{path.name} is missing"
    path.write_bytes(data)
    return f"{path.name}: {kind}"


def one(chooser, at, backup, copy):
    """What is wrong with how the edit was found; nothing when all is right."""
    shutil.copytree(backup, copy)
    try:
        what = edits(chooser, copy)
        data = at.path / "restored"
        for words in (("restore", "--from", copy, "--data", data), ("verify-backup", copy)):
            if words[0] == "verify-backup" and chooser.random() > 0.3:
                continue
            done = run(*words)
            codes = {"restore": (76, 66), "verify-backup": (1, 66)}[words[0]]
            if done.returncode not in codes or (done.returncode == 66) != (what == "manifest.json is missing"):
                return f"{what}: {words[0]} ends with {done.returncode}: {done.stdout}{done.stderr}"
            if data.exists():
                return f"{what}: something was restored"
            if words[0] == "restore" and len(done.stderr.splitlines()) != 1:
                return f"{what}: it is not said in one line: {done.stderr}"
        return None
    finally:
        shutil.rmtree(copy)
        shutil.rmtree(at.path / "restored", ignore_errors=True)


def run_flips(at, backup, seed, flips):
    """The wrong answers, and how many edits were tried."""
    chooser = random.Random(seed)
    found = [one(chooser, at, backup, at.path / "copy") for _ in range(flips)]
    return [wrong for wrong in found if wrong]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("daybook")
    parser.add_argument("--flips", type=int, default=240)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    with Place() as at:
        backup, head = make_backup(at, transfers=1500)
        wrong = run_flips(at, backup, options.seed, options.flips)
        # The check can fail: what is not edited is restored.
        assert restore(backup, at.path / "restored")["chain_head"] == head["chain_head"]
        print(f"{options.flips} edits, {len(wrong)} wrong answers")
        print(*wrong, sep="\n")
        sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
