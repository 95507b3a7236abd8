"""The model on small books whose figures were worked out by hand.
Run: python3 tests/oracle/oracle_test.py"""
import unittest

from compare_test import ComparisonTest  # noqa: F401, so that this runs all
from entries_test import Bounds, Exchange  # noqa: F401
from small_book import RulesTest, credit, debit, member


class Holds(RulesTest):
    def test_placing_reserves(self):
        self.accepted(self.book.hold(60, expires_at_ns="1001"))
        self.assertEqual(self.book.records[-1], {
            "seq": "6", "kind": "place_hold", "producer": 1, "key": f"{5:032x}", "outcome": "accepted",
            "command": {"debit": "alice", "credit": "shop", "amount": "60", "expires_at_ns": "1001"},
            "remarks": [{"kind": "hold", "id": "6", "touch": 0, "state": "open", "remaining": "60",
                         "captured": "0", "expires_at_ns": "1001"}],
            "touches": [
                {"account_number": "2", "version": "2", "posted_debits": "0", "posted_credits": "100",
                 "held_debits": "60", "held_credits": "0", "prev": {"seq": "5", "touch": 1}},
                {"account_number": "3", "version": "1", "posted_debits": "0", "posted_credits": "0",
                 "held_debits": "0", "held_credits": "60"}]})
        self.rejected(self.book.transfer("2", "3", 41), "insufficient_funds", "2")
        self.shortfall("2", 0, 40, 0)
        self.accepted(self.book.transfer("2", "3", 40))

    def test_capture_in_parts(self):
        self.book.hold(60)
        self.accepted(self.book.send("capture_hold", hold="6", amount="25"))
        self.assertEqual(self.book.remarks(), [
            {"kind": "taken", "amount": "25"},
            {"kind": "hold", "id": "6", "touch": 0, "state": "open", "remaining": "35", "captured": "25"}])
        self.assertEqual(self.book.totals("alice"), (25, 100, 35, 0))
        self.rejected(self.book.send("capture_hold", hold="6", amount="36"), "exceeds_hold")
        self.assertEqual(self.book.remarks(),
                         [{"kind": "excess", "id": "6", "posting": 0, "left": "35", "asked": "36"}])
        self.accepted(self.book.send("capture_hold", hold="6", amount="10", final=True))
        self.assertEqual(self.book.remarks()[1], {"kind": "hold", "id": "6", "touch": 0, "state": "captured",
                                                  "remaining": "0", "captured": "35"})
        self.assertEqual(self.book.totals("alice"), (35, 100, 0, 0))
        self.assertEqual(self.book.totals("shop"), (0, 35, 0, 0))
        self.rejected(self.book.send("release_hold", hold="6"), "hold_captured")
        self.accepted(self.book.send("reverse_entry", entry="7"))
        self.assertEqual(self.book.totals("alice"), (35, 125, 0, 0))

    def test_capture_on_a_frozen_account_waits_but_release_does_not(self):
        self.book.hold(60)
        self.book.send("set_account_state", account="shop", state="frozen_credits")
        self.rejected(self.book.send("capture_hold", hold="6"), "account_frozen", "3")
        self.accepted(self.book.send("release_hold", hold="6"))
        self.assertEqual(self.book.totals("shop"), (0, 0, 0, 0))

    def test_holds_that_are_not_open(self):
        self.rejected(self.book.send("capture_hold", hold="5"), "hold_not_found")
        self.book.hold(5)
        self.accepted(self.book.send("release_hold", hold="7"))
        self.assertEqual(self.book.remarks(), [{"kind": "hold", "id": "7", "touch": 0, "state": "released",
                                                "remaining": "0", "captured": "0"}])
        self.rejected(self.book.send("capture_hold", hold="7"), "hold_released")

    def test_expiry_goes_by_time_then_id(self):
        for amount, expires_at in ((1, "3000"), (2, "2000"), (3, "2000"), (4, "3001")):
            self.book.hold(amount, expires_at_ns=expires_at)
        self.rejected(self.book.hold(1, expires_at_ns="1000"), "hold_expiry_passed")
        self.book.stamp = 3000
        before = len(self.book.records)
        self.accepted(self.book.transfer("2", "3", 96))
        expiries = self.book.records[before:-1]
        self.assertEqual([record["command"] for record in expiries], [{"hold": "7"}, {"hold": "8"}, {"hold": "6"}])
        self.assertEqual([record["seq"] for record in expiries], ["11", "12", "13"])
        self.assertEqual(expiries[0]["producer"], 0)
        self.assertNotIn("key", expiries[0])
        self.assertEqual(expiries[2]["remarks"], [
            {"kind": "hold", "id": "6", "touch": 0, "state": "expired", "remaining": "0", "captured": "0",
             "expires_at_ns": "3000"}])
        self.assertEqual(self.book.totals("alice"), (96, 100, 4, 0))
        self.rejected(self.book.send("capture_hold", hold="6"), "hold_expired")


