"""What cannot be compared is refused in one line that names the remedy, and nothing is left half written: unreadable
statements, wrong maps, other currencies, a full disk, a kill at any moment."""
import ctypes
import json
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))

from command_line import BINARY, ENVIRONMENT, Place, Server, ok, run, start  # noqa: E402

from planted import ACCOUNT, RULES, Month  # noqa: E402

REPORTS = {"report.json", "report.txt", "breaks.csv"}


class Bench:
    def __init__(self, place):
        self.place, self.out = place, place.path / "out"
        self.rules = json.loads(json.dumps(RULES))

    def call(self, statement, *more, rules=None):
        (self.place.path / "some.json").write_text(rules if isinstance(rules, str) else json.dumps(rules or self.rules))
        return ("reconcile", "--account", ACCOUNT, "--period", "2025-03", "--statement", statement, "--rules",
                self.place.path / "some.json", "--data", self.place.data, "--out", self.out, *more)

    def refuse(self, words, statement, *more, rules=None, code=65, **options):
        """`statement` is a path, or the bytes of a file."""
        path = statement
        if isinstance(statement, (str, bytes)):
            path = self.place.path / "some.statement"
            path.write_bytes(statement.encode() if isinstance(statement, str) else statement)
        done = run(*self.call(path, *more, rules=rules), **options)
        assert done.returncode == code, f"exit code {done.returncode} instead of {code}\n{done.stdout}{done.stderr}"
        lines = [line for line in done.stderr.splitlines() if line.startswith("daybook: ")]
        assert len(lines) == 1 and words in lines[0], f"'{words}' is not in: {done.stderr}"
        assert not done.stdout, done.stdout
        self.nothing()

    def nothing(self):
        left = [path.name for path in self.place.path.iterdir() if path.name.startswith("out")]
        assert not left, f"left behind: {left}"

    def csv_map(self, **changes):
        return {**self.rules, "csv": {**self.rules["csv"], **changes}}

    def columns(self, **changes):
        return self.csv_map(columns={**self.rules["csv"]["columns"], **changes})


def like_others():
    """Root too may not read what its mode bars."""
    drop, read_all, search_all = 24, 1, 2  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    for capability in (read_all, search_all):
        ctypes.CDLL(None).prctl(drop, capability, 0, 0, 0)


def off_by_a_cent(line):
    fields = line.split(";")
    fields[2] = fields[2][:-1] + str((int(fields[2][-1]) + 1) % 10)
    return ";".join(fields)


def statements(bench, good):
    bench.refuse("there is no file", bench.place.path / "missing.csv", code=66)
    bench.refuse("there is no file", bench.place.path, code=66)
    locked = bench.place.path / "locked.csv"
    locked.write_text(good)
    locked.chmod(0)
    bench.refuse("cannot read '", locked, code=77, preexec_fn=like_others)
    locked.unlink()
    bench.refuse("the statement is empty", b"")
    bench.refuse("not UTF-8", good.replace("PAYMENT", "PÁYMENT").encode("iso-8859-2"))
    bench.refuse("no column 'Booked'", bytes(range(1, 32)) * 100)
    bench.refuse("no column", b"\x00" * 1000)
    bench.refuse("columns, the header has 7", good[:-20])
    # A line taken out, one changed, the end cut off at a line.
    lines = good.splitlines(keepends=True)
    bench.refuse("is a line missing", "".join(lines[:50] + lines[51:]))
    bench.refuse("line 51: its balance is", good.replace(lines[50], off_by_a_cent(lines[50])))
    bench.refuse("--closing is", "".join(lines[:-1]), "--closing", "1.00")
    bench.refuse("'abc' is not an amount", good, "--opening", "abc", code=64)
    bench.refuse("it is in 'USD', the account is in EUR", good.replace(";EUR;", ";USD;"))
    bench.refuse("does not add up", "date,amount\n2025-03-01,5.00\n", "--opening", "1", "--closing", "6.01",
                 rules={"format": "daybook-rules-1"})
    bench.refuse("are of one statement", good, "--statement", "more.csv", "--opening", "1", code=64)
    bench.refuse("statement 2 opens with", good, "--statement", bench.place.path / "bank.csv")
    bench.refuse("give --opening", "date,amount\n2025-03-01,5.00\n", rules={"format": "daybook-rules-1"})


def maps(bench, good):
    bench.refuse("no column 'Booked'", good, rules=bench.csv_map(separator=","))
    bench.refuse("no column 'Day'", good, rules=bench.columns(date="Day"))
    bench.refuse("is not a day of the form MM/DD/YYYY", good, rules=bench.csv_map(date_format="MM/DD/YYYY"))
    bench.refuse("line 2:", good, rules=bench.csv_map(decimal="."))
    bench.refuse("is not an amount", good, rules=bench.columns(amount="Reference"))
    bench.refuse("is a line missing", good, rules=bench.csv_map(newest_first=True))
    bench.refuse("'csv.colums' is not known", good, rules=bench.csv_map(colums={}), code=78)
    bench.refuse("'csv.date_format' is not a form", good, rules=bench.csv_map(date_format="YYYY"), code=78)
    bench.refuse("'format'", good, rules={"rules": []}, code=78)
    bench.refuse("not JSON", good, rules="{", code=78)
    bench.refuse("'rules[0].days'", good, rules={**bench.rules, "rules": [{"name": "x", "days": 9999}]}, code=78)
    bench.refuse("is there twice", good, rules={**bench.rules, "rules": [{"name": "x"}, {"name": "x"}]}, code=78)


