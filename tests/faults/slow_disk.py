"""A server whose journal's syncs take long: nothing is answered early, blocks grow, what does not fit is refused with a
hint, heartbeats are answered, and what waits is answered soon after the disk is quick again."""
import select
import threading
import time
from bisect import bisect_right

import calls
import wire
import zmtp
from witness import Client, Control, Failed, Memory, Server, verified_head

MILLISECOND = 10**6
CLIENTS = 16
FULL = 8190
META_BYTES = 120  # of the write that makes a commit: the page that names it
# Beside what the server holds at rest: blocks, messages and answers that wait, as docs/ARCHITECTURE.md bounds them.
MEMORY_MIB_MAX = 512


class Asking:
    """A client with one question at a time."""

    def __init__(self, socket, name, memory, batch):
        self.client, self.name, self.memory, self.batch = Client(socket), name, memory, batch
        self.count, self.keys, self.sent = 0, [], 0

    def ask(self):
        self.count += 1
        self.keys = [wire.key_of(f"{self.name}.{self.count}.{place}") for place in range(self.batch)]
        body = b"".join(wire.transfer(key, 1, 2, 1) for key in self.keys)
        self.sent = time.monotonic_ns()
        self.client.submit(wire.TRANSFERS, self.batch, body)

    def take(self):
        """When it was asked and answered; None while there is no answer."""
        self.client.peer.look()
        if not self.client.peer.messages:
            return None
        got = time.monotonic_ns()
        self.memory.take(self.keys, self.client.answer())
        return self.sent, got


class Heart:
    """A connection that does nothing but ask whether the other side lives."""

    def __init__(self, socket):
        self.peer, self.asked, self.slowest_ms = zmtp.Dealer(socket), 0, 0.0
        self.sent = self.next = time.monotonic()

    def beat(self):
        now = time.monotonic()
        self.peer.look()
        if self.peer.pongs < self.asked:
            self.slowest_ms = max(self.slowest_ms, (now - self.sent) * 1000)
        elif now >= self.next:
            self.peer.ping()
            self.asked, self.sent, self.next = self.asked + 1, now, now + 0.05


class Flood(threading.Thread):
    """Sends full messages without waiting for an answer."""

    def __init__(self, socket, name, count):
        super().__init__()
        self.client, self.name, self.count = Client(socket), name, count
        self.messages = [self.message(number) for number in range(count)]
        self.refused, self.hints, self.accepted, self.problem = [], set(), 0, None

    def message(self, number):
        keys = [wire.key_of(f"{self.name}.{number}")[:12] + place.to_bytes(4, "big") for place in range(FULL)]
        return keys, b"".join(wire.transfer(key, 1, 2, 1) for key in keys)

    def run(self):
        try:
            for _, body in self.messages:
                self.client.submit(wire.TRANSFERS, FULL, body)
        except zmtp.Gone as problem:
            self.problem = str(problem)

    def take_answers(self, memory, patience):
        """Each message gets one: its receipts, or that it is to be sent again after a while."""
        while self.accepted + len(self.refused) < self.count:
            answer = self.client.answer(patience)
            if answer is None:
                raise Failed(f"{self.accepted} messages are answered, {len(self.refused)} refused, of {self.count}")
            number = answer.correlation - 2  # the first question was which book it is
            if answer.kind == wire.REFUSAL:
                if answer.code != wire.OVERLOADED:
                    raise Failed(f"refused by code {answer.code}")
                self.hints.add(answer.retry_after_ms)
                self.refused.append(number)
            else:
                memory.take(self.messages[number][0], answer)
                self.accepted += 1


def commits_of(lines):
    """When each commit of the journal began to be synced, and was done."""
    synced = None
    for line in lines:
        if line.file != "journal/data.mdb":
            continue
        if line.call == "fdatasync":
            synced = line.began
        elif line.call == "pwrite" and line.result == META_BYTES and synced is not None:
            yield synced, line.ended
            synced = None


def check_answers(answers, lines):
    """Each was given after a commit that began after the question came."""
    commits = list(commits_of(lines))
    ends = [end for _, end in commits]
    for sent, got in answers:
        place = bisect_right(ends, got)
        if place == 0 or commits[place - 1][0] < sent:
            raise Failed(f"an answer came {(got - sent) / 1e6:.1f} ms after the question, and no commit lies between them")
    return commits


def resident_mib(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) >> 10


