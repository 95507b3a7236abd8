"""One run of the fault sweep: a server whose Nth call fails, watched from outside, and what is left afterwards."""
import os
import shutil
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import calls
import shelf
import wire
import zmtp
from witness import Failed, Memory, Server, verified_head

ACCOUNTS = 5
# A process that stops takes a tenth of a second; on a busy machine more. The long sweep is stricter.
PATIENCE = 10


def transfers(name, how_many):
    """Keys, and the message's body. Account 99 is not there: such a command is rejected, and that is kept too."""
    keys = [wire.key_of(f"{name}.{place}") for place in range(how_many)]
    body = b"".join(wire.transfer(key, 1 + place % ACCOUNTS, 99 if place % 7 == 6 else 1 + (place + 2) % ACCOUNTS, 5)
                    for place, key in enumerate(keys))
    return wire.TRANSFERS, keys, body


def opening():
    keys = [wire.key_of(f"open.{place}") for place in range(ACCOUNTS + 1)]
    body = wire.define_asset(keys[0], "USD") + b"".join(
        wire.open_account(key, f"sweep:{place}", "USD") for place, key in enumerate(keys[1:]))
    return wire.COMMANDS, keys, body


def messages_of(life):
    """Groups of messages: those of a group are sent together. Blocks of more than a hundred records are committed by
    a thread of their own."""
    if life == "again":
        singles = [[transfers(f"again.{place}", 1)] for place in range(6)]
        return [*singles, [transfers("again", 120)], [transfers("first.3", 1)], [transfers("again.few", 9)]]
    singles = [[transfers(f"first.{place}", 1)] for place in range(36)]
    few = [[transfers(f"few.{place}", 12)] for place in range(6)]
    many = [[transfers(f"many.{place}", 120), transfers(f"more.{place}", 120)] for place in range(3)]
    return [[opening()], *singles[:18], *few, *many, *singles[18:], [transfers("few.2", 12)]]


def work(client, memory, life):
    for group in messages_of(life):
        for kind, keys, body in group:
            client.submit(kind, len(keys), body)
        for place, (_, keys, _) in enumerate(group):
            answer = client.answer()
            if answer is None:
                raise zmtp.Gone("no answer")
            memory.take(keys, answer, is_last=place == len(group) - 1)


def copy_sparse(source, target):
    """Files hold far less than they are long."""
    target.mkdir(mode=source.stat().st_mode & 0o777)
    for entry in source.iterdir():
        if entry.is_dir():
            copy_sparse(entry, target / entry.name)
            continue
        with open(entry, "rb") as old, open(target / entry.name, "wb") as new:
            size, at = entry.stat().st_size, 0
            new.truncate(size)
            while at < size:
                try:
                    at = os.lseek(old.fileno(), at, os.SEEK_DATA)
                except OSError:
                    break  # nothing but a hole is left
                end = os.lseek(old.fileno(), at, os.SEEK_HOLE)
                os.pwrite(new.fileno(), os.pread(old.fileno(), end - at, at), at)
                at = end
        (target / entry.name).chmod(entry.stat().st_mode & 0o777)


@dataclass
class Outcome:
    case: object
    hits: int = 0
    exit_code: object = None
    stopped_after_ms: int = 0
    acknowledged: int = 0
    findings: list = field(default_factory=list)
    said: str = ""
    is_loss: bool = False
    is_wrong_exit: bool = False


