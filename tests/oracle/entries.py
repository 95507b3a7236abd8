"""Transfers and entries: postings that balance, at a rate or as far as an account can give or take.
A transfer is the entry with a debit and then a credit of the same amount."""
from book import Entry
from moves import Move, apply_moves, check_balance, check_posting, check_sides, check_states, shortfall
from rates import check_rate


def transfer(draft, command):
    amount = int(command["amount"])
    moves = [Move(0, draft.find_account(command, "debit_account"), "debit", amount, 0),
             Move(1, draft.find_account(command, "credit_account"), "credit", amount, 0)]
    post(draft, moves, command.get("balancing"))


def post_entry(draft, command):
    moves = [Move(index, draft.find_account(posting, "account"), posting["side"], int(posting["amount"]), 0)
             for index, posting in enumerate(command["postings"])]
    post(draft, moves, command.get("balancing"), command.get("rate"))


def post(draft, moves, balancing, rate=None):
    has_residue = rate and ("residue" in rate or "residue_number" in rate)
    residue = draft.find_account(rate, "residue") if has_residue else None
    check_sides(moves)
    check_states(moves)
    check_balance(moves)
    if rate:
        check_rate(moves, rate, residue)
    if balancing:
        moves = take(draft, moves, balancing)
    check_posting(moves)
    record_entry(draft, moves)
    apply_moves(draft, moves)


def record_entry(draft, moves):
    """Keeps what was posted, for a reversal to come."""
    postings = tuple((move.account, move.side, move.posted) for move in moves)
    draft.add(draft.book.entries, draft.own_id(), Entry(draft.own_name(), postings))


def take(draft, moves, balancing):
    """The two moves with the amount that the balanced accounts have room for."""
    amount = moves[0].posted
    for side in ("debit", "credit"):
        if balancing in (side, "both"):
            amount = min(amount, room(next(move for move in moves if move.side == side)))
    draft.remark("taken", amount=str(amount))
    return [move._replace(posted=amount) for move in moves]


def room(move):
    account = move.account
    if move.side != account.normal_side:
        floor = account.minimum or 0
        if account.available() <= floor:
            raise shortfall("insufficient_funds", move, account.available(), floor)
        return account.available() - floor
    if account.maximum is None:
        return move.posted
    if account.expected() >= account.maximum:
        raise shortfall("limit_exceeded", move, account.expected(), account.maximum)
    return account.maximum - account.expected()
