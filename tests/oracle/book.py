"""What a book holds: accounts, assets, references, holds and entries, as plain rows in dicts.
Amounts are ints; account and asset numbers stay the text they are written as."""

NORMAL_SIDE = {"asset": "debit", "expense": "debit",
               "liability": "credit", "equity": "credit", "income": "credit"}


class Asset:
    def __init__(self, number, scale):
        self.number = number
        self.scale = scale


class Account:
    def __init__(self, number, asset, kind, minimum, maximum):
        self.number = number
        self.asset = asset  # its number
        self.kind = kind
        self.normal_side = NORMAL_SIDE[kind]
        self.minimum = minimum
        self.maximum = maximum
        self.state = "open"
        self.version = 0
        self.posted_debits = 0
        self.posted_credits = 0
        self.held_debits = 0
        self.held_credits = 0
        self.last = None  # where its latest touch is, as the next one's `prev` says it

    def posted(self):
        net_debits = self.posted_debits - self.posted_credits
        return net_debits if self.normal_side == "debit" else -net_debits

    def available(self):
        outgoing = self.held_credits if self.normal_side == "debit" else self.held_debits
        return self.posted() - outgoing

    def expected(self):
        incoming = self.held_debits if self.normal_side == "debit" else self.held_credits
        return self.posted() + incoming

    def side_total(self, side):
        if side == "debit":
            return self.posted_debits + self.held_debits
        return self.posted_credits + self.held_credits


class Hold:
    def __init__(self, name, debit, credit, amount, expires_at):
        self.name = name
        self.debit = debit  # the Account
        self.credit = credit
        self.remaining = amount
        self.captured = 0
        self.expires_at = expires_at  # None: never
        self.state = "open"


class Entry:
    def __init__(self, name, postings, is_reversal=False):
        self.name = name
        self.postings = postings  # (Account, side, amount)
        self.reversed = (0,) * len(postings)
        self.is_reversal = is_reversal


class Book:
    def __init__(self):
        self.assets = {}  # by code
        self.accounts = {}  # by number
        self.codes = {}  # accounts by code
        self.references = {}  # the lowest Seq of each
        self.holds = {}  # by (seq, member)
        self.entries = {}  # by (seq, member)
        self.expiring = []  # heap of (expires_at, seq, member); may hold what has ended meanwhile
