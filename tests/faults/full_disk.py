"""A ledger on a disk that becomes full, and has room again."""
import time
from pathlib import Path

import wire
import zmtp
from small_disk import Disk
from witness import Failed, Memory, Server, run_json, verified_head

MIB = 1 << 20
RESERVE_MIB = 8
FULL = 8190
IO_FAILED = 74
# Whoever refuses looks at the disk again at least so often; on a busy machine a little later.
RESUMES_IN = 5
# More than what is sent again and the snapshot take together, so that "room again" is room enough.
SPARE_MIB = 12


class Ledger:
    """A server on a data directory, one client, and all that was answered."""

    def __init__(self, binary, place, data, chance, environment=None):
        self.binary, self.place, self.data, self.chance, self.environment = binary, place, data, chance, environment
        self.memory, self.round, self.server, self.client = Memory(), 0, None, None
        self.query = f"ipc://{place}/query"

    def start(self, reserve_mib):
        """False when it ends instead."""
        self.server = Server(self.binary, self.place, data=self.data, reserve_mib=reserve_mib, query=self.query,
                             environment=self.environment)
        self.client = self.server.connect()
        if self.client is not None and not self.memory.first:
            keys = [wire.key_of(f"open.{place}") for place in range(3)]
            self.memory.take(keys, self.client.ask(wire.COMMANDS, 3, wire.define_asset(keys[0], "USD") + b"".join(
                wire.open_account(key, f"full:{place}", "USD") for place, key in enumerate(keys[1:]))))
        return self.client is not None

    def stop(self):
        self.client.close()
        code = self.server.stop()
        said = self.server.complaints()
        self.server.kill()
        if code != 0 or said:
            raise Failed(f"it ended with {code}: {said}")

    def ended_for_want_of(self, *words):
        """It ended by itself, with one line that says these."""
        code = self.server.ended(10)
        said = self.server.complaints()
        self.server.kill()
        if code != IO_FAILED:
            raise Failed(f"it ended with {code}: {said or self.server.errors()}")
        if len(said) != 1 or not all(word in said[0] for word in words):
            raise Failed(f"it does not say in one line why it ended: {said}")

    def message(self):
        self.round += 1
        how_many = self.chance.choice((1, 50, FULL, FULL, FULL))
        keys = [wire.key_of(f"{self.round}") [:12] + place.to_bytes(4, "big") for place in range(how_many)]
        return wire.TRANSFERS, keys, b"".join(wire.transfer(key, 1, 2, 1) for key in keys)

    def send(self, kind, keys, body):
        """Whether it was done; otherwise it was refused for want of room. zmtp.Gone: it ended."""
        answer = self.client.ask(kind, len(keys), body)
        if answer.kind == wire.REFUSAL and answer.code == wire.DISK_NEARLY_FULL:
            if answer.retry_after_ms == 0:
                raise Failed("refused without a hint when to come again")
            return False
        self.memory.take(keys, answer)
        return True

    def fill(self, messages_max=200):
        """Until it is refused; returns what was."""
        for _ in range(messages_max):
            message = self.message()
            if not self.send(*message):
                if "commands are refused" not in self.server.errors():
                    raise Failed(f"the log does not say that it refuses: {self.server.errors()}")
                return message
        raise Failed(f"{messages_max} messages are done, and none refused")

    def fill_until_it_ends(self, messages_max=200):
        """Returns what was not answered."""
        for _ in range(messages_max):
            message = self.message()
            try:
                if not self.send(*message):
                    raise Failed("refused, where nothing is in reserve")
            except zmtp.Gone:
                return message
        raise Failed(f"{messages_max} messages are done, and the disk is not full")

    def check_reads(self, key):
        """Everybody can still read, and sees all that was answered; what was refused has left nothing."""
        for words in (("--data", self.data), ("--query", self.query)):
            rows = run_json(self.binary, "balance", "full:0", *words, "--min-seq", str(self.memory.head), "--wait", "5000")
            if int(rows[0]["as_of_seq"]) < self.memory.head:
                raise Failed(f"the balance is as of {rows[0]['as_of_seq']}, and {self.memory.head} had been answered")
        run_json(self.binary, "status", "--query", self.query)
        known = self.chance.sample(sorted(self.memory.first), 20)
        answer = self.client.ask(wire.OUTCOMES, len(known) + 1, b"".join(known) + key)
        seqs = [receipt.seq for receipt in answer.receipts]
        if seqs[:-1] != [self.memory.first[key][0] for key in known] or answer.receipts[-1].verdict != wire.NOT_SEEN:
            raise Failed(f"outcomes {answer.receipts}")

    def resume(self, refused):
        """There is room again: the same message is done. How long that took in ms."""
        began = time.monotonic()
        while not self.send(*refused):
            if time.monotonic() - began > RESUMES_IN:
                raise Failed(f"it still refuses {RESUMES_IN} s after there is room again")
            time.sleep(0.05)
        took = round((time.monotonic() - began) * 1000)
        log = self.server.errors()
        if log.count("commands are refused") != log.count("commands are taken again"):
            raise Failed(f"the log does not say that it takes commands again: {log}")
        return took

    def check(self):
        head = verified_head(self.binary, self.data)
        if head != self.memory.head:
            raise Failed(f"the head is {head}, where {self.memory.head} had been answered")


