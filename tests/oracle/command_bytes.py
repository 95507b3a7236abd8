"""A command's bytes, from schema/command.fbs and wire.fbs, as the object of docs/jsonl.md."""
import struct

from flat_table import Malformed, Table

KINDS = ("", "transfer", "define_asset", "open_account", "post_entry", "void_key", "place_hold", "capture_hold",
         "release_hold", "expire_hold", "reverse_entry", "set_account_state", "set_limits", "atomic")
SIDES = ("", "debit", "credit")
TYPES = ("", "asset", "liability", "equity", "income", "expense")
STATES = ("", "open", "frozen_debits", "frozen_credits", "frozen", "closed")
MEASURES = ("", "version", "posted", "available")
COMPARISONS = ("", "eq", "gt", "gte", "lt", "lte")
ROUNDINGS = ("", "down", "up", "half_up", "half_even")
BALANCINGS = ("", "debit", "credit", "both")
WIDE = "<QQ"
NONE = bytes(16)


def unsigned(wide):
    return str(wide[0] | wide[1] << 64)


def signed(wide):
    value = wide[0] | wide[1] << 64
    return str(value - (1 << 128) if value >> 127 else value)


def entry_name(bits):
    seq, member = bits >> 16, bits & 0xffff
    if seq == 0:
        return f".{member}"
    return f"{seq}.{member}" if member else str(seq)


def read_command(kind, data):
    """The key (None for one of zeros) and the fields."""
    if kind == "transfer":
        return read_transfer(data)
    key, found, fields = read_table(data)
    if found != kind:
        raise Malformed(f"a {found} in a record of a {kind}")
    return key, fields


def read_transfer(data):
    if len(data) != 128:
        raise Malformed("a transfer has 128 bytes")
    (key, debit, credit, low, high, tag, effective_at, expires_at, hold_seq, hold_index, kind, balancing, asset,
     reserved) = struct.unpack("<16sQQQQ16sqqQHBBI32s", data)
    if kind != 1 or any((expires_at, hold_seq, hold_index, asset)) or any(reserved):
        raise Malformed("a transfer has fields that are not its own")
    fields = {"debit_account_number": str(debit), "credit_account_number": str(credit), "amount": unsigned((low, high))}
    if balancing:
        fields["balancing"] = BALANCINGS[balancing]
    if tag != NONE:
        fields["tag"] = tag.hex()
    if effective_at:
        fields["effective_at_ns"] = str(effective_at)
    return key, fields


def read_table(data):
    command = Table.root(data, b"DBKC")
    key = command.struct(0, "<16s")
    number, stated = command.scalar(1, "<B"), command.table(2)
    if stated is None or not 1 <= number <= 12:
        raise Malformed(f"a command of kind {number}")
    kind = KINDS[number + 1]  # a transfer is no table
    fields = READERS[kind](stated)
    require = command.structs(3, "<QQQBBHI")
    if require:
        codes = iter(command.texts(4))
        fields["require"] = [
            {**account(named, codes), "measure": MEASURES[measure], "is": COMPARISONS[comparison],
             "value": signed((low, high))}
            for named, low, high, measure, comparison, _, _ in require]
    return key[0] if key else NONE, kind, fields


def account(number, codes, name="account"):
    """By its number, or else by the next of the codes."""
    return {f"{name}_number": str(number)} if number else {name: next(codes)}


def named_account(table, number_place, code_place, by_code, by_number):
    number = table.scalar(number_place, "<Q")
    return {by_number: str(number)} if number else {by_code: table.text(code_place) or ""}


def limits(table, place):
    found = {}
    for name, wide in (("min", table.struct(place, WIDE)), ("max", table.struct(place + 1, WIDE))):
        if wide is not None:
            found[name] = signed(wide)
    return found


