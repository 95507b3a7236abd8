#!/usr/bin/python3
"""Prints an account's balance and the seq it stands at, from another process, while the ledger runs:
    balance.py daybook-data/projection users:alice [BOOK]     # a projection of another book is refused
The layout is that of projector/FORMAT.md; nothing but Debian's python3-lmdb is needed."""
import struct
import sys

from projection import ACCOUNTS, ASSETS, BALANCES, Projection


def decimal(units, scale):
    digits = str(abs(units)).rjust(scale + 1, "0")
    return "-" * (units < 0) + digits[:len(digits) - scale] + ("." + digits[-scale:] if scale else "")


def main(directory, code, expected=None):
    book = Projection(directory, expected)
    if (number := book.number_of(code)) is None:
        sys.exit(f"there is no account '{code}' up to seq {book.seq}")
    asset, account_type = struct.unpack_from("<IB", book.of_account(ACCOUNTS, number))
    scale, length, asset_code = struct.unpack("<BB6x16s", book.row(ASSETS, struct.pack(">I", asset)))
    words = struct.unpack("<10Q", book.of_account(BALANCES, number))
    debits, credits, held_debits, held_credits = (words[i] + (words[i + 1] << 64) for i in (0, 2, 4, 6))
    grows_by_debits = account_type in (1, 5)  # asset, expense
    posted, held = (debits - credits, held_credits) if grows_by_debits else (credits - debits, held_debits)
    print(f"{code} {decimal(posted, scale)} {asset_code[:length].decode()}, "
          f"available {decimal(posted - held, scale)}, as of seq {book.seq}")


main(*sys.argv[1:])
