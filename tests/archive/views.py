"""Everything that can be read of a data directory, as text to be compared before and after."""
import json
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "cli"))

from command_line import ok, run  # noqa: E402


def without(text, *names):
    """One object a line, without what a clock says."""
    found = []
    for line in text.splitlines():
        fields = json.loads(line)
        found.append({name: value for name, value in fields.items() if name not in names})
    return found


def verified(data):
    done = run("verify", "--json", "--data", data)
    assert done.returncode == 0, done.stdout + done.stderr
    return without(done.stdout, "seconds", "records_per_second")[0]


def exported(data, out, form):
    shutil.rmtree(out, ignore_errors=True)
    ok("export", "--data", data, "--format", form, "--out", out)
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def of_accounts(data, head, codes):
    """Statements, page by page and whole, and balances of the past."""
    found = {}
    for code in codes:
        whole = run("statement", code, "--data", data, "--all", "--json")
        page = run("statement", code, "--data", data, "--limit", 7, "--json", "--to-seq", max(1, head // 2))
        found[code] = (whole.returncode, whole.stdout, page.returncode, page.stdout)
    for seq in (1, head // 3, head // 2, head - 1, head):
        found[seq] = (run("balance", "--data", data, "--json", "--at-seq", max(1, seq)).stdout,
                      run("trial-balance", "--data", data, "--json", "--at-seq", max(1, seq)).stdout)
    return found


def of_records(data, head):
    """The tail, single records and proofs."""
    found = {"tail": ok("tail", "--data", data, "--json", "--from-seq", 1)}
    for seq in {1, 2, head // 5, head // 3, head // 2, head - 1, head}:
        found[f"entry {seq}"] = run("entry", seq, "--data", data, "--json").stdout
        found[f"proof {seq}"] = ok("prove", seq, "--data", data)
    return found


def everything(data, scratch, forms=("jsonl", "csv")):
    """Whatever `daybook` says of it, by what it was asked."""
    summary = verified(data)
    head = int(summary["head_seq"])
    codes = [line["account"] for line in without(ok("balance", "--data", data, "--json"))]
    found = {"verify": summary, **of_accounts(data, head, codes), **of_records(data, head)}
    for form in forms:
        found[form] = exported(data, scratch / "export", form)
    gate = run("what-if", "--data", data, "--json")
    found["what-if"] = (gate.returncode, without(gate.stdout, "seconds"))
    found["book hash"] = ok("book-hash", "--data", data)
    return found


def differing(before, after):
    return sorted(str(name) for name in before.keys() | after.keys() if before.get(name) != after.get(name))
