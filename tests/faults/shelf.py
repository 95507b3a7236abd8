"""Runs of the fault sweep in which a book is kept: a backup, one that goes on from an older, an archiving and a restore whose
Nth call fails. Whatever they end with, nothing that was there is lost, what they say is so, and the next run ends well."""
import os
import shutil
import subprocess
import time

import calls
from witness import Failed, run_json, verified_head

FINE, NOT_FOUND = 0, 66
# Without one of these what a life has said to be done may be gone after a power cut.
NEEDED = {
    "backup": {("fsync", "."), ("fsync", "backup"), ("fsync", "backup/#-#.segment.partial"),
               ("fsync", "backup/manifest.json.partial")},
    "backup-more": {("fsync", "."), ("fsync", "backup"), ("fsync", "backup/#-#.segment.partial"),
                    ("fsync", "backup/manifest.json.partial")},
    "archive": {("fsync", "data"), ("fsync", "data/archive"), ("fsync", "data/journal"),
                ("fsync", "data/archive/#-#.segment.partial"), ("fdatasync", "data/journal/data.mdb")},
    "restore": {("fsync", "."), ("fsync", "restored"), ("fsync", "restored.partial"), ("fsync", "restored.partial/journal"),
                ("fsync", "restored.partial/journal.new"), ("fsync", "restored.partial/journal/data.mdb")}}
LIVES = tuple(NEEDED)
# What a life begins with, of the book that was filled.
BEGINS_WITH = {"backup": ("data",), "backup-more": ("data", "older"), "archive": ("data",), "restore": ("data", "backup")}
WRITES = ("pwrite", "writev", "write", "fdatasync", "fsync", "ftruncate", "rename", "mkdir")


def must_fail(case):
    """Whether it may not say that all is well. Beside the courtesies of a server: room that is not given back."""
    return case.call in WRITES and case.is_error and not case.is_courtesy


def exit_codes(case):
    codes = {calls.CANNOT_CREATE, calls.IO_FAILED}
    if case.is_cut_read:
        codes |= {calls.DAMAGED, calls.NO_PERMISSION}
    if case.how == "ENOMEM":
        codes |= {calls.CONFIGURATION}
    return codes


