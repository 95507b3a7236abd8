"""One record in the making: its touches and remarks, and how to take back what it did to the book.
A rule that is broken leaves it as `Rejected`."""
from functools import partial


class Rejected(Exception):
    def __init__(self, code, subject=None, remark=None):
        super().__init__(code)
        self.code = code
        self.subject = subject
        self.remarks = [remark] if remark else []


def entry_name(seq, member):
    return f"{seq}.{member}" if member else str(seq)


class Draft:
    def __init__(self, book, seq, stamp):
        self.book = book
        self.seq = seq
        self.seq_text = str(seq)
        self.stamp = stamp
        self.member = None  # which one of an atomic is being decided
        self.touches = []
        self.remarks = []
        self._undo = []

    def own_id(self):
        return self.seq, self.member or 0

    def own_name(self):
        return entry_name(self.seq, self.member)

    def parse_id(self, text):
        """`12`, `12.3`, or `.3` for a member of this Seq."""
        seq, _, member = text.partition(".")
        return int(seq or self.seq), int(member or 0)

    def add(self, mapping, key, value):
        """A new item of one of the book's dicts."""
        self._undo.append(partial(mapping.pop, key))
        mapping[key] = value

    def keep(self, row):
        """To be called before a row of the book changes."""
        self._undo.append(partial(vars(row).update, vars(row).copy()))

    def roll_back(self):
        while self._undo:
            self._undo.pop()()
        self.touches = []
        self.remarks = []

    def remark(self, kind, **fields):
        remark = {"kind": kind, **fields}
        if self.member is not None:
            remark["member"] = self.member
        self.remarks.append(remark)

    def touch(self, account):
        """Writes down what has become of the account."""
        account.version += 1
        after = {
            "account_number": account.number,
            "version": str(account.version),
            "posted_debits": str(account.posted_debits),
            "posted_credits": str(account.posted_credits),
            "held_debits": str(account.held_debits),
            "held_credits": str(account.held_credits),
        }
        if account.last:
            after["prev"] = account.last
        account.last = {"seq": self.seq_text, "touch": len(self.touches)}
        self.touches.append(after)

    def find_account(self, stated, name):
        """The account that a command states by code (`name`) or by number (`name`_number)."""
        code = stated.get(name)
        if code is not None:
            account = self.book.codes.get(code)
            if account is None:
                raise Rejected("account_not_found")
            return account
        number = stated[name + "_number"]
        account = self.book.accounts.get(number)
        if account is None:
            raise Rejected("account_not_found", number)
        return account
