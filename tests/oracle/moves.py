"""Moves: what entries and holds do to one side of an account, and the rules that all of them share.
The order of the checks is the caller's; each check goes through the moves in their order."""
from typing import NamedTuple

from book import Account
from draft import Rejected

SIDE_MAX = 2**127 - 1  # posted and held amounts of a side of an account together
SUM_MAX = 2**128 - 1  # debits, or credits, of an asset in one entry

REFUSING_STATES = {"debit": ("frozen", "frozen_debits"), "credit": ("frozen", "frozen_credits")}


class Move(NamedTuple):
    posting: int  # index in the command; of a reversal, in the original
    account: Account
    side: str
    posted: int  # what is added to the posted amounts of the side
    held: int  # and to its held amounts; negative when given back


def check_sides(moves):
    sides = {}
    for move in moves:
        if sides.setdefault(move.account.number, move.side) != move.side:
            raise Rejected("same_account", move.account.number)


def check_states(moves):
    for move in moves:
        if move.account.state == "closed":
            raise Rejected("account_closed", move.account.number)
    for move in moves:
        if move.account.state in REFUSING_STATES[move.side]:
            raise Rejected("account_frozen", move.account.number)


def check_balance(moves):
    by_asset = {}
    for move in moves:
        by_asset.setdefault(move.account.asset, []).append(move)
    for moves_of_asset in by_asset.values():
        sums = {"debit": 0, "credit": 0}
        for move in moves_of_asset:
            sums[move.side] += move.posted + move.held
            if sums[move.side] > SUM_MAX:
                raise Rejected("overflow")
        if sums["debit"] != sums["credit"]:
            raise Rejected("unbalanced")


def check_posting(moves):
    """Overflow, then funds, then limits; the last two on what all moves together leave behind."""
    added = {}  # by account number, which moves on one side only
    for move in moves:
        account = move.account
        posted, held = added.get(account.number, (0, 0))
        posted, held = posted + move.posted, held + move.held
        added[account.number] = posted, held
        if account.side_total(move.side) + posted + held > SIDE_MAX:
            raise Rejected("overflow", account.number)
    for move in moves:
        if move.account.minimum is not None:
            check_funds(move, *added[move.account.number])
    for move in moves:
        if move.account.maximum is not None:
            check_limit(move, *added[move.account.number])


def check_funds(move, posted, held):
    account = move.account
    before = account.available()
    after = before + posted if move.side == account.normal_side else before - posted - held
    if after < account.minimum and after < before:
        raise shortfall("insufficient_funds", move, before, account.minimum)


def check_limit(move, posted, held):
    account = move.account
    before = account.expected()
    after = before + posted + held if move.side == account.normal_side else before - posted
    if after > account.maximum and after > before:
        raise shortfall("limit_exceeded", move, before, account.maximum)


def shortfall(code, move, balance, bound):
    number = move.account.number
    return Rejected(code, number, {"kind": "shortfall", "account_number": number, "posting": move.posting,
                                   "balance": str(balance), "bound": str(bound)})


def apply_moves(draft, moves):
    """Touches the accounts in the order of the moves; returns the index of the first touch."""
    first = len(draft.touches)
    for move in moves:
        account = move.account
        draft.keep(account)
        if move.side == "debit":
            account.posted_debits += move.posted
            account.held_debits += move.held
        else:
            account.posted_credits += move.posted
            account.held_credits += move.held
        draft.touch(account)
    return first
