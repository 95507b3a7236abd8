"""Checks the proofs that `daybook prove` prints, by RFC 6962 and journal/FORMAT.md alone; [I17].
As a program: makes proofs of many records and heads of a journal, checks them, and turns bits in them."""
import argparse
import base64
import json
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

import merkle
from flat_table import Malformed
from journal_bytes import hash_of_header, header_bytes
from record_bytes import read_record


class Refused(Exception):
    """The proof proves nothing."""


def need(claim, why):
    if not claim:
        raise Refused(why)


class Binary:
    """The `bytes` of a proof, from the front: packed words, hashes."""

    def __init__(self, text):
        self.rest = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        need(base64.b64encode(self.rest).decode().rstrip("=") == text, "another text of the same bytes")

    def take(self, count):
        need(len(self.rest) >= count, "the proof is cut")
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def word(self):
        """A byte says which of the eight are not zero; these follow."""
        present = self.take(1)[0]
        word = bytes(self.take(1)[0] if present >> place & 1 else 0 for place in range(8))
        need(present == sum((byte != 0) << place for place, byte in enumerate(word)), "a zero that is written out")
        return word

    def number(self):
        return int.from_bytes(self.word(), "little")

    def signed(self):
        return int.from_bytes(self.word(), "little", signed=True)

    def hash(self):
        return self.take(32)

    def path(self, index, count):
        need(0 <= index < count, "a leaf that the tree does not have")
        return [self.hash() for _ in range(merkle.path_length(index, count))]

    def words(self):
        found = b""
        while self.rest:
            found += self.word()
        return found


class Header:
    """What the proof says of a block's header; the hash is computed."""

    def __init__(self, book):
        self.book, self.number = bytes.fromhex(book), 0
        self.first = self.count = self.stamp = self.payload_bytes = 0
        self.previous = self.payload_root = self.history_root = b""

    def read_numbers(self, binary):
        self.count, self.stamp, self.payload_bytes = binary.number(), binary.signed(), binary.number()

    def hash(self):
        return hash_of_header(header_bytes(self.number, self.first, self.count, self.stamp, self.payload_bytes, self.book,
                                           self.previous, self.payload_root, self.history_root))


def head_name(text):
    """SEQ:HASH."""
    seq, _, name = text.partition(":")
    need(str(int(seq)) == seq and len(name) == 64 and name == name.lower(), "not the name of a head")
    return int(seq), bytes.fromhex(name)


def need_hash(header, name, why):
    need(header.hash() == name, why)


def check_inclusion(proof):
    binary, seq = Binary(proof["bytes"]), int(proof["seq"])
    last, head_hash = head_name(proof["head"])
    head = Header(proof["book"])
    head.number = binary.number()
    head.read_numbers(binary)
    head.first = last - head.count + 1
    number, place = binary.number(), binary.number()
    block = head if number == head.number else Header(proof["book"])
    if block is not head:
        block.number = number
        block.read_numbers(binary)
        block.first = seq - place
    need(block.first + place == seq, "the block does not hold this seq")
    block.previous, block.history_root = binary.hash(), binary.hash()
    record_path = binary.path(place, block.count)
    if block is not head:
        head.previous, head.payload_root = binary.hash(), binary.hash()
        block_path = binary.path(block.number, head.number)
    record = binary.words()
    block.payload_root = merkle.root_by_path(merkle.leaf(record), place, block.count, record_path)
    if block is not head:
        head.history_root = merkle.root_by_path(merkle.leaf(block.hash()), block.number, head.number, block_path)
    need_hash(head, head_hash, "the paths do not lead from the record to the head")
    need(read_record(record)["seq"] == proof["seq"], "the record is of another seq")
    return head_hash.hex()


