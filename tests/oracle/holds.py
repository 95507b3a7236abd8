"""Holds: placed, captured in one part or several, released, expired.
Each step moves the held amounts of both accounts and remarks what has become of the hold."""
import heapq

from book import Hold
from draft import Rejected
from entries import record_entry
from moves import Move, apply_moves, check_balance, check_posting, check_sides, check_states


def place_hold(draft, command):
    debit, credit = draft.find_account(command, "debit"), draft.find_account(command, "credit")
    amount = int(command["amount"])
    moves = moves_of(debit, credit, 0, amount)
    check_sides(moves)
    check_states(moves)
    check_balance(moves)
    expires_at = int(command["expires_at_ns"]) if "expires_at_ns" in command else None
    if expires_at is not None and expires_at <= draft.stamp:
        raise Rejected("hold_expiry_passed")
    check_posting(moves)
    hold = Hold(draft.own_name(), debit, credit, amount, expires_at)
    draft.add(draft.book.holds, draft.own_id(), hold)
    if expires_at is not None:
        heapq.heappush(draft.book.expiring, (expires_at, *draft.own_id()))
    remark_hold(draft, hold, apply_moves(draft, moves))


def capture_hold(draft, command):
    hold = find_open(draft, command)
    amount = int(command["amount"]) if "amount" in command else hold.remaining
    if amount > hold.remaining:
        raise Rejected("exceeds_hold", None, {"kind": "excess", "id": hold.name, "posting": 0,
                                              "left": str(hold.remaining), "asked": str(amount)})
    left = 0 if command.get("final") else hold.remaining - amount
    moves = moves_of(hold.debit, hold.credit, amount, left - hold.remaining)
    check_states(moves)
    check_posting(moves)
    draft.keep(hold)
    hold.captured += amount
    hold.remaining = left
    if left == 0:
        hold.state = "captured"
    record_entry(draft, moves)
    draft.remark("taken", amount=str(amount))
    remark_hold(draft, hold, apply_moves(draft, moves))


def release_hold(draft, command):
    end(draft, find_open(draft, command), "released")


def expire_hold(draft, command):
    end(draft, find_open(draft, command), "expired")


def next_expiring(book, stamp):
    """The open hold that is to expire first, if its time is over at the stamp."""
    while book.expiring and book.expiring[0][0] <= stamp:
        hold = book.holds.get(heapq.heappop(book.expiring)[1:])
        if hold and hold.state == "open":
            return hold
    return None


def find_open(draft, command):
    hold = draft.book.holds.get(draft.parse_id(command["hold"]))
    if hold is None:
        raise Rejected("hold_not_found")
    if hold.state != "open":
        raise Rejected(f"hold_{hold.state}")
    return hold


def end(draft, hold, state):
    draft.keep(hold)
    moves = moves_of(hold.debit, hold.credit, 0, -hold.remaining)
    hold.remaining = 0
    hold.state = state
    remark_hold(draft, hold, apply_moves(draft, moves))


def moves_of(debit, credit, posted, held):
    return [Move(0, debit, "debit", posted, held), Move(1, credit, "credit", posted, held)]


def remark_hold(draft, hold, touch):
    expiry = {} if hold.expires_at is None else {"expires_at_ns": str(hold.expires_at)}
    draft.remark("hold", id=hold.name, touch=touch, state=hold.state, remaining=str(hold.remaining),
                 captured=str(hold.captured), **expiry)
