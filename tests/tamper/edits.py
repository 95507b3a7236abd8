"""The twelve classes of edits. Each takes a random generator and a Journal (of its file's bytes) and returns what
a tamperer leaves behind, and between which Seqs the first bad place lies."""
import struct
import zlib
from typing import NamedTuple

from journal_bytes import hash_of_header
from journal_editor import key_of, sealed_alone, with_seq
from lmdb_file import LmdbFile
from lmdb_writer import write_file

TRANSFER = 1
EXPIRY = 9
PRODUCER_AT = 16
KIND_AT = 24
TRANSFER_AT = 32
TAG_AT = TRANSFER_AT + 48


class Tampered(NamedTuple):
    file: bytes
    first: int  # the first Seq that can be named; 0: the one behind the last anchor that holds
    last: int
    needs_anchor: bool = False  # it is a sound journal, only not the one there was
    may_be_unreadable: bool = False
    changed: int = 0  # where it is no longer the journal that there was; 0: at `last`


def inner_block(random, journal, least=1):
    """The place of one that has records, and blocks behind it."""
    places = [place for place in range(1, len(journal.blocks) - 1) if journal.blocks[place].record_count >= least]
    return random.choice(places)


def modify(random, journal, data):
    """Some bits of a block, where they lie in the file."""
    file = LmdbFile(data)
    found = random.choice(list(file.values(file.database("blocks"))))
    block = next(block for block in journal.blocks if block.hash == found.value[224:256])
    changed = bytearray(data)
    at = found.at + random.randrange(len(found.value))
    for _ in range(random.randint(1, 3)):
        changed[min(at, found.at + len(found.value) - 1)] ^= random.randint(1, 255)
        at += 1
    if changed == data:
        return modify(random, journal, data)
    return Tampered(bytes(changed), block.first_seq, max(block.last_seq, block.first_seq),
                    may_be_unreadable=block.number == 0)


def delete(random, journal, data):
    """A block, or a record out of one whose own hashes are made good."""
    place = inner_block(random, journal)
    block, stored = journal.blocks[place], list(journal.stored)
    if block.record_count == 1 or random.random() < 0.5:
        del stored[place]
        return Tampered(journal.file(stored), block.first_seq, block.first_seq)
    index = random.randrange(block.record_count)
    records = block.records[:index] + block.records[index + 1:]
    stored[place] = sealed_alone(block._replace(records=records), stored[place])
    return Tampered(journal.file(stored), block.first_seq + index, block.first_seq + index)


def insert(random, journal, data):
    """A record that nobody sent into a block, those behind it renumbered, the block's hashes made good."""
    place = inner_block(random, journal)
    block, stored = journal.blocks[place], list(journal.stored)
    index = random.randint(0, block.record_count)
    source = random.choice([record for other in journal.blocks for record in other.records])
    forged = bytearray(source)
    if forged[KIND_AT] == TRANSFER:
        forged[TRANSFER_AT:TRANSFER_AT + 16] = random.randbytes(16)
    records = block.records[:index] + [bytes(forged)] + block.records[index:]
    records = [with_seq(record, block.first_seq + at) for at, record in enumerate(records)]
    stored[place] = sealed_alone(block._replace(records=records), stored[place])
    return Tampered(journal.file(stored), block.first_seq + index, block.last_seq + 1)


def swap(random, journal, data):
    """Two blocks under each other's keys, or two records of a block whose hashes are made good."""
    place = inner_block(random, journal)
    block, stored = journal.blocks[place], list(journal.stored)
    if block.record_count == 1 or random.random() < 0.5:
        other = random.choice([at for at in range(1, len(stored)) if at != place])
        keys = [key_of(value) for value in stored]
        stored[place], stored[other] = stored[other], stored[place]
        first = journal.blocks[min(place, other)].first_seq
        return Tampered(journal.file(stored, keys), first, first)
    one, other = sorted(random.sample(range(block.record_count), 2))
    records = list(block.records)
    records[one], records[other] = records[other], records[one]
    records = [with_seq(record, block.first_seq + at) for at, record in enumerate(records)]
    stored[place] = sealed_alone(block._replace(records=records), stored[place])
    return Tampered(journal.file(stored), block.first_seq + one, block.last_seq + 1)


def truncate(random, journal, data):
    """The newest blocks are gone."""
    left = random.randint(1, len(journal.stored) - 1)
    end = journal.blocks[left].first_seq
    return Tampered(journal.file(journal.stored[:left]), end, end, needs_anchor=True)


def duplicate(random, journal, data):
    """A block in the place of the one behind it; or a record again at the end, in a block that is chained."""
    place = inner_block(random, journal)
    if random.random() < 0.5:
        keys = [key_of(value) for value in journal.stored]
        stored = list(journal.stored)
        stored[place + 1] = stored[place]
        seq = journal.blocks[place + 1].first_seq
        return Tampered(journal.file(stored, keys), seq, seq)
    head = journal.blocks[-1]
    record = with_seq(random.choice(journal.blocks[place].records), head.last_seq + 1)
    again = head._replace(first_seq=head.last_seq + 1, record_count=1, records=[record])
    stored = journal.sealed(journal.blocks + [again], len(journal.blocks))
    return Tampered(journal.file(stored), head.last_seq + 1, head.last_seq + 1)