def xml(bench, good):
    bench.refuse("not XML", good[: len(good) // 2])
    bench.refuse("not a camt.053", "<html/>")
    bench.refuse("a document type is not taken", '<!DOCTYPE a [<!ENTITY b "c">]>' + good.split("?>")[1])
    bench.refuse("it is in USD", good.replace("<Ccy>EUR", "<Ccy>USD"))
    bench.refuse("it is in 'USD'", good.replace('<Amt Ccy="EUR">', '<Amt Ccy="USD">', 5))
    bench.refuse("does not add up", good.replace("</Amt><CdtDbtInd>CRDT", "</Amt><CdtDbtInd>DBIT", 1))
    bench.refuse("no closing balance", good.replace("CLBD", "ITBD"))
    bench.refuse("too many elements", good.replace("<BkToCstmrStmt>", "<a>" * 40, 1))
    bench.refuse("a camt.053 says its balances", good, "--opening", "1")


def elsewhere(bench, good):
    """Not the statement's fault: the exit codes that all commands have."""
    other = [part if part != ACCOUNT else "bank:none" for part in bench.call(bench.place.path / "bank.csv")]
    done = run(*other)
    assert done.returncode == 66 and "no account 'bank:none'" in done.stderr, done.stderr
    other = [part if part != bench.place.path / "some.json" else bench.place.path / "none.json"
             for part in bench.call(bench.place.path / "bank.csv")]
    done = run(*other)
    assert done.returncode == 66 and "there is no file" in done.stderr and "none.json" in done.stderr, done.stderr
    bench.nothing()
    bench.refuse("there is no seq 999999999", good, "--at-seq", 999999999, code=66)
    bench.out = bench.place.path / "no" / "such"
    bench.refuse("No such file", good, code=73)
    bench.out = bench.place.path / "out"
    bench.out.mkdir()
    (bench.out / "mine.txt").write_text("mine")
    done = run(*bench.call(bench.place.path / "bank.csv", "--force"))
    assert done.returncode == 73 and "something else" in done.stderr, done.stderr
    assert (bench.out / "mine.txt").read_text() == "mine"
    shutil.rmtree(bench.out)


def full_disk(bench):
    """No file may grow beyond a limit: at each, the reports are there whole or not at all."""
    for limit in (0, 1000, 4096, 100_000, 400_000):
        done = run(*bench.call(bench.place.path / "bank.csv"),
                   preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        assert done.returncode == 73 and "File too large" in done.stderr, f"{limit}: {done.returncode} {done.stderr}"
        bench.nothing()


def full_file_system(bench):
    """The same on a file system of 300 KiB, where one can be mounted."""
    small = bench.place.path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", small], capture_output=True, check=False)
    if mounted.returncode != 0:
        return False
    try:
        bench.out = small / "out"
        done = run(*bench.call(bench.place.path / "bank.csv"))
        assert done.returncode == 73 and "No space left" in done.stderr, done.stderr
        assert not list(small.iterdir()), list(small.iterdir())
    finally:
        subprocess.run(["umount", small], check=True)
        bench.out = bench.place.path / "out"
    return True


def killed(bench):
    """SIGKILL and SIGTERM at many moments: there is a whole report or none, and the next run makes it."""
    begun = time.monotonic()
    expected = run(*bench.call(bench.place.path / "bank.csv"))
    lasted = time.monotonic() - begun
    assert expected.returncode == 1, expected.stderr
    whole = {path.name: path.read_bytes() for path in bench.out.iterdir()}
    assert whole.keys() == REPORTS
    half = 0
    for number in range(24):
        shutil.rmtree(bench.out, ignore_errors=True)
        stop = signal.SIGKILL if number % 2 else signal.SIGTERM
        process = start(*bench.call(bench.place.path / "bank.csv"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(lasted * number / 24)
        process.send_signal(stop)
        process.communicate(timeout=60)
        assert process.returncode in (1, -9, -15, 143), process.returncode
        half += (bench.place.path / "out.part").exists()
        if bench.out.exists():
            assert {path.name: path.read_bytes() for path in bench.out.iterdir()} == whole
        again = run(*bench.call(bench.place.path / "bank.csv", "--force"))
        assert again.returncode == 1, again.stderr
        assert {path.name: path.read_bytes() for path in bench.out.iterdir()} == whole
        assert not (bench.place.path / "out.part").exists()
    return half


def output_taken(bench):
    """A full device under the summary is told; a report there is replaced only when asked."""
    done = run(*bench.call(bench.place.path / "bank.csv"))
    assert done.returncode == 73 and "--force" in done.stderr, done.stderr
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([BINARY, *map(str, bench.call(bench.place.path / "bank.csv", "--force"))], stdout=full,
                              stderr=subprocess.PIPE, text=True, env=ENVIRONMENT, timeout=60, check=False)
    assert done.returncode == 73 and "No space left" in done.stderr, done.stderr


with Place() as at:
    month = Month(3, 4000, 10)
    month.write(at.path)
    with Server(at) as server:
        ok("submit", at.path / "commands.jsonl", "--connect", server.listen)
    bench_of = Bench(at)
    good_csv, good_xml = month.csv(), (at.path / "bank.xml").read_text()
    statements(bench_of, good_csv)
    maps(bench_of, good_csv)
    xml(bench_of, good_xml)
    elsewhere(bench_of, good_csv)
    full_disk(bench_of)
    was_mounted = full_file_system(bench_of)
    interrupted = killed(bench_of)
    output_taken(bench_of)
    verified = json.loads(run("verify", "--data", at.data, "--json").stdout)
    assert verified["is_clean"], verified
    print(f"a small file system: {was_mounted}; found half written beside its place: {interrupted}")
