"""A projection's rows, each checked as projector/FORMAT.md says: what is damaged, or older than it should be, is never
returned. Nothing but Debian's python3-lmdb is needed."""
import struct
import sys
import zlib

import lmdb

META, ASSETS, ACCOUNTS, CODES, BALANCES, HOLDS, REVERSALS, TERMS, REFERENCES, GROUPS = range(10)
NAMES = "meta assets accounts codes balances holds reversals terms references groups".split()


class Projection:
    """One consistent cut of the book, while it is open. Keep none for longer than a second."""

    def __init__(self, directory, book=None):
        self.directory = directory
        # With the lock file: LMDB registers readers there, so that the projector spares what they see.
        env = lmdb.open(directory, readonly=True, create=False, lock=True, max_dbs=10, max_readers=1024, map_size=1 << 40)
        self.tables = [env.open_db(name.encode(), create=False) for name in NAMES]
        self.txn = env.begin()
        magic, version, _, self.seq, self.book = struct.unpack_from(
            "<4sHHQ16x16s", self.txn.get(b"watermark", db=self.tables[META]))
        if (magic, version) != (b"DBKP", 4):
            sys.exit(f"{directory} is not a projection of format version 4")
        if book and book != self.book.hex():
            sys.exit(f"{directory} is of another book, {self.book.hex()}; delete the projection and start the projector")
        self.row(META, b"watermark")

    def damaged(self):
        sys.exit(f"{self.directory} is damaged; delete the projection, the projector builds it again")

    def find(self, table, key):
        """The value of a key, without its end; None when there is none."""
        value = self.txn.get(key, db=self.tables[table])
        return None if value is None else self.checked(table, key, value)[:-8]

    def row(self, table, key):
        """The value of a key that must be there."""
        value = self.find(table, key)
        return self.damaged() if value is None else value

    def checked(self, table, key, value):
        # Of the book, the table's number, the key, and all that is before the check.
        if zlib.crc32(self.book + bytes([table]) + key + value[:-4]) != int.from_bytes(value[-4:], "little"):
            self.damaged()
        return value

    def number_of(self, code):
        """An account's number. None when there is no such account: the row before leads past it."""
        key = code.encode()
        if number := self.find(CODES, key):
            return int.from_bytes(number, "little")
        with self.txn.cursor(db=self.tables[CODES]) as cursor:
            link = zlib.crc32(cursor.key()) if cursor.set_range(key) else 0
            if cursor.prev() if link else cursor.last():
                stated = self.checked(CODES, cursor.key(), cursor.value())[-8:-4]
            else:
                stated = self.row(META, b"tables")[16 * CODES + 8:16 * CODES + 12]
        return None if int.from_bytes(stated, "little") == link else self.damaged()

    def of_account(self, table, number):
        """Its row in `accounts` or `balances`, if the rows of its four are those that were written last."""
        first = (number - 1) // 4 * 4 + 1
        stored = (self.txn.get(struct.pack(">Q", near), db=self.tables[table]) or b"" for near in range(first, first + 4))
        total = sum(int.from_bytes(value[-4:], "little") for value in stored) % 2**32
        accounts, balances = struct.unpack("<II", self.row(GROUPS, struct.pack(">Q", first // 4)))
        if total != (balances if table == BALANCES else accounts):
            self.damaged()
        return self.row(table, struct.pack(">Q", number))
