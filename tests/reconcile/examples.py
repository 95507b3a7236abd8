"""Runs the month-end of docs/reconciliation.md, one shell for all; `#> text` must occur in what came before it. Each file
of rules in docs/reconciliation-rules.md is taken."""
import json
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))

from command_line import BINARY, ENVIRONMENT, Place, Server, ok, run  # noqa: E402

SOURCE, CZECH = map(Path, sys.argv[2:4])
DOCUMENT = SOURCE / "docs" / "reconciliation.md"
RULES = SOURCE / "docs" / "reconciliation-rules.md"


def script(place):
    """The examples as one script; after each expectation what was printed so far is marked off."""
    given = {"CZECH": CZECH, "SOURCE": SOURCE}
    lines = ["set -e", f"daybook() {{ '{Path(BINARY).resolve()}' \"$@\"; }}"]
    for block in re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text(), re.DOTALL):
        for line in block.splitlines():
            name = line.split("=")[0]
            if line.startswith("#> "):
                lines.append(f"printf '\\n%s\\n' '@@@ {line[3:]}'")
            elif name in given:
                lines.append(f"{name}='{given[name]}'")
            else:
                lines.append(line)
    return "\n".join(lines)


def plain(text):
    return re.sub(r"\s+", " ", text)


def month_end(place, server):
    environment = {**ENVIRONMENT, "DAYBOOK_CONNECT": server.listen, "DAYBOOK_DATA": str(place.data)}
    done = subprocess.run(["bash", "-c", script(place)], capture_output=True, text=True, timeout=200, cwd=place.path,
                          env=environment, check=False)
    assert done.returncode == 0, f"exit code {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr}"
    said, count, was_asked = "", 0, False
    for line in filter(None, done.stdout.splitlines()):
        if not line.startswith("@@@ "):
            # Expectations in a row are about the same.
            said, was_asked = ("" if was_asked else said) + line + "\n", False
            continue
        was_asked = True
        assert plain(line[4:]) in plain(said), f"{line[4:]!r} is not in what was printed:\n{said[-6000:]}"
        count += 1
    assert count == DOCUMENT.read_text().count("\n#> "), count


def excerpts(report):
    """What the document shows of the first report stands in it, but for the seqs, which the set-up here moves."""
    def told(text):
        return plain(re.sub(r"\b\d{5}\.\d\b", "SEQ", text))

    shown = re.findall(r"```text\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert shown, "an excerpt"
    for part in "\n\n".join(shown).split("\n\n"):
        assert told(part) in told(report), f"{part}\nis not in\n{report}"


def buckets(path):
    report = json.loads((path / "report.json").read_text())
    return {bucket["bucket"]: int(bucket["count"]) for bucket in report["buckets"]}


with Place() as at:
    with Server(at) as serving:
        ok("asset", "define", "EUR", "--scale", 2, "--connect", serving.listen)
        ok("account", "open", "bank:eur", "--asset", "EUR", "--type", "asset", "--connect", serving.listen)
        files = re.findall(r"```json\n(.*?)```", RULES.read_text(), re.DOTALL)
        assert len(files) >= 4, files
        for text in files:
            (at.path / "rules.json").write_text(text)
            tried = run("reconcile", "--account", "bank:eur", "--period", "2025", "--statement", at.path / "none",
                        "--rules", at.path / "rules.json", "--data", at.data, "--min-seq", 2)
            assert tried.returncode == 66 and "there is no file" in tried.stderr, tried.stderr
        if not CZECH.exists():
            print(f"SKIPPED: {CZECH} is not here")
            sys.exit(77)
        month_end(at, serving)
        excerpts((at.path / "first" / "report.txt").read_text())
        first = buckets(at.path / "first")
        assert first | {"matched_exactly": 0} == {
            "matched_exactly": 0, "matched_by_rule": 1, "grouped": 1, "timing": 1, "amount_differs": 1, "date_differs": 1,
            "side_differs": 1, "duplicate": 1, "missing_in_ledger": 1, "missing_in_statement": 1}, first
        print(first, buckets(at.path / "december"), buckets(at.path / "january"))
