"""What another bank of the Czech bank file might have said of its account with us: the file's transfers from and to it in
one month, as its own CSV. Some differ from the ledger as bank statements do. Usage: czech_statement.py TRANS BANK YYYY-MM"""
import csv
import datetime
import sys

TRANS, BANK, MONTH = sys.argv[1:4]


def minor(text):
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))


def transfers():
    """(day, amount that our account there grows by, trans_id), oldest first."""
    with open(TRANS, newline="", encoding="ascii") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if row["operation"].startswith("PREVOD") and row["bank"] == BANK:
                day = datetime.datetime.strptime("19" + row["date"], "%Y%m%d").date()
                yield day, minor(row["amount"]) * (1 if row["type"] == "PRIJEM" else -1), row["trans_id"]


def crowns(amount):
    sign, amount = "-" if amount < 0 else "", abs(amount)
    return f"{sign}{amount // 100},{amount % 100:02}"


# What the bank booked beside them. M1 to M5 are posted by hand at our side, not all of them right.
FURTHER = [(datetime.date(1993, 12, 20), 412000, "M1", ""), (datetime.date(1993, 12, 21), -77000, "M2", ""),
           (datetime.date(1993, 12, 22), 95000, "M3", ""), (datetime.date(1993, 12, 23), 30000, "M4", ""),
           (datetime.date(1993, 12, 31), -4500, "", "VEDENI UCTU"), (datetime.date(1994, 1, 3), 125000, "M5", "")]


def in_december(lines):
    """The bank books two transfers of a day in one sum, and one a day later without its reference."""
    one, two = next(pair for pair in zip(lines, lines[1:]) if pair[0][0] == pair[1][0] and min(pair[0][1], pair[1][1]) > 0)
    late = next(line for line in lines[10:] if line not in (one, two))
    for line in lines:
        day, amount, reference = line
        if line == one:
            yield day, amount + two[1], "", "SBERNA PLATBA"
        elif line == late:
            yield day + datetime.timedelta(days=1), amount, "", f"PLATBA {reference}"
        elif line != two:
            yield day, amount, reference, ""


def is_of(line, month):
    return line[0].strftime("%Y-%m") == month


found = sorted(transfers(), key=lambda line: line[0])
balance = sum(line[1] for line in [*found, *FURTHER] if line[0].strftime("%Y-%m") < MONTH)
lines = [line for line in found if is_of(line, MONTH)]
lines = list(in_december(lines)) if MONTH == "1993-12" else [(*line, "") for line in lines]
lines += [line for line in FURTHER if is_of(line, MONTH)]
writer = csv.writer(sys.stdout, delimiter=";", lineterminator="\n")
writer.writerow(["Datum", "Castka", "Zustatek", "Mena", "VS", "Text"])
for day, amount, reference, text in sorted(lines, key=lambda line: line[0]):
    balance += amount
    writer.writerow([day.strftime("%d.%m.%Y"), crowns(amount), crowns(balance), "CZK", reference, text])