def particulars(table, place):
    """Reference, description, tag, effective_at and unique_reference lie together in every table."""
    found = {}
    for name, text in (("reference", table.text(place)), ("description", table.text(place + 1))):
        if text:
            found[name] = text
    tag = table.struct(place + 2, "<16s")
    if tag and tag[0] != NONE:
        found["tag"] = tag[0].hex()
    if table.scalar(place + 3, "<q"):
        found["effective_at_ns"] = str(table.scalar(place + 3, "<q"))
    if table.scalar(place + 4, "<B"):
        found["unique_reference"] = True
    return found


def define_asset(table):
    return {"code": table.text(0), "scale": table.scalar(1, "<B")}


def open_account(table):
    return {"code": table.text(0), "asset": table.text(1), "type": TYPES[table.scalar(2, "<B")], **limits(table, 3)}


def post_entry(table):
    codes = iter(table.texts(1))
    fields = {"postings": [{**account(number, codes), "side": SIDES[side], "amount": unsigned((low, high))}
                           for number, low, high, side, _, _, _ in table.structs(0, "<QQQBBHI")]}
    if table.scalar(7, "<B"):
        fields["balancing"] = BALANCINGS[table.scalar(7, "<B")]
    rate = table.struct(8, "<QQQBBHI")
    if rate:
        fields["rate"] = {"numerator": str(rate[0]), "denominator": str(rate[1]), "rounding": ROUNDINGS[rate[3]]}
        if rate[2]:
            fields["rate"]["residue_number"] = str(rate[2])
        elif table.text(9):
            fields["rate"]["residue"] = table.text(9)
    return {**fields, **particulars(table, 2)}


def place_hold(table):
    fields = {**named_account(table, 0, 1, "debit", "debit_number"),
              **named_account(table, 2, 3, "credit", "credit_number"), "amount": unsigned(table.struct(4, WIDE))}
    if table.scalar(5, "<q"):
        fields["expires_at_ns"] = str(table.scalar(5, "<q"))
    return {**fields, **particulars(table, 6)}


def capture_hold(table):
    fields = {"hold": entry_name(table.scalar(0, "<Q"))}
    amount = table.struct(1, WIDE)
    if amount:
        fields["amount"] = unsigned(amount)
    if table.scalar(2, "<B"):
        fields["final"] = True
    return {**fields, **particulars(table, 3)}


def release_hold(table):
    return {"hold": entry_name(table.scalar(0, "<Q")), **particulars(table, 1)}


def expire_hold(table):
    return {"hold": entry_name(table.scalar(0, "<Q"))}


def reverse_entry(table):
    fields = {"entry": entry_name(table.scalar(0, "<Q"))}
    amounts = table.structs(1, WIDE)
    if amounts:
        fields["amounts"] = [unsigned(amount) for amount in amounts]
    return {**fields, **particulars(table, 2)}


def set_account_state(table):
    return {**named_account(table, 0, 1, "account", "account_number"), "state": STATES[table.scalar(2, "<B")],
            **particulars(table, 3)}


def set_limits(table):
    return {**named_account(table, 0, 1, "account", "account_number"), **limits(table, 2), **particulars(table, 4)}


def atomic(table):
    """Its members are framed commands without a key."""
    data, at, members = table.octets(0), 0, []
    while at < len(data):
        size, reserved = struct.unpack_from("<II", data, at)
        if reserved or at + 8 + size > len(data):
            raise Malformed("a member is longer than its atomic")
        _, kind, fields = read_table(data[at + 8:at + 8 + size])
        members.append({"kind": kind, **fields})
        at += 8 + (size + 7) // 8 * 8
    return {"commands": members}


READERS = {"define_asset": define_asset, "open_account": open_account, "post_entry": post_entry,
           "void_key": lambda table: {}, "place_hold": place_hold, "capture_hold": capture_hold,
           "release_hold": release_hold, "expire_hold": expire_hold, "reverse_entry": reverse_entry,
           "set_account_state": set_account_state, "set_limits": set_limits, "atomic": atomic}
