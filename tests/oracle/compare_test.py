"""The comparison: a file as the model has it passes, and whatever is changed in it is found.
Run by oracle_test.py."""
import contextlib
import copy
import io
import json
import tempfile
import unittest
from pathlib import Path

import oracle
from small_book import SmallBook, credit, debit, member


def full_book():
    """A bit of everything that leaves remarks."""
    book = SmallBook()
    book.hold(30, expires_at_ns="2000")
    book.send("capture_hold", hold="6", amount="10", reference="r")
    book.send("atomic", commands=[member("open_account", code="fees", asset="USD", type="income"),
                                  member("reverse_entry", entry="7"),
                                  member("set_limits", account="shop", min="-5", max="900"),
                                  member("set_account_state", account="fees", state="frozen")])
    book.transfer("2", "3", 500)
    book.transfer("2", "3", 1, key="a")
    book.transfer("2", "3", 1, key="a")
    book.transfer("2", "3", 2, key="a")
    book.stamp = 2000
    book.post(debit("bank", 2), credit("shop", 2), reference="r", unique_reference=True)
    return book


def leaves(value, path=()):
    """The paths of all plain values."""
    if isinstance(value, dict):
        return [leaf for name, inside in value.items() for leaf in leaves(inside, (*path, name))]
    if isinstance(value, list):
        return [leaf for index, inside in enumerate(value) for leaf in leaves(inside, (*path, index))]
    return [path]


def inside(value, path):
    for step in path:
        value = value[step]
    return value


class ComparisonTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.book = full_book()

    def check(self, *books, options=()):
        """The exit code; what was printed stays in `out` and `complaints`."""
        files = [self.folder / "submissions.jsonl", self.folder / "records.jsonl"]
        for number, book in enumerate(books, 1):
            book.write(self.folder, str(number))
        out, complaints = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(complaints):
            code = oracle.main([*map(str, files), *options])
        self.out, self.complaints = out.getvalue(), complaints.getvalue()
        for file in files:
            file.unlink()
        return code

    def test_as_the_model_has_it(self):
        self.assertEqual(self.check(self.book, full_book()), 0)
        self.assertEqual(self.complaints, "")

    def test_each_changed_value_is_found(self):
        for name, lines in (("records", self.book.records), ("answers", self.book.submissions)):
            for index, line in enumerate(lines):
                for path in leaves(line if name == "records" else {"answer": line["answer"]}):
                    self.changed_is_found(lines, index, path)

    def changed_is_found(self, lines, index, path):
        whole = lines[index]
        for is_left_out in (False, True):
            lines[index] = copy.deepcopy(whole)
            holder = inside(lines[index], path[:-1])
            if is_left_out:
                del holder[path[-1]]
            else:
                holder[path[-1]] = "?" if isinstance(holder[path[-1]], str) else 99
            self.assertEqual(self.check(self.book), 1, (index, path, is_left_out))
            lines[index] = whole

    def test_the_report_says_where(self):
        self.book.records[5]["touches"][1]["held_credits"] = "29"
        self.assertEqual(self.check(full_book(), self.book), 1)
        for part in ("stream 2", "records.jsonl:20", "submissions.jsonl:21", "touches[1].held_credits",
                     "expected 30", "got      29"):
            self.assertIn(part, self.complaints)

    def test_a_number_is_not_a_text(self):
        self.book.records[5]["touches"][1]["held_credits"] = 30
        self.assertEqual(self.check(self.book), 1)

    def test_a_difference_ends_its_stream_only(self):
        self.book.records[0]["seq"] = self.book.records[5]["seq"] = "7"
        self.assertEqual(self.check(self.book, full_book(), self.book, options=["--json"]), 1)
        counts = json.loads(self.out)
        self.assertEqual((counts["streams"], counts["differences"]), (3, 2))
        self.assertEqual(self.complaints.count("differs"), 2)

    def test_missing_and_surplus_records(self):
        last = self.book.records.pop()
        self.assertEqual(self.check(self.book), 1)
        self.book.records += [last, last]
        self.assertEqual(self.check(self.book), 1)

    def test_a_jump_does_not_lead_forward(self):
        touch = self.book.records[6]["touches"][0]
        self.assertEqual(touch["prev"], {"seq": "6", "touch": 0})
        for jump, code in (({"seq": "6", "touch": 0}, 0), ({"seq": "5", "touch": 1}, 0), ({"seq": "6", "touch": 1}, 1),
                           ({"seq": "60", "touch": 0}, 1), ({"seq": "x"}, 1)):
            touch["jump"] = jump
            self.assertEqual(self.check(self.book), code, jump)

    def test_new_fields_are_ignored_but_not_in_commands(self):
        record = self.book.records[5]
        record["colour"] = record["touches"][0]["colour"] = record["remarks"][0]["colour"] = "red"
        self.assertEqual(self.check(self.book), 0)
        record["command"] = {**record["command"], "colour": "red"}
        self.assertEqual(self.check(self.book), 1)

    def test_unlike_files_are_unreadable(self):
        self.book.submissions[3] = {"stamp_ns": "1000"}
        self.assertEqual(self.check(self.book), 2)
        (self.folder / "records.jsonl").write_text('{"stream":"0"}\n')
        self.assertEqual(self.check(full_book()), 2)
        (self.folder / "records.jsonl").write_text("nothing\n")
        self.assertEqual(self.check(full_book()), 2)
        self.assertIn("records.jsonl:1", self.complaints)

    def test_counts(self):
        self.assertEqual(self.check(self.book, full_book(), options=["--json"]), 0)
        counts = json.loads(self.out)
        for name, count in (("streams", 2), ("submissions", 26), ("records", 24), ("replays", 2), ("key_reuses", 2),
                            ("expiries", 2)):
            self.assertEqual(counts[name], count, name)
        self.assertEqual(counts["accepted"]["atomic"], 2)
        self.assertEqual(counts["members"]["open_account"], 2)
        self.assertEqual(counts["rejected"]["reference_exists"], 2)

    def test_require_each_names_what_was_not_hit(self):
        self.assertEqual(self.check(self.book, options=["--require-each", "1"]), 1)
        self.assertIn("hit fewer than 1 times: release_hold: 0", self.complaints)
        self.assertIn("too_many_touches: 0", self.complaints)
        self.assertNotIn("insufficient_funds", self.complaints)
