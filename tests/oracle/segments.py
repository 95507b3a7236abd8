"""The blocks in a journal's archive, from journal/FORMAT.md: each segment's own bytes are checked, its chunks unpacked by
the `zstd` command."""
import hashlib
import struct
import subprocess
from typing import NamedTuple

from journal_bytes import HEADER_BYTES, Damage

HEADER = struct.Struct("<IHHQ16s")
ENTRY = struct.Struct("<QQQQQQ")
TRAILER = struct.Struct("<IHHQQQQQQQqq16s32s32s32sQ24s")
MAGIC, TRAILER_MAGIC, VERSION = 0x534B4244, 0x544B4244, 1


class Segment(NamedTuple):
    path: object
    first_block: int
    last_block: int
    first_seq: int
    frames: bytes
    block_bytes: int


def key_of(stored):
    number, first_seq = struct.unpack_from("<QQ", stored, 8)
    return (first_seq if number else 0).to_bytes(8, "big")


def read_segment(path):
    data = path.read_bytes()
    header, trailer = data[:HEADER.size], data[-256:]
    (magic, version, size, chunks, index_offset, block_bytes, first_block, last_block, first_seq, _, _, _, book, _, _, content,
     _, reserved) = TRAILER.unpack_from(trailer)
    if (magic, version, size) != (TRAILER_MAGIC, VERSION, 256) or any(reserved) \
            or HEADER.unpack(header) != (MAGIC, VERSION, HEADER.size, 0, book):
        raise Damage(first_seq, f"{path.name} is no segment of version {VERSION}")
    if hashlib.sha256(b"\x03" + trailer[:224]).digest() != trailer[224:] or hashlib.sha256(data[:-256]).digest() != content:
        raise Damage(first_seq, f"{path.name} does not match its hash")
    index = [ENTRY.unpack_from(data, index_offset + ENTRY.size * place) for place in range(chunks)]
    if len(data) != index_offset + ENTRY.size * chunks + 256 or sum(entry[2] for entry in index) != block_bytes:
        raise Damage(first_seq, f"{path.name} contradicts its own sizes")
    return Segment(path, first_block, last_block, first_seq, data[HEADER.size:index_offset], block_bytes)


def blocks_of(segment):
    """Frames behind each other are unpacked like one."""
    done = subprocess.run(["zstd", "-dcq"], input=segment.frames, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if done.returncode or len(done.stdout) != segment.block_bytes:
        raise Damage(segment.first_seq, f"{segment.path.name} cannot be unpacked")
    at = 0
    while at < len(done.stdout):
        size = struct.unpack_from("<Q", done.stdout, at + 64)[0]
        if size < HEADER_BYTES or at + size > len(done.stdout):
            raise Damage(segment.first_seq, f"{segment.path.name}: a block ends outside of its chunk")
        yield done.stdout[at:at + size]
        at += size


def with_archive(values, archive):
    """(key, stored, is archived) of every block: the journal's, and before its second one what the archive has of them."""
    values = iter(values)
    first = next(values, None)
    if first is None:
        return
    yield first.key, first.value, False
    second = next(values, None)
    if second is None:
        return
    begins = int.from_bytes(second.key, "big")
    if begins > 1 and archive.is_dir():
        for segment in sorted((read_segment(path) for path in archive.glob("*.segment")), key=lambda one: one.first_block):
            if segment.first_seq >= begins:
                break
            for stored in blocks_of(segment):
                if int.from_bytes(key_of(stored), "big") < begins:
                    yield key_of(stored), stored, True
    yield second.key, second.value, False
    for found in values:
        yield found.key, found.value, False
