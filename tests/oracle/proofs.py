"""Checks the proofs that `daybook prove` prints, by RFC 6962 and journal/FORMAT.md alone; [I17].
As a program: makes proofs of many records and heads of a journal, checks them, and turns bits in them."""
import argparse
import json
import pathlib
import random
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


def header_of(stated):
    """The values of a header and its hash, which must be right."""
    number, first, count = int(stated["number"]), int(stated["first_seq"]), stated["records"]
    wide = [bytes.fromhex(stated[name]) for name in ("book", "previous", "payload_root", "history_root")]
    header = header_bytes(number, first, count, int(stated["stamp_ns"]), int(stated["payload_bytes"]), *wide)
    need(hash_of_header(header).hex() == stated["hash"], "a header does not have the hash stated")
    need(first + count - 1 == int(stated["last_seq"]), "a last seq that does not follow")
    return number, first, count, wide[2], wide[3]


def hashes(stated):
    return [bytes.fromhex(text) for text in stated]


def check_block(block, path, head):
    """That the block is the head, or a leaf of its history."""
    if block["number"] == head["number"]:
        need(block == head and not path, "another block of the head's number")
        return
    count, root = int(head["number"]), bytes.fromhex(head["history_root"])
    found = merkle.root_by_path(merkle.leaf(bytes.fromhex(block["hash"])), int(block["number"]), count, hashes(path))
    need(found == root and block["book"] == head["book"], "the path does not lead to the head")


def check_inclusion(proof):
    header_of(proof["head"])
    _, first, count, payload_root, _ = header_of(proof["block"])
    check_block(proof["block"], proof["block_path"], proof["head"])
    seq, record = int(proof["seq"]), bytes.fromhex(proof["record"])
    found = merkle.root_by_path(merkle.leaf(record), seq - first, count, hashes(proof["record_path"]))
    need(found == payload_root, "the path does not lead from the record to the block")
    need(read_record(record)["seq"] == proof["seq"], "the record is of another seq")
    return proof["head"]["hash"]


def check_consistency(proof):
    new, _, _, _, root = header_of(proof["head"])
    old, _, _, _, old_root = header_of(proof["old_head"])
    check_block(proof["old_head"], proof["old_path"], proof["head"])
    path = hashes(proof["history_path"])
    if old == 0:
        need(not path and old_root == merkle.sha256(), "nothing begins every history")
    else:
        need(merkle.roots_by_consistency(old_root, old, new, path) == (old_root, root), "the history was changed")
    return proof["head"]["hash"]


CHECKS = {"inclusion 1": check_inclusion, "consistency 1": check_consistency}


def check(text):
    """The hash of the head that it leads to."""
    try:
        proof = json.loads(text)
        return CHECKS[proof["proof"]](proof)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, Malformed) as error:
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
