"""What a command demands before its own rules are asked: preconditions and a reference of its own."""
import operator

from draft import Rejected

COMPARE = {"eq": operator.eq, "gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}


def check_preconditions(draft, conditions):
    for index, condition in enumerate(conditions):
        account = draft.find_account(condition, "account")
        value, demanded = measure(account, condition["measure"]), int(condition["value"])
        if not COMPARE[condition["is"]](value, demanded):
            raise Rejected("precondition_failed", account.number,
                           {"kind": "unmet", "account_number": account.number, "condition": index,
                            "value": str(value), "demanded": str(demanded)})


def measure(account, name):
    if name == "version":
        return account.version
    if name == "posted":
        return account.posted()
    if name == "available":
        return account.available()
    raise ValueError(f"unknown measure {name}")


def check_reference(draft, command):
    if command.get("unique_reference"):
        owner = draft.book.references.get(command.get("reference"))
        if owner is not None:
            raise Rejected("reference_exists", str(owner))


def occupy_reference(draft, command):
    reference = command.get("reference")
    if reference and reference not in draft.book.references:
        draft.add(draft.book.references, reference, draft.seq)
