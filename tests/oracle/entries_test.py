"""Entries on small books: rates, balancing, limits, overflow.
Run by oracle_test.py."""
from rates import rounded
from small_book import RulesTest, credit, debit


class Exchange(RulesTest):
    def setUp(self):
        super().setUp()
        self.book.send("define_asset", code="EUR", scale=2)
        for code in ("fx:usd", "fx:eur", "alice:eur", "rounding"):
            self.book.send("open_account", code=code, asset="USD" if code == "fx:usd" else "EUR", type="liability")

    def exchange(self, bought, *credits, rounding="down", **residue):
        rate = {"numerator": "1", "denominator": "3", "rounding": rounding, **residue}
        return self.book.post(debit("alice", 100), credit("fx:usd", 100), debit("fx:eur", bought), *credits, rate=rate)

    def mismatch(self, answer, expected, stated):
        self.rejected(answer, "rate_mismatch")
        self.assertEqual(self.book.remarks(), [{"kind": "rate", "expected": str(expected), "stated": str(stated)}])

    def test_a_rate_is_verified(self):
        self.mismatch(self.exchange(34, credit("alice:eur", 34)), 33, 34)
        self.accepted(self.exchange(33, credit("alice:eur", 33)))

    def test_the_residue_gets_what_rounding_takes_off(self):
        to_rounding = {"residue": "rounding"}
        self.mismatch(self.exchange(33, credit("alice:eur", 33), **to_rounding), 34, 33)
        self.mismatch(self.exchange(34, credit("alice:eur", 34), **to_rounding), 1, 0)
        parts = credit("alice:eur", 33), credit("rounding", 1)
        self.mismatch(self.exchange(34, *parts, rounding="up", **to_rounding), 0, 1)
        self.rejected(self.exchange(34, credit("alice:eur", 34), residue="fx:usd"), "rate_not_applicable")
        self.rejected(self.exchange(34, credit("alice:eur", 34), residue_number="99"), "account_not_found", "99")
        self.accepted(self.exchange(34, *parts, **to_rounding))

    def test_a_rate_needs_two_assets(self):
        rate = {"numerator": "1", "denominator": "1", "rounding": "up"}
        self.rejected(self.book.post(debit("alice", 1), credit("shop", 1), rate=rate), "rate_not_applicable")

    def test_rounding(self):
        figures = {"down": [2, 2, 3, 6], "up": [3, 3, 4, 6], "half_up": [2, 3, 4, 6], "half_even": [2, 2, 4, 6]}
        for rounding, wholes in figures.items():
            found = [rounded(*fraction, rounding) for fraction in ((9, 4), (5, 2), (7, 2), (6, 1))]
            self.assertEqual(found, wholes, rounding)


class Bounds(RulesTest):
    def test_balancing_takes_what_there_is(self):
        self.accepted(self.book.transfer("2", "3", 150, balancing="debit"))
        self.assertEqual(self.book.remarks(), [{"kind": "taken", "amount": "100"}])
        self.rejected(self.book.transfer("2", "3", 1, balancing="debit"), "insufficient_funds", "2")
        self.shortfall("2", 0, 0, 0)
        self.accepted(self.book.send("reverse_entry", entry="6"))
        self.assertEqual(self.book.totals("alice"), (100, 200, 0, 0))

    def test_balancing_looks_at_the_debit_first(self):
        self.book.send("set_limits", account="shop", min="-5", max="30")
        self.accepted(self.book.post(credit("shop", 99), debit("alice", 99), balancing="both"))
        self.assertEqual(self.book.remarks(), [{"kind": "taken", "amount": "30"}])
        self.rejected(self.book.post(credit("shop", 99), debit("alice", 99), balancing="credit"), "limit_exceeded", "3")
        self.shortfall("3", 0, 30, 30)
        self.accepted(self.book.transfer("3", "1", 99, balancing="debit"))
        self.assertEqual(self.book.totals("shop"), (35, 30, 0, 0))
        self.book.transfer("2", "1", 70)
        self.rejected(self.book.post(credit("shop", 1), debit("alice", 1), balancing="both"), "insufficient_funds", "2")
        self.shortfall("2", 1, 0, 0)

    def test_a_limit_bars_only_what_makes_it_worse(self):
        self.book.send("set_limits", account="alice", min="150", max="160")
        self.accepted(self.book.transfer("1", "2", 5))
        self.rejected(self.book.transfer("2", "3", 1), "insufficient_funds", "2")
        self.shortfall("2", 0, 105, 150)
        self.book.send("set_limits", account="alice", max="50")
        self.accepted(self.book.transfer("2", "3", 5))
        self.rejected(self.book.hold(1, debit="bank", credit="alice"), "limit_exceeded", "2")
        self.shortfall("2", 1, 100, 50)
        self.accepted(self.book.hold(100))

    def test_overflow(self):
        half = 2**127 - 1
        self.accepted(self.book.transfer("1", "3", half - 100))
        self.rejected(self.book.transfer("1", "3", 1), "overflow", "1")
        self.rejected(self.book.post(debit("bank", 2**128 - 1), debit("bank", 1), credit("shop", 1)), "overflow")
        self.rejected(self.book.post(debit("bank", 2**128 - 1), credit("shop", 1)), "unbalanced")