class SlowDisk:
    """One server, and what is measured of it."""

    def __init__(self, binary, module, place):
        self.binary, self.place = binary, place
        place.mkdir()
        self.control = Control(place / "delay")
        self.server = Server(binary, place, environment={
            "LD_PRELOAD": str(module), "DAYBOOK_FAULT_ROOT": str(place / "data"), "DAYBOOK_FAULT_LOG": str(place / "calls"),
            "DAYBOOK_FAULT_DELAY": str(self.control.path)})
        self.memory, self.answers, self.round = Memory(), [], 0
        client = self.server.connect()
        if client is None:
            raise Failed(f"it does not start: {self.server.errors()}")
        keys = [wire.key_of(f"open.{place}") for place in range(3)]
        self.memory.take(keys, client.ask(wire.COMMANDS, 3, wire.define_asset(keys[0], "USD") +
                                          b"".join(wire.open_account(key, key.hex(), "USD") for key in keys[1:])))
        client.close()
        self.heart = Heart(self.server.socket)

    def slow(self, delay_ms):
        self.control.set(delay_ms * MILLISECOND)

    def look(self, clients):
        """Those that are answered."""
        ready, _, _ = select.select([asking.client.peer for asking in clients], [], [], 0.01)
        self.heart.beat()
        answered = []
        for asking in clients:
            if asking.client.peer in ready and (times := asking.take()):
                self.answers.append(times)
                answered.append(asking)
        return answered

    def load(self, delay_ms, seconds, batch=1):
        """Sixteen clients for so long. Returns how many commands a commit held, and how long what waited was waited for."""
        self.round += 1
        clients = [Asking(self.server.socket, f"{self.round}.{place}", self.memory, batch) for place in range(CLIENTS)]
        self.slow(delay_ms)
        before, began = len(self.answers), time.monotonic()
        from_line = len(calls.read_log(self.place / "calls"))
        for asking in clients:
            asking.ask()
        while time.monotonic() - began < seconds:
            for asking in self.look(clients):
                asking.ask()
        during = len(self.answers) - before
        commits = len(list(commits_of(calls.read_log(self.place / "calls")[from_line:])))
        waited_ms = self.recover(clients)
        for asking in clients:
            asking.client.close()
        return during * batch / max(commits, 1), waited_ms

    def recover(self, waiting):
        """The disk is quick again: how long it takes until everything is answered."""
        self.slow(0)
        began = time.monotonic()
        waiting = list(waiting)
        while waiting:
            for asking in self.look(waiting):
                waiting.remove(asking)
            if time.monotonic() - began > 20:
                raise Failed(f"{len(waiting)} questions are not answered 20 s after the disk is quick again")
        return round((time.monotonic() - began) * 1000)

    def flood(self, delay_ms, messages):
        """More than there is room for. Returns how many messages were refused, and the time until all was answered."""
        self.round += 1
        before = resident_mib(self.server.process)
        flood = Flood(self.server.socket, f"{self.round}", messages)
        self.slow(delay_ms)
        flood.start()
        until = time.monotonic() + 2 * delay_ms / 1000
        while time.monotonic() < until:
            self.heart.beat()
            time.sleep(0.01)
        self.slow(0)
        began = time.monotonic()
        flood.join()
        flood.take_answers(self.memory, 20)
        waited_ms = round((time.monotonic() - began) * 1000)
        if flood.problem or 0 in flood.hints:
            raise Failed(f"refused without a hint when to come again: {flood.hints}, {flood.problem}")
        for number in flood.refused:
            keys, body = flood.messages[number]
            self.memory.take(keys, flood.client.ask(wire.TRANSFERS, FULL, body))
        flood.client.close()
        grown = resident_mib(self.server.process) - before
        if grown > MEMORY_MIB_MAX:
            raise Failed(f"it has grown by {grown} MiB")
        return len(flood.refused), waited_ms

    def finish(self):
        """Stops it, and compares all answers with the log of what the disk did."""
        self.heart.peer.close()
        code = self.server.stop()
        if code != 0 or self.server.complaints():
            raise Failed(f"it ended with {code}: {self.server.errors()}")
        commits = check_answers(self.answers, calls.read_log(self.place / "calls"))
        head = verified_head(self.binary, self.server.data)
        if head != self.memory.head:
            raise Failed(f"the head is {head}, where {self.memory.head} had been answered")
        return len(commits)
