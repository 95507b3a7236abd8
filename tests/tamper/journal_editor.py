"""Edits a journal's blocks and makes them good again, as far as a tamperer wants: checksums, roots, the hash of
the header, the chain behind it."""
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "oracle"))

import journal_bytes  # noqa: E402
import merkle  # noqa: E402
from lmdb_file import LmdbFile  # noqa: E402
from lmdb_writer import write_file  # noqa: E402
from xxh3 import checksum  # noqa: E402


class Journal:
    """What a data file holds, to be changed and written again."""

    def __init__(self, data):
        file = LmdbFile(data)
        self.stored = [found.value for found in file.values(file.database("blocks"))]
        self.epochs = [(found.key, found.value) for found in file.values(file.database("epochs"))]
        self.blocks = []
        chain = journal_bytes.Chain()
        for place, stored in enumerate(self.stored):
            self.blocks.append(chain.take(key_of(stored), stored))

    def file(self, stored, keys=None):
        """Another file, of these blocks; where one key would be there twice the later block is left out."""
        by_key = dict(reversed(list(zip(keys or [key_of(block) for block in stored], stored))))
        return write_file({"blocks": sorted(by_key.items()), "epochs": self.epochs})

    def sealed(self, blocks, first=0):
        """The blocks as bytes, those from place `first` on sealed and chained anew."""
        history = merkle.Tree()
        for stored in self.stored[:first]:
            history.add(stored[224:256])
        result = list(self.stored[:first])
        previous = self.stored[first - 1][224:256] if first else bytes(32)
        for block in blocks[first:]:
            stored = seal(block, history, previous)
            previous = stored[224:256]
            history.add(previous)
            result.append(stored)
        return result


def key_of(stored):
    number, first_seq = struct.unpack_from("<QQ", stored, 8)
    return (first_seq if number else 0).to_bytes(8, "big")


def seal(block, history, previous):
    """One block's bytes, numbered as the next of `history`, its records at their Seqs."""
    payload = b"".join(block.records)
    root = merkle.root([merkle.leaf(record) for record in block.records])
    header = journal_bytes.header_bytes(history.count, block.first_seq, len(block.records), block.stamp_ns,
                                        len(payload), block.book, previous, root, history.root())
    index, offset = b"", 0
    for place, record in enumerate(block.records):
        index += struct.pack("<IIQ", offset, len(record), checksum(record, block.first_seq + place))
        offset += len(record)
    peaks = b"".join(peak for _, peak in history.peaks)
    return header + journal_bytes.hash_of_header(header) + payload + index + peaks


def sealed_alone(block, stored):
    """The block with its own checksums, root and hash made good, and nothing behind it."""
    records = block.records
    payload = b"".join(records)
    root = merkle.root([merkle.leaf(record) for record in records])
    header = journal_bytes.header_bytes(block.number, block.first_seq, len(records), block.stamp_ns, len(payload),
                                        block.book, block.previous, root, block.history_root)
    index, offset = b"", 0
    for place, record in enumerate(records):
        index += struct.pack("<IIQ", offset, len(record), checksum(record, block.first_seq + place))
        offset += len(record)
    return header + journal_bytes.hash_of_header(header) + payload + index + b"".join(block.peaks)


def with_seq(record, seq):
    return struct.pack("<Q", seq) + record[8:]