class Atomics(RulesTest):
    def test_members_see_those_before(self):
        self.accepted(self.book.send("atomic", commands=[
            member("open_account", code="fees", asset="USD", type="income"),
            member("place_hold", debit="alice", credit="fees", amount="10"),
            member("capture_hold", hold=".1", amount="4"),
            member("reverse_entry", entry=".2", amounts=["1", "1"])]))
        self.assertEqual(self.book.remarks(), [
            {"kind": "number", "number": "4", "member": 0},
            {"kind": "hold", "id": "6.1", "touch": 0, "state": "open", "remaining": "10", "captured": "0", "member": 1},
            {"kind": "taken", "amount": "4", "member": 2},
            {"kind": "hold", "id": "6.1", "touch": 2, "state": "open", "remaining": "6", "captured": "4", "member": 2},
            {"kind": "reversed", "id": "6.2", "touch": 4, "posting": 0, "amount": "1", "total": "1", "member": 3},
            {"kind": "reversed", "id": "6.2", "touch": 5, "posting": 1, "amount": "1", "total": "1", "member": 3}])
        self.assertEqual(self.book.records[-1]["touches"][2]["prev"], {"seq": "6", "touch": 0})
        self.assertEqual(self.book.totals("alice"), (4, 101, 6, 0))
        self.accepted(self.book.send("release_hold", hold="6.1"))

    def test_a_rejected_one_changes_nothing(self):
        first = self.book.post(debit("alice", 1), credit("shop", 1))
        failing = [member("open_account", code="fees", asset="USD", type="income"),
                   member("place_hold", debit="alice", credit="fees", amount="10", expires_at_ns="1001"),
                   member("set_limits", account="shop", max="5", reference="r"),
                   member("reverse_entry", entry=first["seq"]),
                   member("set_account_state", account="bank", state="frozen"),
                   member("post_entry", postings=[debit("alice", 91), credit("fees", 91)])]
        self.rejected(self.book.send("atomic", commands=failing), "insufficient_funds", "2")
        self.assertEqual(self.book.remarks(), [
            {"kind": "failed", "member": 5},
            {"kind": "shortfall", "account_number": "2", "posting": 0, "balance": "90", "bound": "0", "member": 5}])
        self.assertEqual(self.book.records[-1]["touches"], [])
        self.assertEqual(self.book.totals("alice"), (1, 100, 0, 0))
        self.book.stamp = 2000
        records = len(self.book.records)
        self.accepted(self.book.post(debit("bank", 9), credit("shop", 9), reference="r", unique_reference=True))
        self.assertEqual(len(self.book.records), records + 1, "no hold is left to expire")
        self.assertEqual(self.book.records[-1]["touches"][1]["version"], "2")
        self.assertEqual(self.book.send("open_account", code="tips", asset="USD", type="income")["subject"], "4")
        self.accepted(self.book.send("reverse_entry", entry=first["seq"]))

    def test_what_the_whole_requires_has_no_member(self):
        condition = {"account": "alice", "measure": "available", "is": "gt", "value": "100"}
        unmet = {"kind": "unmet", "account_number": "2", "condition": 0, "value": "100", "demanded": "100"}
        change = member("set_limits", account="shop", max="5")
        self.rejected(self.book.send("atomic", commands=[change], require=[condition]), "precondition_failed", "2")
        self.assertEqual(self.book.remarks(), [unmet])
        self.book.send("atomic", commands=[change, {**change, "require": [condition]}])
        self.assertEqual(self.book.remarks(), [{"kind": "failed", "member": 1}, {**unmet, "member": 1}])

    def test_too_many_touches(self):
        wide = [debit("bank", 1)] * 128 + [credit("shop", 1)] * 128
        whole = member("post_entry", postings=wide)
        self.accepted(self.book.send("atomic", commands=[whole] * 4))
        one_more = member("set_limits", account="shop", max="1")
        self.rejected(self.book.send("atomic", commands=[whole] * 4 + [one_more]), "too_many_touches")
        self.assertEqual(self.book.remarks(), [{"kind": "failed", "member": 4}])

    def test_a_reference_of_an_earlier_member_counts(self):
        named = member("post_entry", postings=[debit("bank", 1), credit("shop", 1)], reference="r")
        self.rejected(self.book.send("atomic", commands=[named, {**named, "unique_reference": True}]),
                      "reference_exists", "6")
        self.accepted(self.book.send("atomic", commands=[named, named]))
        self.rejected(self.book.post(debit("bank", 1), credit("shop", 1), reference="r", unique_reference=True),
                      "reference_exists", "7")


