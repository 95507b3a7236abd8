"""Decides one command against the book: the first broken rule is raised, or the book is changed.
An atomic's members are decided like commands, one after the other."""
import accounts
import entries
import holds
import reversals
from draft import Rejected
from requirements import check_preconditions, check_reference, occupy_reference

TOUCHES_MAX = 1024


def decide(draft, kind, command):
    """Returns the number given to what was made, if anything was."""
    if "require" in command:
        check_preconditions(draft, command["require"])
    check_reference(draft, command)
    number = RULES[kind](draft, command)
    occupy_reference(draft, command)
    return number


def void_key(_draft, _command):
    raise Rejected("voided")


def atomic(draft, command):
    for member, stated in enumerate(command["commands"]):
        draft.member = member
        try:
            decide(draft, stated["kind"], stated)
            if len(draft.touches) > TOUCHES_MAX:
                raise Rejected("too_many_touches")
        except Rejected as rejected:
            reasons = [{**remark, "member": member} for remark in rejected.remarks]
            rejected.remarks = [{"kind": "failed", "member": member}, *reasons]
            raise


RULES = {
    "transfer": entries.transfer,
    "define_asset": accounts.define_asset,
    "open_account": accounts.open_account,
    "post_entry": entries.post_entry,
    "void_key": void_key,
    "place_hold": holds.place_hold,
    "capture_hold": holds.capture_hold,
    "release_hold": holds.release_hold,
    "expire_hold": holds.expire_hold,
    "reverse_entry": reversals.reverse_entry,
    "set_account_state": accounts.set_account_state,
    "set_limits": accounts.set_limits,
    "atomic": atomic,
}
