"""Commands and messages as bytes (schema/wire.fbs, command.fbs), and answers read back; no generated code."""
import hashlib
import struct
from dataclasses import dataclass

HEADER = struct.Struct("<IHBB16sQQIIIHHII")
TRANSFER = struct.Struct("<16sQQQQ16sqqQHBBI32s")
RECEIPT = struct.Struct("<QqQHBBHH")
MAGIC, VERSION = 0x4d4b4244, 2
TRANSFERS, COMMANDS, OUTCOMES, INFO, RECEIPTS, REFUSAL, BOOK_INFO = 1, 2, 3, 5, 65, 66, 68
ACCEPTED, REJECTED, REFUSED, MALFORMED, NOT_SEEN = 1, 2, 3, 4, 5
OVERLOADED, DISK_NEARLY_FULL = 1002, 1003
REPLAYED = 1


def key_of(name):
    return hashlib.sha256(name.encode()).digest()[:16]


def amount(value):
    return struct.pack("<QQ", value & (1 << 64) - 1, value >> 64)


def message(kind, book=bytes(16), correlation=1, count=0, body=b""):
    return HEADER.pack(MAGIC, VERSION, kind, 0, book, correlation, 0, count, 0, 0, 0, 0, 0, 0) + body


def transfer(key, debit, credit, value):
    return TRANSFER.pack(key, debit, credit, value, 0, bytes(16), 0, 0, 0, 0, 1, 0, 0, bytes(32))


class Layout:
    """Lays a FlatBuffer out from front to back: offsets to what follows are written when that has its place."""

    def __init__(self, identifier, root):
        self.bytes = bytearray(4) + identifier
        self._point(0, self.table(root))

    def _point(self, slot, at):
        struct.pack_into("<I", self.bytes, slot, at - slot)

    def _align(self, to=16):
        self.bytes += bytes(-len(self.bytes) % to)
        return len(self.bytes)

    def table(self, fields):
        """Each field is None, bytes (a scalar or struct), a text, or a list (the fields of a table)."""
        self._align()
        vtable = len(self.bytes)
        self.bytes += bytes(4 + 2 * len(fields))
        at = self._align()
        self.bytes += struct.pack("<i", at - vtable)
        later = []
        for place, field in enumerate(fields):
            if field is None:
                continue
            inline = field if isinstance(field, bytes) else bytes(4)
            self._align(min(len(inline), 8))
            struct.pack_into("<H", self.bytes, vtable + 4 + 2 * place, len(self.bytes) - at)
            if inline is not field:
                later.append((len(self.bytes), field))
            self.bytes += inline
        struct.pack_into("<HH", self.bytes, vtable, 4 + 2 * len(fields), len(self.bytes) - at)
        for slot, field in later:
            self._point(slot, self.text(field) if isinstance(field, str) else self.table(field))
        return at

    def text(self, text):
        at = self._align()
        self.bytes += struct.pack("<I", len(text)) + text.encode() + b"\0"
        return at


def framed(data):
    return struct.pack("<II", len(data), 0) + bytes(data) + bytes(-len(data) % 8)


def command(key, number, fields):
    """`number` is the place in the union `Stated`, from 1."""
    layout = Layout(b"DBKC", [key, bytes([number]), fields])
    layout._align(8)
    return framed(layout.bytes)


def define_asset(key, code, scale=2):
    return command(key, 1, [code, bytes([scale])])


def open_account(key, code, asset, kind=2, minimum=None):
    return command(key, 2, [code, asset, bytes([kind]), None if minimum is None else amount(minimum)])


def place_hold(key, debit, credit, value, expires_at_ns):
    return command(key, 5, [struct.pack("<Q", debit), None, struct.pack("<Q", credit), None, amount(value),
                            struct.pack("<q", expires_at_ns)])


@dataclass(frozen=True)
class Receipt:
    seq: int
    stamp: int
    subject: int
    code: int
    verdict: int
    is_replay: bool

    @property
    def lasting(self):
        """What every repeat gets."""
        return self.seq, self.stamp, self.subject, self.code, self.verdict


@dataclass(frozen=True)
class Answer:
    kind: int
    book: bytes
    correlation: int
    head: int
    code: int
    retry_after_ms: int
    receipts: tuple


def read_answer(data):
    magic, version, kind, _, book, correlation, head, count, _, _, code, _, retry, _ = HEADER.unpack_from(data)
    if (magic, version) != (MAGIC, VERSION):
        raise ValueError("not an answer of this protocol")
    receipts = []
    for place in range(count if kind == RECEIPTS else 0):
        seq, stamp, subject, of, verdict, flags, _, _ = RECEIPT.unpack_from(data, HEADER.size + RECEIPT.size * place)
        receipts.append(Receipt(seq, stamp, subject, of, verdict, bool(flags & REPLAYED)))
    return Answer(kind, book, correlation, head, code, retry, tuple(receipts))
