"""Reads an LMDB 0.9 file (64-bit, little-endian) page by page, without LMDB: the newest meta page, the
named databases, their keys and values in order. Says where each lies in the file, for who alters one."""
import struct
from typing import NamedTuple

BRANCH, LEAF, OVERFLOW, META = 1, 2, 4, 8
BIG_DATA, SUB_DATABASE, DUPLICATES = 1, 2, 4
HEADER = struct.Struct("<QHHHH")  # number, pad, flags, lower, upper (or the count of overflow pages in 32 bits)
NODE = struct.Struct("<HHHH")  # low and high of the data's size or the child's number, flags, size of the key
DATABASE = struct.Struct("<IHHQQQQQ")  # pad, flags, depth, branch, leaf and overflow pages, entries, root
NOTHING = 2**64 - 1
META_AT = 16
DATABASES_AT = META_AT + 24
TAIL_AT = DATABASES_AT + 2 * DATABASE.size  # last page, transaction


class Damaged(Exception):
    """The file is not what LMDB writes."""


class Database(NamedTuple):
    depth: int
    entries: int
    root: int
    at: int  # where its 48 bytes lie


class Value(NamedTuple):
    key: bytes
    value: bytes
    at: int  # where the value lies
    node: int  # where its node lies
    leaf: int  # the number of its page
    index: int  # of the node in the page
    overflow: int  # its first overflow page, None when the value is in the leaf


class LmdbFile:
    def __init__(self, data):
        self.data = data  # bytes, bytearray or mmap
        self.page_bytes = self._page_bytes()
        self.meta = max((0, 1), key=self._transaction)
        base = self.meta * self.page_bytes
        self.last_page, self.transaction = struct.unpack_from("<QQ", data, base + TAIL_AT)
        if (self.last_page + 1) * self.page_bytes > len(data):
            raise Damaged(f"the file ends before its last page, {self.last_page}")
        self._main = self._database_at(base + DATABASES_AT + DATABASE.size)

    def database(self, name):
        for found in self.values(self._main):
            if found.key == name.encode():
                flags = NODE.unpack_from(self.data, found.node)[2]
                if flags != SUB_DATABASE or len(found.value) != DATABASE.size:
                    raise Damaged(f"{name} is not a database")
                return self._database_at(found.at)
        raise Damaged(f"there is no database {name}")

    def values(self, database):
        """Every key and value, in order. Refuses pages out of place, loops, and another count than stated."""
        count = 0
        if database.root != NOTHING:
            seen = set()
            for found in self._walk(database.root, database.depth, seen):
                count += 1
                yield found
        if count != database.entries:
            raise Damaged(f"a database has {count} entries and states {database.entries}")

    def page_at(self, number):
        if not 2 <= number <= self.last_page:
            raise Damaged(f"page {number} is outside of the file")
        return number * self.page_bytes

    def nodes(self, number):
        """Where the nodes of a page lie."""
        at = self.page_at(number)
        stated, _, flags, lower, upper = HEADER.unpack_from(self.data, at)
        if stated != number or flags & ~0x10 not in (BRANCH, LEAF):
            raise Damaged(f"page {number} states to be {stated}, of kind {flags}")
        if not HEADER.size <= lower <= upper <= self.page_bytes:
            raise Damaged(f"page {number} has impossible bounds")
        count = (lower - HEADER.size) // 2
        return [at + offset for offset in struct.unpack_from(f"<{count}H", self.data, at + HEADER.size)]

    def flags_of(self, number):
        return HEADER.unpack_from(self.data, self.page_at(number))[2]

    def _walk(self, number, depth, seen):
        if number in seen or depth < 1:
            raise Damaged(f"page {number} is reached twice, or too deep")
        seen.add(number)
        nodes = self.nodes(number)
        is_leaf = bool(self.flags_of(number) & LEAF)
        if is_leaf != (depth == 1):
            raise Damaged(f"page {number} is at another depth than stated")
        for index, node in enumerate(nodes):
            if not is_leaf:
                low, high, flags, _ = NODE.unpack_from(self.data, node)
                yield from self._walk(low | high << 16 | flags << 32, depth - 1, seen)
            else:
                yield self._leaf_value(number, index, node)

    def _leaf_value(self, number, index, node):
        low, high, flags, key_bytes = NODE.unpack_from(self.data, node)
        size = low | high << 16
        key_at = node + NODE.size
        key = bytes(self.data[key_at:key_at + key_bytes])
        at, overflow = key_at + key_bytes, None
        if flags & BIG_DATA:
            overflow = struct.unpack_from("<Q", self.data, at)[0]
            at = self.page_at(overflow)
            stated, _, kind, _, _ = HEADER.unpack_from(self.data, at)
            pages = struct.unpack_from("<I", self.data, at + 12)[0]
            if stated != overflow or kind & ~0x10 != OVERFLOW or pages * self.page_bytes < HEADER.size + size:
                raise Damaged(f"page {overflow} is not the overflow page it should be")
            self.page_at(overflow + pages - 1)
            at += HEADER.size
        elif flags & ~SUB_DATABASE:
            raise Damaged(f"page {number} has a node of an unknown kind")
        return Value(key, bytes(self.data[at:at + size]), at, node, number, index, overflow)

    def _database_at(self, at):
        _, _, depth, _, _, _, entries, root = DATABASE.unpack_from(self.data, at)
        return Database(depth, entries, root, at)

    def _page_bytes(self):
        if len(self.data) < 2 * 512:
            raise Damaged("the file is shorter than its meta pages")
        magic, version = struct.unpack_from("<II", self.data, META_AT)
        page_bytes = struct.unpack_from("<I", self.data, DATABASES_AT)[0]
        if (magic, version) != (0xBEEFC0DE, 1) or page_bytes not in (512 << shift for shift in range(8)):
            raise Damaged("this is no LMDB file of version 1")
        if len(self.data) < 2 * page_bytes:
            raise Damaged("the file is shorter than its meta pages")
        return page_bytes

    def _transaction(self, meta):
        base = meta * self.page_bytes
        magic = struct.unpack_from("<I", self.data, base + META_AT)[0]
        if magic != 0xBEEFC0DE:
            raise Damaged(f"meta page {meta} is not one")
        return struct.unpack_from("<Q", self.data, base + TAIL_AT + 8)[0]