class Shelf:
    """Where the binary and the injector are, and a folder with a filled book, a backup of it, and an older one."""

    def __init__(self, binary, modules, filled):
        self.binary, self.modules, self.filled = binary, modules, filled
        self.head = 0

    def fill(self, first, again):
        """From two data directories: of a book, and of what became of it."""
        self.copy(first, self.filled / "data")
        self.run("backup", self.filled)
        (self.filled / "backup").rename(self.filled / "older")
        shutil.rmtree(self.filled / "data")
        self.copy(again, self.filled / "data")
        self.run("backup", self.filled)
        self.head = verified_head(self.binary, self.filled / "data")

    def new_place(self, place, life):
        place.mkdir()
        for name in BEGINS_WITH[life]:
            self.copy(self.filled / name, place / ("backup" if name == "older" else name))
        return place

    @staticmethod
    def copy(source, target):
        subprocess.run(["cp", "--archive", "--sparse=always", source, target], check=True)

    def words(self, life, place):
        return {"backup": ["backup", "--data", place / "data", "--to", place / "backup"],
                "archive": ["archive", "--data", place / "data", "--keep", "300"],
                "restore": ["restore", "--from", place / "backup", "--data", place / "restored"]}[life.split("-")[0]]

    def run(self, life, place, fault=None):
        log = {"LD_PRELOAD": str(self.modules / "fault_injector.so"), "DAYBOOK_FAULT_ROOT": str(place),
               "DAYBOOK_FAULT_LOG": str(place.with_name(f"{place.name}.calls"))}
        done = subprocess.run([self.binary, *self.words(life, place), "--json"], capture_output=True, text=True, timeout=60,
                              env=os.environ | ({} if fault is None else log | {"DAYBOOK_FAULT": fault}), check=False)
        if fault is None and done.returncode != FINE:
            raise Failed(f"{life} ended with {done.returncode}: {done.stderr}")
        return done

    def lines(self, place):
        return calls.read_log(place.with_name(f"{place.name}.calls"))

    def clear(self, place):
        shutil.rmtree(place)
        place.with_name(f"{place.name}.calls").unlink(missing_ok=True)

    def count(self, place, life):
        """Its calls, when none fails."""
        self.new_place(place, life)
        if self.run(life, place, "none none 1 EIO once").returncode != FINE:
            raise Failed(f"without any fault {life} fails")
        counts = dict(calls.count(self.lines(place)))
        missing = NEEDED[life] - set(counts)
        if missing:
            raise Failed(f"{life} never calls {', '.join(f'{call} on {file}' for call, file in sorted(missing))}")
        self.check(place, life)
        self.clear(place)
        return counts

    def try_case(self, place, case, outcome):
        self.new_place(place, case.life)
        began = time.monotonic_ns()
        done = self.run(case.life, place, case.text)
        outcome.exit_code, outcome.said = done.returncode, done.stderr.strip()
        hits = [line for line in self.lines(place) if line.how != "-"]
        outcome.hits = len(hits)
        try:
            self.judge_end(case, outcome)
        except Failed as problem:
            outcome.is_wrong_exit = True
            outcome.findings.append(str(problem))
        if hits and done.returncode != FINE:
            outcome.stopped_after_ms = (time.monotonic_ns() - max(began, hits[0].began)) // 1_000_000
        try:
            self.judge_rest(place, case.life, done.returncode == FINE)
        except Failed as problem:
            outcome.is_loss = True
            outcome.findings.append(f"{problem} (it had ended with {done.returncode}: {outcome.said})")
        self.clear(place)
        return outcome

    @staticmethod
    def judge_end(case, outcome):
        if outcome.exit_code == FINE:
            if outcome.said:
                raise Failed(f"it ends well and complains: {outcome.said}")
            if outcome.hits and must_fail(case):
                raise Failed("it ends well after the error")
            return
        if not outcome.hits:
            raise Failed(f"without a fault it ended with {outcome.exit_code}: {outcome.said}")
        if outcome.exit_code not in exit_codes(case):
            raise Failed(f"it ended with {outcome.exit_code}: {outcome.said}")
        lines = outcome.said.splitlines()
        if len(lines) != 1 or not lines[0].startswith("daybook: ") or not any(why in lines[0] for why in case.reasons):
            raise Failed(f"it does not say in one line why it ended: {outcome.said}")

    def judge_rest(self, place, life, is_done):
        if verified_head(self.binary, place / "data") != self.head:
            raise Failed("the book has lost records")
        if is_done:
            self.check(place, life)
        elif life.startswith("backup"):
            self.check_part(place, life)
        if life != "restore" or not (place / "restored").exists():
            self.run(life, place)
        self.check(place, life)

    def check_part(self, place, life):
        """Of a backup that has failed: it is there and sound if it was, or has gone on as far as it says."""
        looked = subprocess.run([self.binary, "verify-backup", place / "backup"], capture_output=True, text=True, timeout=60,
                                check=False)
        allowed = (FINE,) if life == "backup-more" else (FINE, NOT_FOUND)
        if looked.returncode not in allowed:
            raise Failed(f"what is left of the backup: {looked.returncode}, {looked.stderr}")

    def check(self, place, life):
        """What a run that ended well has said."""
        if life.startswith("backup"):
            found = run_json(self.binary, "verify-backup", place / "backup")[-1]
            if not found["is_clean"] or int(found["head_seq"]) != self.head:
                raise Failed(f"the backup is not what it was said to be: {found}")
        elif verified_head(self.binary, place / ("data" if life == "archive" else "restored")) != self.head:
            raise Failed(f"{life} has lost records")
        left = [path.name for path in place.rglob("*.partial")] if life != "archive" else []
        if left:
            raise Failed(f"{life} leaves {left}")
