"""Assets and accounts: defined, opened, frozen, closed, and given other limits.
The two that make something return its number, which is the receipt's subject."""
from book import Account, Asset
from draft import Rejected


def define_asset(draft, command):
    assets = draft.book.assets
    asset = assets.get(command["code"])
    if asset:
        is_same = asset.scale == command["scale"]
        raise Rejected("asset_exists" if is_same else "asset_exists_with_different_scale", asset.number)
    number = str(len(assets) + 1)
    draft.add(assets, command["code"], Asset(number, command["scale"]))
    return given(draft, number)


def open_account(draft, command):
    book = draft.book
    asset = book.assets.get(command["asset"])
    if asset is None:
        raise Rejected("asset_not_found")
    terms = asset.number, command["type"], *limits_of(command)
    there = book.codes.get(command["code"])
    if there:
        is_same = (there.asset, there.kind, there.minimum, there.maximum) == terms
        raise Rejected("account_exists" if is_same else "account_exists_with_different_terms", there.number)
    number = str(len(book.accounts) + 1)
    account = Account(number, *terms)
    draft.add(book.accounts, number, account)
    draft.add(book.codes, command["code"], account)
    return given(draft, number)


def given(draft, number):
    if draft.member is not None:
        draft.remark("number", number=number)
    return number


def set_account_state(draft, command):
    account = find_not_closed(draft, command)
    state = command["state"]
    if account.state == state:
        raise Rejected("account_state_unchanged", account.number)
    if state == "closed" and account.posted() != 0:
        raise Rejected("account_not_empty", account.number)
    if state == "closed" and (account.held_debits or account.held_credits):
        raise Rejected("account_has_holds", account.number)
    draft.keep(account)
    account.state = state
    draft.touch(account)
    draft.remark("state", account_number=account.number, state=state)


def set_limits(draft, command):
    account = find_not_closed(draft, command)
    limits = limits_of(command)
    if (account.minimum, account.maximum) == limits:
        raise Rejected("limits_unchanged", account.number)
    draft.keep(account)
    account.minimum, account.maximum = limits
    draft.touch(account)
    stated = {name: str(limit) for name, limit in zip(("min", "max"), limits) if limit is not None}
    draft.remark("limits", account_number=account.number, **stated)


def find_not_closed(draft, command):
    account = draft.find_account(command, "account")
    if account.state == "closed":
        raise Rejected("account_closed", account.number)
    return account


def limits_of(command):
    return tuple(int(command[name]) if name in command else None for name in ("min", "max"))
