"""Finds the first difference between what the model expects and what was found.
Fields that docs/jsonl.md does not have are ignored, but for those of a command."""
from typing import NamedTuple

ABSENT = "(absent)"
KNOWN = {
    "seq", "producer", "kind", "key", "outcome", "code", "subject", "command", "remarks", "touches",
    "member", "account_number", "posting", "balance", "bound", "condition", "value", "demanded",
    "id", "left", "asked", "expected", "stated", "number", "amount", "touch", "state", "remaining",
    "captured", "expires_at_ns", "total", "min", "max", "version", "posted_debits", "posted_credits",
    "held_debits", "held_credits", "prev", "verdict", "replayed",
}


class Difference(NamedTuple):
    where: str  # `touches[1].version`
    expected: object
    found: object


def record_difference(expected, found):
    """Takes the jumps out of `found`: the model has none to compare."""
    jump = jump_difference(found.get("touches"))
    if jump:
        return jump
    found.pop("block", None)
    return difference(expected, found, "")


def difference(expected, found, where):
    if expected == found:
        return None
    if isinstance(expected, dict) and isinstance(found, dict):
        return difference_of_objects(expected, found, where)
    if isinstance(expected, list) and isinstance(found, list):
        return difference_of_lists(expected, found, where)
    return Difference(where, expected, found)


def difference_of_objects(expected, found, where):
    is_command = where == "command" or where.startswith("command.")
    for name in [*expected, *(name for name in found if name not in expected)]:
        if name not in expected and name not in KNOWN and not is_command:
            continue
        inside = f"{where}.{name}" if where else name
        first = difference(expected.get(name, ABSENT), found.get(name, ABSENT), inside)
        if first:
            return first
    return None


def difference_of_lists(expected, found, where):
    for index in range(max(len(expected), len(found))):
        first = difference(expected[index] if index < len(expected) else ABSENT,
                           found[index] if index < len(found) else ABSENT, f"{where}[{index}]")
        if first:
            return first
    return None


def jump_difference(touches):
    """A jump leads to the touch before, or to one before that."""
    if not isinstance(touches, list):
        return None  # `difference` says so
    for index, touch in enumerate(touches):
        jump = touch.pop("jump", None) if isinstance(touch, dict) else None
        if jump is not None and jump != touch.get("prev") and not is_earlier(jump, touch.get("prev")):
            return Difference(f"touches[{index}].jump", f"absent or not later than {touch.get('prev')}", jump)
    return None


def is_earlier(jump, prev):
    try:
        return (int(jump["seq"]), jump["touch"]) < (int(prev["seq"]), prev["touch"])
    except (KeyError, TypeError, ValueError):
        return False