def cycle(ledger, disk):
    """Gate, reads, room again; then no room at all, running and starting; then the same without a reserve."""
    spare = disk.take("spare", disk.free() - SPARE_MIB * MIB)
    ballast = disk.take("ballast", disk.free() - 10 * MIB if disk.free() > 30 * MIB else disk.free() // 2)
    if not ledger.start(RESERVE_MIB):
        raise Failed(f"it does not start: {ledger.server.errors()}")
    refused = ledger.fill()
    ledger.check_reads(refused[1][0])
    ballast.unlink()
    waited_ms = ledger.resume(refused)
    refused = ledger.fill()
    ballast = disk.take("ballast", 0)
    ledger.check_reads(refused[1][0])
    if ledger.send(*refused):
        raise Failed("a command is taken on a full disk")
    ledger.stop()
    started = ledger.start(RESERVE_MIB)  # a start is a small commit of its own
    if started:
        ledger.check_reads(refused[1][0])
        ledger.stop()
    else:
        ledger.ended_for_want_of("No space left on device", "free some space")
    ballast.unlink()
    spare.unlink()
    if not ledger.start(0):
        raise Failed(f"it does not start on a disk that has room again: {ledger.server.errors()}")
    ledger.resume(refused)
    ballast = disk.take("ballast", min(disk.free() // 2, 10 * MIB))
    unanswered = ledger.fill_until_it_ends()
    ledger.ended_for_want_of("No space left on device", "free some space")
    ballast.unlink()
    with_more_room(ledger, unanswered)
    return waited_ms


def with_more_room(ledger, unanswered):
    """What was not answered when the disk was full is done, once."""
    if not ledger.start(0):
        raise Failed(f"it does not start on a disk that has room again: {ledger.server.errors()}")
    ledger.resume(unanswered)
    ledger.stop()
    ledger.check()


def full_projection(ledger, disk_at):
    """The projection lies on a disk of its own, which has no room for as many accounts."""
    ledger.start(0)
    ledger.stop()
    with disk_at("projection", 1) as disk:
        ledger.start(0)
        names = [f"account:{place}" for place in range(4000)]
        keys = [wire.key_of(name) for name in names]
        body = b"".join(wire.open_account(key, name, "USD") for key, name in zip(keys, names))
        try:
            ledger.memory.take(keys, ledger.client.ask(wire.COMMANDS, len(keys), body))
        except zmtp.Gone:
            pass  # before the answer, or after it: both are right
        ledger.ended_for_want_of("projection", "No space left on device", "free some space")
        disk.grow(64)
        with_more_room(ledger, (wire.COMMANDS, keys, body))


def full_snapshot(ledger, disk_at):
    """So does the snapshot: it waits for room, commands do not."""
    ledger.start(0)
    ledger.stop()
    with disk_at("state", 1):
        for _ in range(2):
            ledger.start(RESERVE_MIB)
            ledger.resume(ledger.message())
            ledger.stop()
            if "snapshot: it waits for" not in ledger.server.errors():
                raise Failed(f"a snapshot without room is not told of: {ledger.server.errors()}")
    with_more_room(ledger, ledger.message())


def full_map(ledger, reserve_mib):
    """LMDB's map has an end too. With a reserve commands are refused before it comes; without, the process ends."""
    ledger.start(reserve_mib)
    if reserve_mib > 0:
        refused = ledger.fill()
        ledger.check_reads(refused[1][0])
        ledger.stop()
    else:
        refused = ledger.fill_until_it_ends()
        ledger.ended_for_want_of("MDB_MAP_FULL", "start a new one")
    ledger.environment = None
    with_more_room(ledger, refused)


def run_cycle(binary, top, chance, kind):
    """On a new disk; returns how long, in ms, a command waited when there was room again."""
    with Disk(top / "disk", SPARE_MIB + chance.randint(40, 64), kind) as disk:
        place = top / "cycle"
        place.mkdir()
        ledger = Ledger(binary, place, disk.place / "data", chance)
        try:
            return cycle(ledger, disk)
        except zmtp.Gone as problem:
            raise Failed(f"{problem}: {ledger.server.errors()}") from problem
        finally:
            ledger.server.kill()


def run_part(binary, top, chance, name, environment, check):
    place = top / name
    place.mkdir()
    ledger = Ledger(binary, place, place / "data", chance, environment)
    try:
        check(ledger)
    except (Failed, zmtp.Gone) as problem:
        raise Failed(f"{name}: {problem}: {ledger.server.complaints()}") from problem
    finally:
        ledger.server.kill()


def run_maps(binary, modules, top, chance):
    """The maps are small, not the disk."""
    small = {"LD_PRELOAD": str(Path(modules) / "fault_map.so"), "DAYBOOK_FAULT_MAP": str(24 * MIB)}
    run_part(binary, top, chance, "map", small, lambda ledger: full_map(ledger, RESERVE_MIB))
    run_part(binary, top, chance, "map-to-its-end", small, lambda ledger: full_map(ledger, 0))


def run_parts(binary, top, chance):
    """Of the data directory only a part lies on a small disk."""
    for name, check in (("projection", full_projection), ("snapshot", full_snapshot)):
        run_part(binary, top, chance, name, None,
                 lambda ledger, check=check: check(ledger, lambda folder, mib: Disk(ledger.data / folder, mib)))
