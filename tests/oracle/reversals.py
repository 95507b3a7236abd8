"""Reversals: the mirror image of an entry, whole or in part, never more than was posted."""
from book import Entry
from draft import Rejected
from moves import Move, apply_moves, check_balance, check_posting, check_states

OPPOSITE = {"debit": "credit", "credit": "debit"}


def reverse_entry(draft, command):
    entry = draft.book.entries.get(draft.parse_id(command["entry"]))
    if entry is None:
        raise Rejected("entry_not_found")
    if entry.is_reversal:
        raise Rejected("reversal_of_reversal")
    amounts = amounts_to_reverse(entry, command.get("amounts"))
    moves = [Move(index, account, OPPOSITE[side], amount, 0)
             for index, ((account, side, _), amount) in enumerate(zip(entry.postings, amounts)) if amount]
    check_states(moves)
    check_balance(moves)
    check_posting(moves)
    draft.keep(entry)
    entry.reversed = tuple(before + amount for before, amount in zip(entry.reversed, amounts))
    draft.add(draft.book.entries, draft.own_id(), Entry(draft.own_name(), (), is_reversal=True))
    first = apply_moves(draft, moves)
    for touch, move in enumerate(moves, first):
        draft.remark("reversed", id=entry.name, touch=touch, posting=move.posting, amount=str(move.posted),
                     total=str(entry.reversed[move.posting]))


def amounts_to_reverse(entry, stated):
    if stated and len(stated) != len(entry.postings):
        raise Rejected("posting_count_differs")
    left = [amount - before for (_, _, amount), before in zip(entry.postings, entry.reversed)]
    if not any(left):
        raise Rejected("already_reversed")
    amounts = [int(amount) for amount in stated] if stated else left
    for posting, amount in enumerate(amounts):
        if amount > left[posting]:
            raise Rejected("exceeds_original", None, {"kind": "excess", "id": entry.name, "posting": posting,
                                                      "left": str(left[posting]), "asked": str(amount)})
    return amounts