def check_consistency(proof):
    binary = Binary(proof["bytes"])
    (old_last, old_hash), (last, head_hash) = head_name(proof["old_head"]), head_name(proof["head"])
    head, old = Header(proof["book"]), Header(proof["book"])
    head.number = binary.number()
    head.read_numbers(binary)
    head.first = last - head.count + 1
    old.number = binary.number()
    if old.number == head.number:
        need((old_last, old_hash) == (last, head_hash), "another block of the head's number")
        head.previous, head.payload_root, head.history_root = binary.hash(), binary.hash(), binary.hash()
    else:
        old.read_numbers(binary)
        old.first = old_last - old.count + 1
        old.previous, old.payload_root = binary.hash(), binary.hash()
        head.previous, head.payload_root = binary.hash(), binary.hash()
        path = binary.path(old.number, head.number)
        # The leaves before the old head, as the path has them, are the history that it names.
        old.history_root = merkle.root_before(old.number, head.number, path)
        need_hash(old, old_hash, "the history before the old head is another")
        head.history_root = merkle.root_by_path(merkle.leaf(old_hash), old.number, head.number, path)
    need(not binary.rest, "more than a proof")
    need_hash(head, head_hash, "the path does not lead to the head")
    return head_hash.hex()


CHECKS = {"inclusion 2": check_inclusion, "consistency 2": check_consistency}


def check(text):
    """The hash of the head that it leads to."""
    try:
        proof = json.loads(text)
        return CHECKS[proof["proof"]](proof)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, Malformed, struct.error) as error:
        raise Refused(f"not a proof: {error!r}") from error


class Trial:
    def __init__(self, options, directory):
        self._options = options
        self._file = pathlib.Path(directory) / "proof.json"
        self.count = 0

    def prove(self, *arguments):
        done = subprocess.run([self._options.daybook, "prove", *arguments, "--data", self._options.data],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done
        return done.stdout

    def code_for(self, text, *arguments):
        self._file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return subprocess.run([self._options.daybook, "check-proof", self._file, *arguments], capture_output=True,
                              check=False).returncode

    def both_agree(self, text, head):
        self.count += 1
        assert check(text) == head, "the proof leads to another head"
        assert self.code_for(text, "--head", head) == 0
        assert self.code_for(text, "--head", "0" * 64) == 1

    def both_refuse(self, text):
        """With a character changed to another that could stand there."""
        data = bytearray(text.encode())
        at = random.choice([place for place, byte in enumerate(data) if chr(byte) in "0123456789abcdef"])
        data[at] = random.choice([byte for byte in b"0123456789abcdef" if byte != data[at]])
        self.count += 1
        assert self.code_for(bytes(data)) in (1, 65), data
        try:
            check(bytes(data).decode())
        except Refused:
            return
        raise AssertionError(f"Python takes a proof changed at {at}: {bytes(data)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("daybook")
    parser.add_argument("random_streams", help="the program that makes the journal")
    parser.add_argument("--proofs", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="daybook-proofs-") as directory:
        subprocess.run([options.random_streams, "7", "1", "400", directory, "keep"], check=True)
        options.data = f"{directory}/data"
        lines = subprocess.run([options.daybook, "tail", "--json", "--from-seq", "1", "--data", options.data],
                               capture_output=True, text=True, check=True).stdout.splitlines()
        blocks = {(block := json.loads(line)["block"])["number"]: block for line in lines}
        heads = [f"{int(block['first_seq']) + block['records'] - 1}:{block['hash']}" for block in blocks.values()]
        trial, chooser = Trial(options, directory), random.Random(1)
        for _ in range(options.proofs):
            old, new = sorted(chooser.sample(range(len(heads)), 2))
            seq = str(chooser.randint(1, int(heads[new].split(":")[0])))
            for text in (trial.prove(seq, "--head", heads[new]), trial.prove("--extends", heads[old], "--head", heads[new])):
                trial.both_agree(text, heads[new].split(":")[1])
                trial.both_refuse(text)
        print(f"{trial.count} proofs over {len(heads)} blocks: both checkers agree")


if __name__ == "__main__":
    sys.exit(main())
