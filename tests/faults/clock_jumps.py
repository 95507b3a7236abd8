"""A server whose wall clock jumps: order, dedup and balances are those of a steady one, stamps never go back, and holds
expire by the journal's time."""
import random
import time

import wire
from witness import Control, Failed, Memory, Server, run_json, verified_head

SECOND = 10**9
DAY = 86400 * SECOND
YEAR = 365 * DAY
# Moments, in ns since 1970: the first seconds, the end of 32 bits, what is far but still a stamp.
MOMENTS = (5 * SECOND, 2**31 * SECOND - SECOND // 2, 2**32 * SECOND, 200 * YEAR)
STEPS = (SECOND, 60 * SECOND, 3600 * SECOND, DAY, YEAR, 10 * YEAR)


class Book:
    """One book under a clock of its own, and what must be true of it."""

    def __init__(self, binary, module, place, seed, stall_ms):
        self.binary, self.place, self.stall_ms = binary, place, stall_ms
        self.chance = random.Random(seed)
        self.control = Control(place / "clock")
        self.environment = {"LD_PRELOAD": str(module), "DAYBOOK_FAULT_CLOCK": str(self.control.path)}
        self.offset = self.furthest = 0
        self.memory, self.messages = Memory(), []
        self.last, self.holds, self.slowest_ms, self.expired = (0, 0), [], 0, 0
        self.balances = {1: 0, 2: 0, 3: 0}
        self.server = self.client = None

    def now(self):
        return time.time_ns() + self.offset

    def jump(self, offset):
        self.furthest = max(self.furthest, self.now())
        self.offset = offset
        self.control.set(offset)

    def start(self):
        self.server = Server(self.binary, self.place, environment=self.environment)
        self.client = self.server.connect()
        if self.client is None:
            raise Failed(f"it does not start: {self.server.errors()}")

    def stop(self):
        self.client.close()
        code = self.server.stop()
        self.server.kill()
        if code != 0 or self.server.complaints():
            raise Failed(f"it ended with {code}: {self.server.errors()}")

    def open(self):
        keys = [wire.key_of(f"open.{place}") for place in range(4)]
        body = wire.define_asset(keys[0], "USD") + b"".join(
            wire.open_account(key, f"clock:{place}", "USD") for place, key in enumerate(keys[1:]))
        self.ask(wire.COMMANDS, keys, body)

    def ask(self, kind, keys, body):
        """The receipts, which must be the next ones, in order, and no older than the last."""
        began, clock = time.monotonic(), self.now()
        answer = self.client.ask(kind, len(keys), body)
        took_ms = (time.monotonic() - began) * 1000
        self.slowest_ms = max(self.slowest_ms, took_ms)
        if took_ms > self.stall_ms:
            raise Failed(f"an answer took {took_ms:.0f} ms")
        self.memory.take(keys, answer)
        seq, stamp = self.last
        for receipt in answer.receipts:
            if receipt.is_replay:
                raise Failed("a new key is said to be a repeat")
            # Whatever is due at a block's stamp expires before its first command, one Seq each.
            due = [expiry for expiry in self.holds if expiry <= receipt.stamp]
            self.holds = [expiry for expiry in self.holds if expiry > receipt.stamp]
            self.expired += len(due)
            if receipt.seq != seq + len(due) + 1:
                raise Failed(f"seq {receipt.seq} follows {seq}, and {len(due)} holds were due at its stamp")
            # It goes with the clock; where that went back, it stands where the clock had come.
            if not max(stamp, clock) <= receipt.stamp <= max(self.furthest, self.now()):
                raise Failed(f"stamp {receipt.stamp} follows {stamp}, the clock being at {clock}")
            seq, stamp = receipt.seq, receipt.stamp
        self.last = seq, stamp
        self.messages.append((kind, keys, body))
        return answer.receipts

    def work(self, name):
        """Transfers, a hold that expires soon by the journal's time, and something sent long ago once more."""
        keys = [wire.key_of(f"{name}.{place}") for place in range(self.chance.randint(1, 4))]
        body = b""
        for key in keys:
            debit, credit = self.chance.sample(sorted(self.balances), 2)
            value = self.chance.randint(1, 1000)
            body += wire.transfer(key, debit, credit, value)
            self.balances[debit] -= value
            self.balances[credit] += value
        self.ask(wire.TRANSFERS, keys, body)
        expiry = max(self.last[1], self.now()) + self.chance.choice((SECOND // 5, SECOND, 3600 * SECOND, YEAR))
        key = wire.key_of(f"{name}.hold")
        receipts = self.ask(wire.COMMANDS, [key], wire.place_hold(key, 1, 2, 1, expiry))
        if receipts[0].verdict != wire.ACCEPTED:
            raise Failed(f"a hold is not placed: {receipts[0].code}")
        self.holds.append(expiry)
        kind, keys, body = self.chance.choice(self.messages)
        answer = self.client.ask(kind, len(keys), body)
        self.memory.take(keys, answer)
        if not all(receipt.is_replay for receipt in answer.receipts):
            raise Failed("a repeated key is decided again")

    def check(self):
        """After a clean stop."""
        head, seq, stamp, expiries = verified_head(self.binary, self.place / "data"), 0, None, 0
        for record in run_json(self.binary, "tail", "--data", self.place / "data"):
            seq, before = seq + 1, stamp
            stamp = int(record["block"]["stamp_ns"])
            expiries += record["kind"] == "expire_hold"
            if int(record["seq"]) != seq or (before is not None and stamp < before):
                raise Failed(f"seq {record['seq']} of stamp {stamp} lies behind {seq - 1} of stamp {before}")
        rest = head - self.last[0]  # what was due in the end has expired by itself
        if seq != head or expiries != self.expired + rest:
            raise Failed(f"{seq} records of {head}, {expiries} expiries for {self.expired}, and {rest} at the end")
        for row in run_json(self.binary, "balance", "--data", self.place / "data"):
            if int(row["posted"]) != self.balances[int(row["number"])]:
                raise Failed(f"{row['account']} stands at {row['posted']}, not at {self.balances[int(row['number'])]}")


def jumps_of(chance, count):
    """Where the clock goes: steps first, so that those back are not all behind a great one forward."""
    for place in range(count):
        far = min(len(STEPS), 1 + place * (len(STEPS) + 2) // count)
        kind = chance.randrange(4) if place * 2 > count else chance.randrange(3)
        if kind == 0:
            yield lambda now, step=chance.choice(STEPS[:far]): now + step
        elif kind == 1:
            yield lambda now, step=chance.choice(STEPS): max(now - step, SECOND)
        elif kind == 2:
            yield lambda now, part=chance.random(): max(int(now * part), SECOND)
        else:
            yield lambda now, moment=chance.choice(MOMENTS): moment


def run_book(binary, module, place, seed, jumps, stall_ms):
    """Returns the slowest answer in ms, and how many servers were started under a clock that had jumped."""
    place.mkdir()
    book, starts = Book(binary, module, place, seed, stall_ms), 0
    chance = random.Random(seed)
    if chance.random() < 0.25:
        book.jump(5 * SECOND - time.time_ns())  # made by a machine whose clock had not been set
    book.start()
    try:
        book.open()
        for number, target in enumerate(jumps_of(chance, jumps)):
            book.work(f"before.{number}")
            stops = chance.random() < 0.25
            if stops:
                book.stop()
            book.jump(target(book.now()) - time.time_ns())
            if stops:
                book.start()
                starts += 1
            book.work(f"after.{number}")
        book.stop()
        book.check()
    finally:
        book.server.kill()
    return round(book.slowest_ms), starts, book.expired