class Reversals(RulesTest):
    def test_in_parts(self):
        self.book.post(debit("bank", 100), credit("alice", 70), credit("shop", 30))
        self.rejected(self.book.send("reverse_entry", entry="6", amounts=["1", "1"]), "posting_count_differs")
        self.rejected(self.book.send("reverse_entry", entry="6", amounts=["2", "1", "0"]), "unbalanced")
        self.accepted(self.book.send("reverse_entry", entry="6", amounts=["40", "40", "0"]))
        self.assertEqual(self.book.remarks(), [
            {"kind": "reversed", "id": "6", "touch": 0, "posting": 0, "amount": "40", "total": "40"},
            {"kind": "reversed", "id": "6", "touch": 1, "posting": 1, "amount": "40", "total": "40"}])
        self.rejected(self.book.send("reverse_entry", entry="6", amounts=["60", "31", "29"]), "exceeds_original")
        self.assertEqual(self.book.remarks(),
                         [{"kind": "excess", "id": "6", "posting": 1, "left": "30", "asked": "31"}])
        self.accepted(self.book.send("reverse_entry", entry="6"))
        self.assertEqual([(remark["amount"], remark["total"]) for remark in self.book.remarks()],
                         [("60", "100"), ("30", "70"), ("30", "30")])
        self.assertEqual(self.book.totals("shop"), (30, 30, 0, 0))
        self.rejected(self.book.send("reverse_entry", entry="6", amounts=["0", "0", "1"]), "already_reversed")
        self.rejected(self.book.send("reverse_entry", entry=self.book.records[-2]["seq"]), "reversal_of_reversal")
        self.rejected(self.book.send("reverse_entry", entry="2"), "entry_not_found")

    def test_the_shortfall_names_the_original_posting(self):
        self.book.post(debit("bank", 5), debit("bank", 50), credit("alice", 5), credit("alice", 50))
        self.book.transfer("2", "3", 150)
        self.rejected(self.book.send("reverse_entry", entry="6", amounts=["0", "50", "0", "50"]),
                      "insufficient_funds", "2")
        self.shortfall("2", 3, 5, 0)


