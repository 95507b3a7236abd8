"""A journal's blocks, from journal/FORMAT.md: headers, indexes, hashes, roots and the chain, recomputed."""
import struct
from typing import NamedTuple

import merkle
from xxh3 import checksum as checksum_of

HEADER = struct.Struct("<IHHQQIIqQQQQ16s32s32s32s40s32s")
HEADER_BYTES = 256
INDEX_ENTRY = struct.Struct("<IIQ")
MAGIC = 0x424B4244
VERSION = 2


class Damage(Exception):
    """The first place where a journal is not what was written."""

    def __init__(self, seq, what):
        super().__init__(f"at seq {seq}: {what}")
        self.seq = seq
        self.what = what


class Block(NamedTuple):
    number: int
    first_seq: int
    record_count: int
    stamp_ns: int
    payload_bytes: int
    book: bytes
    previous: bytes
    payload_root: bytes
    history_root: bytes
    hash: bytes
    records: list
    peaks: list

    @property
    def last_seq(self):
        return self.first_seq + self.record_count - 1


def header_bytes(number, first_seq, record_count, stamp_ns, payload_bytes, book, previous, payload_root,
                 history_root):
    """The 224 bytes that a block's hash is of."""
    peak_count = number.bit_count()
    index_offset = HEADER_BYTES + payload_bytes
    peaks_offset = index_offset + INDEX_ENTRY.size * record_count
    return HEADER.pack(MAGIC, VERSION, HEADER_BYTES, number, first_seq, record_count, peak_count, stamp_ns,
                       payload_bytes, index_offset, peaks_offset, peaks_offset + 32 * peak_count, book, previous,
                       payload_root, history_root, bytes(40), bytes(32))[:224]


def hash_of_header(first_224):
    return merkle.sha256(b"\x02", first_224)


def read_block(stored, seq):
    """Checks everything that a block says of itself. `seq` is where it should begin."""
    if len(stored) < HEADER_BYTES:
        raise Damage(seq, "a block is shorter than its header")
    (magic, version, size, number, first_seq, count, peak_count, stamp_ns, payload_bytes, index_offset,
     peaks_offset, block_bytes, book, previous, payload_root, history_root, reserved, stated) = HEADER.unpack_from(stored)
    if (magic, version, size) != (MAGIC, VERSION, HEADER_BYTES):
        raise Damage(seq, f"not a block of format {VERSION}: magic {magic:x}, version {version}, header {size}")
    if hash_of_header(stored[:224]) != stated:
        raise Damage(seq, "a header does not match its hash")
    if any(reserved):
        raise Damage(seq, "reserved bytes are not zero")
    expected = (HEADER_BYTES + payload_bytes, HEADER_BYTES + payload_bytes + 16 * count)
    if (index_offset, peaks_offset) != expected or peak_count != number.bit_count() \
            or block_bytes != peaks_offset + 32 * peak_count or block_bytes != len(stored) \
            or (number == 0) != (count == 0):
        raise Damage(seq, "a block contradicts its own sizes")
    records = list(read_records(stored, first_seq, count, payload_bytes, index_offset))
    if merkle.root([merkle.leaf(record) for record in records]) != payload_root:
        raise Damage(first_seq, "the records do not match the payload root")
    peaks = [stored[at:at + 32] for at in range(peaks_offset, block_bytes, 32)]
    return Block(number, first_seq, count, stamp_ns, payload_bytes, book, previous, payload_root, history_root,
                 stated, records, peaks)


def read_records(stored, first_seq, count, payload_bytes, index_offset):
    reached = 0
    for place in range(count):
        seq = first_seq + place
        offset, length, checksum = INDEX_ENTRY.unpack_from(stored, index_offset + INDEX_ENTRY.size * place)
        if offset != reached or length == 0 or length % 8 or offset + length > payload_bytes:
            raise Damage(seq, "the index is wrong")
        reached += length
        record = stored[HEADER_BYTES + offset:HEADER_BYTES + reached]
        if checksum_of(record, seq) != checksum:
            raise Damage(seq, "a record does not match its checksum")
        yield record
    if reached != payload_bytes:
        raise Damage(first_seq, "bytes belong to no record")


class Chain:
    """Takes the stored blocks in order and checks that they are one chain."""

    def __init__(self):
        self.last = None
        self._history = merkle.Tree()

    @property
    def next_seq(self):
        return self.last.last_seq + 1 if self.last else 1

    def take(self, key, stored):
        seq = self.next_seq
        block = read_block(stored, seq)
        place = seq if self.last else 0
        if len(key) != 8 or int.from_bytes(key, "big") != place or block.first_seq != seq:
            # One that lies where it says, among the Seqs of the block before: these are the first in doubt.
            is_at_home = int.from_bytes(key, "big") == block.first_seq
            is_inside = self.last and self.last.first_seq <= block.first_seq < seq
            raise Damage(block.first_seq if is_at_home and is_inside else seq,
                         f"key {key.hex()} and first seq {block.first_seq} are not the next, {place}")
        if block.number != self._history.count:
            raise Damage(seq, f"block {block.number} in the place of block {self._history.count}")
        if block.previous != (self.last.hash if self.last else bytes(32)):
            raise Damage(seq, "it does not continue the block before")
        if self.last and (block.book != self.last.book or block.stamp_ns < self.last.stamp_ns):
            raise Damage(seq, "another book, or a stamp that goes back")
        if block.history_root != self._history.root() or block.peaks != [peak for _, peak in self._history.peaks]:
            raise Damage(seq, "its history is not that of the blocks before")
        self._history.add(block.hash)
        self.last = block
        return block