class Sweep:
    """Where the binary, the injector and the book of the second life are."""

    def __init__(self, binary, modules, place):
        self.binary, self.modules, self.place = binary, Path(modules), Path(place)
        self.template, self.known = self.place / "template", Memory()
        self.allocations = {}
        self.shelf = shelf.Shelf(binary, self.modules, self.place / "shelf")

    def environment(self, place, **more):
        return {"LD_PRELOAD": str(self.modules / "fault_injector.so"), "DAYBOOK_FAULT_ROOT": str(place / "data"),
                "DAYBOOK_FAULT_LOG": str(place / "calls"), **more}

    def without_memory(self, place, which):
        return {"LD_PRELOAD": str(self.modules / "fault_memory.so"), "DAYBOOK_FAULT_ALLOCATION": which,
                "DAYBOOK_FAULT_ALLOCATIONS": str(place / "allocations")}

    def new_place(self, name, life):
        place = self.place / name
        place.mkdir()
        if life == "again":
            copy_sparse(self.template, place / "data")
        return place

    def memory(self, life):
        memory = Memory()
        if life == "again":
            memory.first, memory.head = dict(self.known.first), self.known.head
        return memory

    def prepare(self):
        """Counts the calls of both lives, without faults. What is timing may differ a little each time."""
        most = {}
        for life in ("first", "again"):
            for attempt in range(2):
                place = self.new_place(f"{life}-{attempt}", life)
                memory = self.memory(life)
                server = Server(self.binary, place, environment=self.environment(place))
                try:
                    work(server.connect(), memory, life)
                    code = server.stop()
                finally:
                    server.kill()
                if code != 0:
                    raise Failed(f"without any fault it ended with {code}: {server.errors()}")
                counts = most.setdefault(life, {})
                for site, times in calls.count(calls.read_log(place / "calls")).items():
                    counts[site] = max(counts.get(site, 0), times)
                if attempt == 0:
                    self.allocations[life] = self.count_allocations(life)
                if not self.template.exists():
                    copy_sparse(place / "data", self.template)
                    self.known = memory
                shutil.rmtree(place)
        missing = calls.NEEDED - set(most["first"]) - set(most["again"])
        if missing:
            raise Failed(f"it never calls {', '.join(f'{call} on {file}' for call, file in sorted(missing))}")
        return most | self.prepare_shelf()

    def prepare_shelf(self):
        """Fills it with the book of the second life, worked on, and counts the calls of what is done with it."""
        place = self.new_place("kept", "again")
        server = Server(self.binary, place)
        try:
            work(server.connect(), self.memory("again"), "again")
            server.stop()
        finally:
            server.kill()
        self.shelf.filled.mkdir()
        self.shelf.fill(self.template, place / "data")
        shutil.rmtree(place)
        return {life: self.shelf.count(self.place / life, life) for life in shelf.LIVES}

    def count_allocations(self, life):
        place = self.new_place(f"{life}-allocations", life)
        server = Server(self.binary, place, environment=self.without_memory(place, "0 once"))
        try:
            work(server.connect(), self.memory(life), life)
            server.stop()
        finally:
            server.kill()
        count = int((place / "allocations").read_text())
        shutil.rmtree(place)
        return count

    def run(self, name, case):
        if case.life in shelf.LIVES:
            return self.shelf.try_case(self.place / name, case, Outcome(case))
        outcome, memory = Outcome(case), self.memory(case.life)
        place = self.new_place(name, case.life)
        if isinstance(case, calls.NoMemory):
            environment = self.without_memory(place, f"{case.nth} {case.times}")
        else:
            environment = self.environment(place, DAYBOOK_FAULT=case.text)
        server = Server(self.binary, place, environment=environment)
        try:
            try:
                client = server.connect()
                if client is not None:
                    work(client, memory, case.life)
            except zmtp.Gone:
                pass
            if server.process.poll() is None and not self.is_failing(place, case):
                server.stop(0)
            outcome.exit_code = server.ended(PATIENCE)
            ended = time.monotonic_ns()
            if isinstance(case, calls.NoMemory):
                self.judge_end_without_memory(server, memory, outcome)
            else:
                self.judge_end(server, place, memory, ended, outcome)
        except Failed as problem:
            outcome.findings.append(str(problem))
        finally:
            server.kill()
        try:
            if outcome.exit_code is not None:
                self.judge_rest(place, memory, outcome)
        except (Failed, zmtp.Gone) as problem:
            outcome.is_loss = True
            outcome.findings.append(str(problem))
        outcome.acknowledged = memory.head
        shutil.rmtree(place)
        return outcome

    @staticmethod
    def is_failing(place, case):
        """Whether it is to end by itself."""
        return case.must_stop and any(line.how != "-" for line in calls.read_log(place / "calls"))

    @staticmethod
    def judge_end(server, place, memory, ended, outcome):
        case, said = outcome.case, server.complaints()
        hits = [line for line in calls.read_log(place / "calls") if line.how != "-"]
        outcome.hits, outcome.said = len(hits), " | ".join(said)
        if outcome.exit_code is None:
            raise Failed(f"it had not ended {PATIENCE} s later")
        if not hits:
            if outcome.exit_code != 0 or said:
                raise Failed(f"without a fault it ended with {outcome.exit_code}: {outcome.said}")
            return
        outcome.is_wrong_exit = True  # until shown otherwise
        if outcome.exit_code == 0:
            if said:
                raise Failed(f"it goes on and complains: {outcome.said}")
            if case.must_stop:
                raise Failed("it went on after the error")
        else:
            outcome.stopped_after_ms = (ended - hits[0].began) // 1_000_000
            if outcome.exit_code not in case.exit_codes:
                raise Failed(f"it ended with {outcome.exit_code}: {outcome.said}")
            says_why = len(said) == 1 and said[0].startswith("daybook: ") and any(why in said[0] for why in case.reasons)
            if not says_why:
                raise Failed(f"it does not say in one line why it ended: {outcome.said}")
        outcome.is_wrong_exit = False
        if case.must_stop and case.is_of_journal and memory.last_at > hits[0].began:
            raise Failed(f"it answered {(memory.last_at - hits[0].began) / 1e6:.1f} ms after the journal's first error")

    def judge_end_without_memory(self, server, memory, outcome):
        outcome.hits, outcome.said = 1, " | ".join(server.complaints())
        if outcome.exit_code is None:
            raise Failed(f"it had not ended {PATIENCE} s later")
        # glibc's name services follow a null pointer then, when libzmq asks for a protocol as it starts.
        starts = memory.head == self.memory(outcome.case.life).head
        if outcome.exit_code not in calls.ENDS_WITHOUT_MEMORY and not (starts and outcome.exit_code == -signal.SIGSEGV):
            outcome.is_wrong_exit = True
            raise Failed(f"it ended with {outcome.exit_code}: {outcome.said}")

    def judge_rest(self, place, memory, outcome):
        """A server without faults goes on with what is left; all that was answered is there."""
        server = Server(self.binary, place)
        try:
            client = server.connect()
            if client is None:
                raise Failed(f"what is left cannot be started: {server.errors()}")
            lives = ["first"] if outcome.case.life == "first" else ["first", "again"]
            for life in lives:
                work(client, memory, life)
            code = server.stop()
            if code != 0 or server.complaints():
                raise Failed(f"the next server ended with {code}: {server.errors()}")
        finally:
            server.kill()
        head = verified_head(self.binary, place / "data")
        if head != memory.head:
            raise Failed(f"the head is {head}, where {memory.head} had been answered")
