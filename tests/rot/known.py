"""What damaged files have shown before, each in its place: found now, by name [I23].

usage: known.py DAYBOOK
"""
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "oracle"))

from closed_book import Server, make_book  # noqa: E402
from lmdb_file import LmdbFile  # noqa: E402

TXN_AT = 144  # in a meta page
MAIN_ROOT_AT = 128
PAGE = 4096
META, HOLDS = 0, 5  # their numbers (projector/FORMAT.md)


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stdout, done.stderr


class Case:
    """A copy of the book, to be damaged."""

    def __init__(self, binary, book, top, name):
        self.binary, self.place = binary, top / name
        self.place.mkdir()
        subprocess.run(["cp", "-r", "--sparse=always", book / "data", self.place / "data"], check=True)

    def file(self, name):
        return self.place / "data" / name

    def change(self, name, at, change):
        with open(self.file(name), "r+b") as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([change(byte)]))

    def row(self, database, wanted):
        """Where the first wanted value lies in the projection's file."""
        data = self.file("projection/data.mdb").read_bytes()
        file = LmdbFile(data)
        return next(found.at for found in file.values(file.database(database)) if wanted(found))

    def write(self, found, number, value):
        """A row of the projection, with its check made right. Returns by how much the check has grown."""
        book = next(meta.value[32:48] for meta in self.rows("meta") if meta.key == b"watermark")
        value = value[:-4] + zlib.crc32(book + bytes([number]) + found.key + value[:-4]).to_bytes(4, "little")
        with open(self.file("projection/data.mdb"), "r+b") as file:
            file.seek(found.at)
            file.write(value)
        return int.from_bytes(value[-4:], "little") - int.from_bytes(found.value[-4:], "little")

    def rows(self, database):
        file = LmdbFile(self.file("projection/data.mdb").read_bytes())
        return list(file.values(file.database(database)))

    def read(self, *words):
        return run(self.binary, *words, "--data", self.place / "data")

    def serve(self):
        """How a server that starts ends, or else all balances that it serves."""
        server = Server(self.binary, self.place)
        try:
            for _ in range(50):
                code, said, _ = run(self.binary, "balance", "--json", "--query", f"ipc://{self.place}/queries")
                if code == 0 or server.process.poll() is not None:
                    break
            return (server.process.wait(30), server.process.stderr.read()) if code else (0, said)
        finally:
            server.process.terminate()
            server.process.wait(60)


def a_late_expiry_of_a_hold(case):
    """By a nanosecond, and every check and sum over it is right."""
    hold = case.rows("holds")[0]
    changed = bytearray(hold.value)
    changed[48] ^= 1
    grown = case.write(hold, HOLDS, bytes(changed))
    tables = next(found for found in case.rows("meta") if found.key == b"tables")
    sums = bytearray(tables.value)
    sum_at = HOLDS * 16 + 12
    (before,) = struct.unpack_from("<I", sums, sum_at)
    struct.pack_into("<I", sums, sum_at, (before + grown) % 2 ** 32)
    case.write(tables, META, bytes(sums))
    code, said, _ = case.read("verify", "--json")
    assert code == 1 and "expires at" in said, (code, said)


def a_code_listed_twice(case):
    """One pointer of a page leads to its neighbour: another code is not listed at all."""
    data = case.file("projection/data.mdb").read_bytes()
    file = LmdbFile(data)
    leaf = next(found.leaf for found in file.values(file.database("codes")) if found.index == 3)
    low, high = data[leaf * PAGE + 20], data[leaf * PAGE + 21]  # of the third node, for the fourth
    for at, byte in ((22, low), (23, high)):
        case.change("projection/data.mdb", leaf * PAGE + at, lambda _, byte=byte: byte)
    code, said, _ = case.read("verify", "--json")
    assert code == 1 and "codes" in said, (code, said)


def an_impossible_balance(case):
    case.change("projection/data.mdb", case.row("balances", lambda found: True) + 15, lambda byte: byte | 0x80)
    code, said, errors = case.read("balance", "--json")
    assert code == 76 and "not what was written" in errors, (code, said, errors)


def a_balance_off_by_a_bit(case):
    good = case.read("balance", "--json")[1]
    case.change("projection/data.mdb", case.row("balances", lambda found: True), lambda byte: byte ^ 4)
    code, said, errors = case.read("balance", "--json")
    assert code == 76 and "not what was written" in errors and "delete the projection" in errors, (code, said, errors)
    assert case.read("verify", "--json")[0] == 1
    assert case.serve() == (0, good), "a server with the book at hand serves what the journal says"


def a_journal_one_commit_back(case):
    path = case.file("journal/data.mdb")
    data = path.read_bytes()
    newest = max((0, PAGE), key=lambda page: struct.unpack_from("<Q", data, page + TXN_AT))
    older = PAGE - newest
    with open(path, "r+b") as file:
        # Epochs are commits too: back to before the last block.
        file.seek(0)
        file.write((case.place.parent / "book/stale/journal/data.mdb").read_bytes()[:2 * PAGE])
    code, said = case.serve()
    assert code == 76 and "records are lost" in said, (code, said, older)


def a_root_that_is_no_root(case):
    """LMDB itself would abort, or read what is not a page of a tree."""
    path = case.file("journal/data.mdb")
    data = path.read_bytes()
    newest = max((0, PAGE), key=lambda page: struct.unpack_from("<Q", data, page + TXN_AT))
    for bit in range(8):
        case.change("journal/data.mdb", newest + MAIN_ROOT_AT, lambda byte, bit=bit: byte ^ 1 << bit)
        code, said, errors = case.read("tail", "--json")
        assert code in (0, 76) and (code == 0 or errors), (bit, code, errors)
        case.change("journal/data.mdb", newest + MAIN_ROOT_AT, lambda byte, bit=bit: byte ^ 1 << bit)


def a_page_that_a_search_does_not_leave(case):
    """Flagged as of keys of one length, of which LMDB knows none, with fewer than none of them."""
    data = case.file("journal/data.mdb").read_bytes()
    newest = max((0, PAGE), key=lambda page: struct.unpack_from("<Q", data, page + TXN_AT))
    root, = struct.unpack_from("<Q", data, newest + MAIN_ROOT_AT)
    for at, byte in ((10, data[root * PAGE + 10] | 0x20), (12, 0), (13, 0)):
        case.change("journal/data.mdb", root * PAGE + at, lambda _, byte=byte: byte)
    code, said, errors = case.read("tail", "--json")
    assert code == 76 and errors, (code, said, errors)


def a_row_that_says_it_is_many(case):
    """LMDB would follow a null pointer, and the process end without a word."""
    data = case.file("projection/data.mdb").read_bytes()
    file = LmdbFile(data)
    page = next(found.leaf for found in file.values(file.database("balances"))) * PAGE
    node, = struct.unpack_from("<H", data, page + 16)
    case.change("projection/data.mdb", page + node + 4, lambda byte: byte | 4)
    code, said, errors = case.read("balance", "--json")
    assert code == 76 and errors, (code, said, errors)


def main():
    binary = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="daybook-rot-") as name:
        top = pathlib.Path(name)
        make_book(binary, top / "book", rounds=4)
        for check in (a_late_expiry_of_a_hold, a_code_listed_twice, an_impossible_balance, a_balance_off_by_a_bit,
                      a_journal_one_commit_back, a_root_that_is_no_root, a_page_that_a_search_does_not_leave,
                      a_row_that_says_it_is_many):
            check(Case(binary, top / "book", top, check.__name__))
            print("found:", check.__name__.replace("_", " "))


main()
