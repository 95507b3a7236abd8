"""The model of one stream: takes submissions and says what each must be answered and recorded.
Keys, the numbering of records and the expiry of holds are here; the rules are in decide.py."""
from typing import NamedTuple

from book import Book
from decide import decide
from draft import Draft, Rejected
from holds import next_expiring


class Bound(NamedTuple):
    """What a key is bound to."""
    kind: str
    command: dict
    answer: dict


class Model:
    def __init__(self):
        self.book = Book()
        self.seq = 0
        self.stamp = None
        self._bound = {}  # by (producer, key)

    def submit(self, submission):
        """Returns the answer and the records, expiries first."""
        stamp = int(submission["stamp_ns"])
        if self.stamp is not None and stamp < self.stamp:
            raise ValueError(f"stamp_ns goes back from {self.stamp} to {stamp}")
        self.stamp = stamp
        records = self._expire()
        kind, command = submission["kind"], submission["command"]
        owner = submission["producer"], submission["key"]
        bound = self._bound.get(owner)
        if bound:
            return answer_again(bound, kind, command), records
        record = self._decide(kind, command)
        record["producer"], record["key"] = owner
        records.append(record)
        answer = {"verdict": record["outcome"], "seq": record["seq"]}
        for name in ("code", "subject"):
            if name in record:
                answer[name] = record[name]
        self._bound[owner] = Bound(kind, command, answer)
        return answer, records

    def expire(self, stamp):
        """The records of what is due at a stamp, of a block that may hold nothing else."""
        self.stamp = stamp
        return self._expire()

    def _expire(self):
        records = []
        while hold := next_expiring(self.book, self.stamp):
            record = self._decide("expire_hold", {"hold": hold.name})
            record["producer"] = 0
            records.append(record)
        return records

    def _decide(self, kind, command):
        self.seq += 1
        draft = Draft(self.book, self.seq, self.stamp)
        record = {"seq": draft.seq_text, "kind": kind, "command": command}
        try:
            subject = decide(draft, kind, command)
            record["outcome"] = "accepted"
        except Rejected as rejected:
            draft.roll_back()
            draft.remarks = rejected.remarks
            record["outcome"] = "rejected"
            record["code"] = rejected.code
            subject = rejected.subject
        if subject is not None:
            record["subject"] = subject
        record["remarks"] = draft.remarks
        record["touches"] = draft.touches
        return record

    def imbalances(self):
        """The assets whose debits and credits differ, with the sums; empty unless a rule is broken."""
        sums = {}
        for account in self.book.accounts.values():
            of_asset = sums.setdefault(account.asset, [0, 0, 0, 0])
            of_asset[0] += account.posted_debits
            of_asset[1] += account.posted_credits
            of_asset[2] += account.held_debits
            of_asset[3] += account.held_credits
        return {asset: of_asset for asset, of_asset in sums.items()
                if of_asset[0] != of_asset[1] or of_asset[2] != of_asset[3]}


def answer_again(bound, kind, command):
    is_same = bound.kind == kind and bound.command == command
    if is_same or "void_key" in (bound.kind, kind):
        return {**bound.answer, "replayed": True}
    return {"verdict": "refused", "code": "idempotency_key_reused"}
