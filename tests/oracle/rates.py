"""The rate that an entry in two assets claims: bought = round(sold * numerator / denominator).
With a residue account, what is bought is rounded up and the account gets what rounding takes off."""
from draft import Rejected
from moves import SUM_MAX


def check_rate(moves, rate, residue):
    assets = list(dict.fromkeys(move.account.asset for move in moves))
    if len(assets) != 2:
        raise Rejected("rate_not_applicable")
    sold_asset, bought_asset = assets
    if residue and residue.asset != bought_asset:
        raise Rejected("rate_not_applicable")
    if any(move.account is residue and move.side == moves[0].side for move in moves):
        raise Rejected("rate_not_applicable")
    numerator, denominator = int(rate["numerator"]), int(rate["denominator"])
    product = debits(moves, sold_asset) * numerator
    exact_up = rounded(product, denominator, "up")
    exact = rounded(product, denominator, rate["rounding"])
    check_equal(exact_up if residue else exact, debits(moves, bought_asset))
    if residue:
        check_equal(exact_up - exact, sum(move.posted for move in moves if move.account is residue))


def debits(moves, asset):
    return sum(move.posted for move in moves if move.account.asset == asset and move.side == "debit")


def check_equal(expected, stated):
    if expected != stated:
        raise Rejected("rate_mismatch", None, {"kind": "rate", "expected": str(min(expected, SUM_MAX)),
                                               "stated": str(stated)})


def rounded(product, denominator, rounding):
    whole, rest = divmod(product, denominator)
    if rounding == "down":
        return whole
    if rounding == "up":
        return whole + (rest > 0)
    if rounding == "half_up":
        return whole + (2 * rest >= denominator)
    if rounding == "half_even":
        return whole + (2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1))
    raise ValueError(f"unknown rounding {rounding}")
