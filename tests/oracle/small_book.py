"""A stream made by hand for the tests: what is sent to a model, and what the model says to it.
`bank` (asset, 1), `alice` (liability from 0, 2) and `shop` (liability, 3) are there; alice has 100."""
import json
import unittest

from model import Model


class SmallBook:
    def __init__(self):
        self.model = Model()
        self.stamp = 1000
        self.submissions = []
        self.records = []
        self.send("define_asset", code="USD", scale=2)
        self.send("open_account", code="bank", asset="USD", type="asset")
        self.send("open_account", code="alice", asset="USD", type="liability", min="0")
        self.send("open_account", code="shop", asset="USD", type="liability")
        self.transfer("1", "2", 100)

    def send(self, kind, key=None, producer=1, **command):
        """Returns the answer, and leaves the new records behind those before."""
        submission = {"stamp_ns": str(self.stamp), "producer": producer, "kind": kind,
                      "key": key or f"{len(self.submissions):032x}", "command": command}
        submission["answer"], records = self.model.submit(submission)
        self.submissions.append(submission)
        self.records += records
        return submission["answer"]

    def transfer(self, debit, credit, amount, **more):
        return self.send("transfer", debit_account_number=debit, credit_account_number=credit,
                         amount=str(amount), **more)

    def hold(self, amount, debit="alice", credit="shop", **more):
        return self.send("place_hold", debit=debit, credit=credit, amount=str(amount), **more)

    def post(self, *postings, **more):
        return self.send("post_entry", postings=list(postings), **more)

    def seq(self):
        return self.records[-1]["seq"]

    def remarks(self):
        return self.records[-1]["remarks"]

    def totals(self, code):
        """Posted debits and credits, held debits and credits."""
        account = self.model.book.codes[code]
        return account.posted_debits, account.posted_credits, account.held_debits, account.held_credits

    def write(self, folder, name="1"):
        """Adds the stream to both files."""
        for file, lines in (("submissions", self.submissions), ("records", self.records)):
            with open(folder / f"{file}.jsonl", "a", encoding="utf-8") as out:
                for line in [{"stream": name}, *lines]:
                    print(json.dumps(line), file=out)


def member(kind, **fields):
    return {"kind": kind, **fields}


def debit(account, amount):
    return {"account": account, "side": "debit", "amount": str(amount)}


def credit(account, amount):
    return {"account": account, "side": "credit", "amount": str(amount)}


class RulesTest(unittest.TestCase):
    def setUp(self):
        self.book = SmallBook()

    def rejected(self, answer, code, subject=None):
        self.assertEqual((answer["verdict"], answer["code"], answer.get("subject")), ("rejected", code, subject))

    def accepted(self, answer):
        self.assertEqual(answer["verdict"], "accepted", answer)

    def shortfall(self, number, posting, balance, bound):
        expected = {"kind": "shortfall", "account_number": number, "posting": posting,
                    "balance": str(balance), "bound": str(bound)}
        self.assertEqual(self.book.remarks(), [expected])
