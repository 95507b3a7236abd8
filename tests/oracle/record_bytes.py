"""A record's bytes, from schema/wire.fbs, as a line of docs/jsonl.md without its block."""
import pathlib
import re
import struct

from command_bytes import KINDS, NONE, STATES, entry_name, read_command, signed, unsigned
from flat_table import Malformed

HEADER = struct.Struct("<QQIIBBHHH")
TOUCH = struct.Struct("<QQQQ" + "QQ" * 4)
REMARK = struct.Struct("<HHHHIIQq" + "QQ" * 2)
HOLD_STATES = ("", "open", "captured", "released", "expired")
REJECTIONS_DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "REJECTIONS.md"


def rejections():
    """By number, from the document."""
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", REJECTIONS_DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    return {int(number): name for number, name in rows}


REJECTIONS = rejections()


def read_record(data):
    try:
        return parts_of(data)
    except (struct.error, IndexError, KeyError, StopIteration, UnicodeDecodeError) as error:
        raise Malformed(f"a record can't be read: {error!r}") from error


def parts_of(data):
    seq, subject, producer, command_bytes, kind, verdict, code, touch_count, remark_count = HEADER.unpack_from(data)
    command_end = HEADER.size + command_bytes
    touches_at = (command_end + 7) // 8 * 8
    remarks_at = touches_at + TOUCH.size * touch_count
    if remarks_at + REMARK.size * remark_count != len(data) or any(data[command_end:touches_at]):
        raise Malformed("the parts of a record do not add up")
    if verdict not in (1, 2) or (verdict == 2) != (code != 0):
        raise Malformed(f"a record with verdict {verdict} and code {code}")
    kind = KINDS[kind]
    key, command = read_command(kind, data[HEADER.size:command_end])
    record = {"seq": str(seq), "producer": producer, "kind": kind}
    if key != NONE:
        record["key"] = key.hex()
    record["outcome"] = "accepted" if verdict == 1 else "rejected"
    if code:
        record["code"] = REJECTIONS[code]
    if subject:
        record["subject"] = str(subject)
    record["command"] = command
    record["remarks"] = [read_remark(REMARK.unpack_from(data, at)) for at in range(remarks_at, len(data), REMARK.size)]
    record["touches"] = [read_touch(TOUCH.unpack_from(data, at)) for at in range(touches_at, remarks_at, TOUCH.size)]
    return record


def read_touch(fields):
    account, version, prev, jump, *totals = fields
    touch = {"account_number": str(account), "version": str(version)}
    for name, bits in (("prev", prev), ("jump", jump)):
        if bits:
            touch[name] = {"seq": str(bits >> 16), "touch": bits & 0xffff}
    for index, name in enumerate(("posted_debits", "posted_credits", "held_debits", "held_credits")):
        touch[name] = unsigned(totals[2 * index:2 * index + 2])
    return touch


def read_remark(fields):
    kind, member, index, _, count, _, subject, at, *wide = fields
    x, y = wide[:2], wide[2:]
    name, own = REMARKS[kind - 1](index, count, subject, at, x, y)
    remark = {"kind": name}
    if member:
        remark["member"] = member - 1
    return {**remark, **own}


def hold(index, count, subject, at, x, y):
    found = {"id": entry_name(subject), "touch": index, "state": HOLD_STATES[count], "remaining": unsigned(x),
             "captured": unsigned(y)}
    return "hold", {**found, "expires_at_ns": str(at)} if at else found


def limits(index, count, subject, at, x, y):
    found = {"account_number": str(subject)}
    for bit, name, wide in ((1, "min", x), (2, "max", y)):
        if count & bit:
            found[name] = signed(wide)
    return "limits", found


# By number, from 1: index, count, subject, at, x, y.
REMARKS = (
    lambda i, c, s, a, x, y: ("shortfall", {"account_number": str(s), "posting": i, "balance": signed(x), "bound": signed(y)}),
    lambda i, c, s, a, x, y: ("unmet", {"account_number": str(s), "condition": i, "value": signed(x), "demanded": signed(y)}),
    lambda i, c, s, a, x, y: ("excess", {"id": entry_name(s), "posting": i, "left": unsigned(x), "asked": unsigned(y)}),
    lambda i, c, s, a, x, y: ("rate", {"expected": unsigned(x), "stated": unsigned(y)}),
    lambda i, c, s, a, x, y: ("failed", {}),
    lambda i, c, s, a, x, y: ("number", {"number": str(s)}),
    lambda i, c, s, a, x, y: ("taken", {"amount": unsigned(x)}),
    hold,
    lambda i, c, s, a, x, y: ("reversed", {"id": entry_name(s), "touch": i, "posting": c, "amount": unsigned(x), "total": unsigned(y)}),
    lambda i, c, s, a, x, y: ("state", {"account_number": str(s), "state": STATES[c]}),
    limits,
)