class Accounts(RulesTest):
    def test_opening_twice(self):
        terms = {"code": "alice", "asset": "USD", "type": "liability"}
        self.rejected(self.book.send("open_account", **terms, min="0"), "account_exists", "2")
        self.rejected(self.book.send("open_account", **terms), "account_exists_with_different_terms", "2")
        self.book.send("set_limits", account="alice")
        self.rejected(self.book.send("open_account", **terms), "account_exists", "2")
        self.rejected(self.book.send("define_asset", code="USD", scale=3), "asset_exists_with_different_scale", "1")

    def test_closing(self):
        close = {"account": "shop", "state": "closed"}
        self.book.hold(7)
        self.rejected(self.book.send("set_account_state", **close), "account_has_holds", "3")
        self.book.send("capture_hold", hold="6")
        self.rejected(self.book.send("set_account_state", **close), "account_not_empty", "3")
        self.book.transfer("3", "2", 7)
        self.accepted(self.book.send("set_account_state", **close))
        self.assertEqual(self.book.remarks(), [{"kind": "state", "account_number": "3", "state": "closed"}])
        self.assertEqual(self.book.records[-1]["touches"][0]["version"], "4")
        self.rejected(self.book.send("set_account_state", **close), "account_closed", "3")
        self.rejected(self.book.transfer("3", "3", 1), "same_account", "3")
        self.rejected(self.book.transfer("9", "3", 1), "account_not_found", "9")


    def test_nothing_changed_is_rejected(self):
        self.rejected(self.book.send("define_asset", code="USD", scale=2), "asset_exists", "1")
        self.rejected(self.book.send("open_account", code="x", asset="EUR", type="asset"), "asset_not_found")
        self.rejected(self.book.send("set_limits", account_number="2", min="0"), "limits_unchanged", "2")
        self.rejected(self.book.send("set_account_state", account="shop", state="open"), "account_state_unchanged", "3")
        self.accepted(self.book.send("set_limits", account="shop", max="7"))
        self.assertEqual(self.book.remarks(), [{"kind": "limits", "account_number": "3", "max": "7"}])

    def test_states_by_side(self):
        for state, (debited, credited) in {"frozen_debits": (False, True), "frozen_credits": (True, False),
                                           "frozen": (False, False), "open": (True, True)}.items():
            self.accepted(self.book.send("set_account_state", account="shop", state=state))
            self.assertEqual(self.book.transfer("3", "2", 1)["verdict"] == "accepted", debited, state)
            self.assertEqual(self.book.transfer("2", "3", 1)["verdict"] == "accepted", credited, state)

    def test_closed_comes_before_frozen(self):
        self.book.send("set_account_state", account="shop", state="closed")
        self.book.send("set_account_state", account="bank", state="frozen")
        self.rejected(self.book.post(debit("bank", 1), credit("shop", 2)), "account_closed", "3")
        self.rejected(self.book.post(debit("bank", 1), credit("alice", 2)), "account_frozen", "1")


class Keys(RulesTest):
    def test_a_repeat_gets_the_first_answer(self):
        first = self.book.transfer("2", "3", 500, key="a")
        self.rejected(first, "insufficient_funds", "2")
        self.assertEqual(self.book.transfer("2", "3", 500, key="a"), {**first, "replayed": True})
        self.assertEqual(self.book.transfer("2", "3", 50, key="a"),
                         {"verdict": "refused", "code": "idempotency_key_reused"})
        self.accepted(self.book.transfer("2", "3", 50, key="a", producer=2))

    def test_void_and_its_target_are_one(self):
        voided = self.book.send("void_key", key="b")
        self.rejected(voided, "voided")
        self.assertEqual(self.book.transfer("2", "3", 1, key="b"), {**voided, "replayed": True})
        paid = self.book.transfer("2", "3", 1, key="c")
        self.assertEqual(self.book.send("void_key", key="c"), {**paid, "replayed": True})


if __name__ == "__main__":
    unittest.main()
