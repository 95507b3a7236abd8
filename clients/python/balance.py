#!/usr/bin/python3
"""Prints an account's balance and the seq it stands at, from another process, while the ledger runs:
    balance.py daybook-data/projection users:alice [BOOK]     # a projection of another book is refused
The layout is that of projector/FORMAT.md; nothing but Debian's python3-lmdb is needed."""
import struct
import sys

import lmdb


def decimal(units, scale):
    digits = str(abs(units)).rjust(scale + 1, "0")
    return "-" * (units < 0) + digits[:len(digits) - scale] + ("." + digits[-scale:] if scale else "")


def main(directory, code, expected=None):
    # With the lock file: LMDB registers readers there, so that the projector spares what they see.
    env = lmdb.open(directory, readonly=True, create=False, lock=True, max_dbs=9, max_readers=1024, map_size=1 << 40)
    meta, assets, accounts, codes, balances = (
        env.open_db(name, create=False) for name in (b"meta", b"assets", b"accounts", b"codes", b"balances"))
    with env.begin() as txn:  # one consistent cut; keep none for longer than a second
        magic, version, _, seq, book = struct.unpack_from("<4sHHQ16x16s", txn.get(b"watermark", db=meta))
        if (magic, version) != (b"DBKP", 3):
            sys.exit(f"{directory} is not a projection of format version 3")
        if expected and expected != book.hex():
            sys.exit(f"{directory} is of another book, {book.hex()}; delete the projection and start the projector")
        if (number := txn.get(code.encode(), db=codes)) is None:
            sys.exit(f"there is no account '{code}' up to seq {seq}")
        key = number[::-1]  # values are little-endian, keys big-endian
        asset, account_type = struct.unpack_from("<IB", txn.get(key, db=accounts))
        scale, length, asset_code = struct.unpack("<BB6x16s", txn.get(struct.pack(">I", asset), db=assets))
        words = struct.unpack("<10Q", txn.get(key, db=balances))
    debits, credits, held_debits, held_credits = (words[i] + (words[i + 1] << 64) for i in (0, 2, 4, 6))
    grows_by_debits = account_type in (1, 5)  # asset, expense
    posted, held = (debits - credits, held_credits) if grows_by_debits else (credits - debits, held_debits)
    print(f"{code} {decimal(posted, scale)} {asset_code[:length].decode()}, "
          f"available {decimal(posted - held, scale)}, as of seq {seq}")


main(*sys.argv[1:])