def rechained(journal, place, index, record):
    """A record changed and everything behind it made good."""
    blocks = list(journal.blocks)
    records = list(blocks[place].records)
    records[index] = record
    blocks[place] = blocks[place]._replace(records=records)
    return journal.file(journal.sealed(blocks, place))


def choose_record(random, journal, is_fit):
    places = [(place, index) for place, block in enumerate(journal.blocks) for index, record in enumerate(block.records)
              if is_fit(record)]
    return random.choice(places)


def rechain(random, journal, data):
    """A transfer's tag, on which no rule depends, and every hash behind it."""
    place, index = choose_record(random, journal, lambda record: record[KIND_AT] == TRANSFER)
    record = bytearray(journal.blocks[place].records[index])
    record[TAG_AT + random.randrange(16)] ^= random.randint(1, 255)
    return Tampered(rechained(journal, place, index, bytes(record)), 0, journal.blocks[place].first_seq + index,
                    needs_anchor=True)


def replay_backup(random, journal, data):
    """The file as it was some transactions ago."""
    left = random.randint(1, len(journal.stored) - 1)
    journal.epochs = journal.epochs[:1]
    end = journal.blocks[left].first_seq
    return Tampered(journal.file(journal.stored[:left]), end, end, needs_anchor=True)


def fork(random, journal, data):
    """Another history from some block on: the same commands, each block a little later."""
    place = inner_block(random, journal)
    late = random.randint(1, 10**6)
    blocks = [block if at < place else block._replace(stamp_ns=block.stamp_ns + late)
              for at, block in enumerate(journal.blocks)]
    return Tampered(journal.file(journal.sealed(blocks, place)), 0, journal.blocks[-1].last_seq, needs_anchor=True,
                    changed=journal.blocks[place].first_seq)


def change_author(random, journal, data):
    """Who sent a command, and every hash behind it."""
    place, index = choose_record(random, journal, lambda record: record[KIND_AT] != EXPIRY)
    record = bytearray(journal.blocks[place].records[index])
    struct.pack_into("<I", record, PRODUCER_AT, random.randint(2, 2**32 - 1))
    return Tampered(rechained(journal, place, index, bytes(record)), 0, journal.blocks[place].first_seq + index,
                    needs_anchor=True)


def change_version(random, journal, data):
    """The format's version in a header whose hash is made good, or a record's kind with all hashes."""
    place = inner_block(random, journal)
    block, stored = journal.blocks[place], list(journal.stored)
    if random.random() < 0.5:
        version = random.choice([0, 1, 3, 4, 0xffff])
        header = stored[place][:4] + struct.pack("<H", version) + stored[place][6:224]
        stored[place] = header + hash_of_header(header) + stored[place][256:]
        return Tampered(journal.file(stored), block.first_seq, block.first_seq)
    index = random.randrange(block.record_count)
    record = bytearray(block.records[index])
    record[KIND_AT] = random.choice([kind for kind in range(256) if kind != record[KIND_AT]])
    seq = block.first_seq + index
    return Tampered(rechained(journal, place, index, bytes(record)), seq, seq)


# What is read of each row of a projection: offsets of bytes of which any change is another content.
MEANS = {"assets": [0], "accounts": [0, 4, 5, 8], "codes": range(8), "balances": range(80), "holds": range(56),
         "reversals": range(8), "references": range(8), "terms": [0], "meta": range(8, 80), "groups": range(8)}
# In the order of their numbers (projector/FORMAT.md).
DATABASES = ("meta", "assets", "accounts", "codes", "balances", "holds", "reversals", "terms", "references", "groups")
END_BYTES = 8


def sealed_again(book, name, key, value):
    """The row with its check made right."""
    stated = value[:-4]
    check = zlib.crc32(stated, zlib.crc32(key, zlib.crc32(bytes([DATABASES.index(name)]), zlib.crc32(book))))
    return stated + check.to_bytes(4, "little")


def swap_checkpoint(random, data):
    """A projection with a row changed, its check made right or not, or gone; or a database gone."""
    file = LmdbFile(data)
    rows = {name: [(found.key, found.value) for found in file.values(file.database(name))] for name in MEANS}
    book = dict(rows["meta"])[b"watermark"][32:48]
    name = random.choice([name for name, found in rows.items() if found])
    place = random.randrange(len(rows[name]))
    key, value = rows[name][place]
    assert value == sealed_again(book, name, key, value), (name, key)
    chance = random.random()
    if name != "meta" and chance < 0.1:
        del rows[name]
    elif name != "meta" and chance < 0.3:
        del rows[name][place]
    else:
        offsets = range(len(value) - END_BYTES) if key in (b"outcomes", b"tables") else MEANS[name]
        changed = bytearray(value)
        changed[random.choice(offsets)] ^= random.randint(1, 255)
        changed = bytes(changed)
        rows[name][place] = key, sealed_again(book, name, key, changed) if random.random() < 0.7 else changed
    return write_file(rows)


JOURNAL_EDITS = {"modify": modify, "delete": delete, "insert": insert, "swap": swap, "truncate the tail": truncate,
                 "duplicate": duplicate, "re-chain": rechain, "replay a backup": replay_backup, "fork": fork,
                 "change the author": change_author, "change the version": change_version}
