"""A month of an account and of its bank statement, with planted breaks of every bucket. Seeded; knows nothing of the
matching but what a person would: which line belongs to which, and what is wrong with the others."""
import csv
import datetime
import io
import json
import random
from xml.sax.saxutils import escape

MONTH = datetime.date(2025, 3, 1)
NEXT = datetime.date(2025, 4, 1)
ACCOUNT = "bank:cash"
RULES = {
    "format": "daybook-rules-1",
    "timing_days": 3,
    "csv": {"separator": ";", "decimal": ",", "thousands": " ", "date_format": "DD.MM.YYYY",
            "columns": {"date": "Booked", "amount": "Amount", "balance": "Balance", "currency": "Currency",
                        "reference": "Reference", "description": "Text", "counterpart": "Name"}},
    "rules": [
        {"name": "named in the text", "reference": "in_description", "days": 2},
        {"name": "the bank rounds", "reference": "equal", "amount_within": "0.05",
         "statement": {"description_has": "ROUNDED"}},
        {"name": "card settlement", "many": "ledger", "reference": "ignored", "days": 1, "lines_max": 32,
         "ledger": {"counterpart_starts_with": "sales:cards"}, "statement": {"description_has": "SETTLEMENT"}},
    ],
}


class Month:
    def __init__(self, seed, lines, planted):
        self.random = random.Random(seed)
        self.ledger = []  # [day, amount, reference, description, counter account, bucket]
        self.statement = []  # [day, amount, reference, description, bucket]
        self.used = set()
        self.count = 0
        self.before = (datetime.date(2025, 2, 20), 123_456_789)  # in both: the opening balance
        for number in range(planted):
            self.plant(number)
        while len(self.statement) < lines:
            self.plain()
        self.settlements()
        self.random.shuffle(self.ledger)
        self.random.shuffle(self.statement)
        self.statement.sort(key=lambda line: line[0])

    def day(self, first=5, last=25):
        return datetime.date(2025, 3, self.random.randint(first, last))

    def reference(self):
        self.count += 1
        return f"R{self.count:07}"

    def amount(self):
        """No two alike: what states no reference is known by it."""
        while True:
            amount = self.random.randint(1, 3_000_000) * 10 + 3
            if amount not in self.used:
                self.used.add(amount)
                return amount * self.random.choice((1, -1))

    def ours(self, day, amount, reference, bucket, text="", counter="users:all"):
        self.ledger.append([day, amount, reference, text, counter, bucket])

    def theirs(self, day, amount, reference, bucket, text=""):
        self.statement.append([day, amount, reference, text, bucket])

    def both(self, bucket, day, amount, reference="", other_day=None, other_amount=None, other_reference=None, text=""):
        self.ours(day, amount, reference, bucket)
        self.theirs(other_day or day, amount if other_amount is None else other_amount,
                    reference if other_reference is None else other_reference, bucket, text)

    def plain(self):
        """Most lines: the same on both sides, some without a reference at the bank, some several times a day."""
        day, reference = self.day(1, 31), self.reference()
        chance = self.random.random()
        if chance < 0.1:
            self.both("matched_exactly", day, self.amount(), reference, other_reference="")
        elif chance < 0.15:
            amount = self.random.randint(1, 100) * 100
            for _ in range(self.random.randint(2, 4)):
                self.both("matched_exactly", day, amount, reference)
        else:
            self.both("matched_exactly", day, self.random.randint(1, 100_000) * 10, reference)

    def plant(self, number):
        """One case of each kind."""
        day, late = self.day(), datetime.timedelta(days=self.random.randint(1, 2))
        self.both("matched_by_rule", day, self.amount(), reference := self.reference(), other_day=day + late,
                  other_reference=f"BANK{number}", text=f"PAYMENT {reference} THANK YOU")
        amount = self.amount()
        self.both("matched_by_rule", self.day(), amount, self.reference(),
                  other_amount=amount + self.random.choice((-5, -1, 2, 4)), text="ROUNDED")
        self.group(number)
        self.theirs(self.day(), self.amount(), self.random.choice(("", f"FEE{number}")), "missing_in_ledger", "fee")
        self.ours(self.day(), self.amount(), self.reference(), "missing_in_statement")
        amount = self.amount()
        self.both("amount_differs", self.day(), amount, self.reference(), other_amount=amount + 990)
        self.both("date_differs", day, self.amount(), self.reference(), other_day=day + 2 * late)
        self.both("date_differs", day, self.amount(), "", other_day=day + late)
        amount = self.amount()
        self.both("side_differs", self.day(), amount, self.reference(), other_amount=-amount)
        self.unrelated(number)
        self.duplicates(number)
        self.timing(number)

    def unrelated(self, number):
        """Lines of one day that add up, to the cent, to one of the other party, and have nothing to do with it."""
        day, sign = self.day(), self.random.choice((1, -1))
        parts = [sign * abs(self.amount()) for _ in range(self.random.randint(2, 3))]
        missing = "missing_in_statement", "missing_in_ledger"
        many, one = (self.ours, self.theirs) if number % 2 else (self.theirs, self.ours)
        if not number % 2:
            missing = missing[::-1]
        for place, part in enumerate(parts):
            if number % 4 < 2:
                many(day, part, self.reference(), missing[0])
            elif many == self.ours:
                many(day, part, "", missing[0], counter=("users:all", "users:few", "equity:opening")[place])
            else:
                many(day, part, "", missing[0], text=f"from {place}")
        one(day, sum(parts), "", missing[1])

    def group(self, number):
        parts, day, reference = [self.amount() for _ in range(self.random.randint(2, 5))], self.day(), self.reference()
        if number % 2:
            for part in parts:
                self.ours(day, part, reference, "grouped")
            self.theirs(day, sum(parts), reference, "grouped")
        else:
            self.ours(day, sum(parts), reference, "grouped")
            for part in parts:
                self.theirs(day + datetime.timedelta(days=self.random.randint(0, 3)), part, reference, "grouped")

    def duplicates(self, number):
        day, amount, reference = self.day(), self.amount(), self.reference()
        self.both("matched_exactly", day, amount, reference)
        if number % 2:
            self.ours(day, amount, reference, "duplicate")
        else:
            self.theirs(day, amount, reference, "duplicate")

    def timing(self, number):
        """Across the ends of the month; what is outside has no bucket."""
        last, first = NEXT - datetime.timedelta(days=1), MONTH
        one = datetime.timedelta(days=1)
        self.ours(last - self.random.randint(0, 1) * one, self.amount(), self.reference(), "timing")
        amount, reference = self.amount(), self.reference()
        self.ours(first - one, amount, reference, None)
        self.theirs(first + self.random.randint(0, 1) * one, amount, reference, "timing")
        amount, reference = self.amount(), self.reference()
        self.theirs(last, amount, reference, "timing")
        self.ours(NEXT + self.random.randint(0, 1) * one, amount, reference, None)
        # Ordinary ones on both sides of the month.
        self.ours(NEXT + 20 * one, self.amount(), self.reference(), None)
        self.ours(first - 8 * one, amount := self.amount(), self.reference(), None)
        self.before = (self.before[0], self.before[1] + amount)

    def settlements(self):
        """Card sales of a day come as one line the day after."""
        for number in range(5, 20):
            day = datetime.date(2025, 3, number)
            sales = [abs(self.amount()) for _ in range(number * 3)]
            for sale in sales:
                self.ours(day, sale, self.reference(), "grouped", "card", "sales:cards:t1")
            self.theirs(day + datetime.timedelta(days=1), sum(sales), f"S{number}", "grouped", "SETTLEMENT T1")

    def commands(self):
        yield {"key": "asset", "kind": "define_asset", "code": "EUR", "scale": 2}
        for code, kind in ((ACCOUNT, "asset"), ("users:all", "liability"), ("sales:cards:t1", "income"),
                           ("equity:opening", "equity"), ("users:few", "liability")):
            yield {"key": f"open-{code}", "kind": "open_account", "code": code, "asset": "EUR", "type": kind}
        opening = [datetime.date(2025, 2, 1), 123_456_789, "", "opening", "equity:opening", None]
        for number, (day, amount, reference, text, counter, _) in enumerate([opening, *self.ledger]):
            side, other = ("debit", "credit") if amount > 0 else ("credit", "debit")
            command = {"key": f"line-{number}", "kind": "post_entry", "postings": [
                {"account": ACCOUNT, "side": side, "amount": str(abs(amount))},
                {"account": counter, "side": other, "amount": str(abs(amount))}]}
            stamp = datetime.datetime(day.year, day.month, day.day, 15, tzinfo=datetime.timezone.utc)
            command["effective_at_ns"] = str(int(stamp.timestamp()) * 10**9)
            if reference:
                command["reference"] = reference
            if text:
                command["description"] = text
            yield command

    FIRST_SEQ = 8  # of self.ledger: an asset, five accounts and the opening come before

    def places(self):
        """Of each line of the month: what it looks like, and its bucket."""
        for number, line in enumerate(self.ledger):
            if line[5]:
                yield ("ledger", self.FIRST_SEQ + number), ("ledger", *line[:3]), line[5]
        for number, line in enumerate(self.statement):
            yield ("statement", number + 1), ("statement", *line[:3]), line[4]

    def csv(self):
        def words(amount):
            sign, amount = "-" if amount < 0 else "", abs(amount)
            return f"{sign}{amount // 100:,}".replace(",", " ") + f",{amount % 100:02}"

        text = io.StringIO()
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        writer.writerow(["Booked", "Amount", "Balance", "Currency", "Reference", "Text", "Name"])
        balance = self.before[1]
        for day, amount, reference, words_of, _ in self.statement:
            balance += amount
            writer.writerow([day.strftime("%d.%m.%Y"), words(amount), words(balance), "EUR", reference, words_of, ""])
        return text.getvalue()

    def camt(self):
        def money(amount):
            return (f'<Amt Ccy="EUR">{abs(amount) // 100}.{abs(amount) % 100:02}</Amt>'
                    f"<CdtDbtInd>{'CRDT' if amount >= 0 else 'DBIT'}</CdtDbtInd>")

        def balance(code, amount):
            return f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{money(amount)}</Bal>"

        opening = self.before[1]
        yield ('<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
               "<BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><Othr><Id>1</Id></Othr></Id><Ccy>EUR</Ccy></Acct>\n")
        yield balance("OPBD", opening) + balance("CLBD", opening + sum(line[1] for line in self.statement)) + "\n"
        yield ("<Ntry><Amt Ccy=\"EUR\">9.99</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts></Ntry>\n")
        for day, amount, reference, text, _ in self.statement:
            yield f"<Ntry>{money(amount)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
            yield (f"<NtryDtls><TxDtls><Refs><EndToEndId>{reference or 'NOTPROVIDED'}</EndToEndId></Refs>"
                   f"<RmtInf><Ustrd>{escape(text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n")
        yield "</Stmt></BkToCstmrStmt></Document>\n"

    def write(self, path):
        (path / "commands.jsonl").write_text("".join(json.dumps(one) + "\n" for one in self.commands()))
        (path / "bank.csv").write_text(self.csv())
        (path / "bank.xml").write_text("".join(self.camt()))
        (path / "rules.json").write_text(json.dumps(RULES, indent=1))
