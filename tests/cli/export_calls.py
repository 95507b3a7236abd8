"""Calls of `daybook export` from the outside, and what they left."""
import csv

from command_line import ok_json, run


def expect(code, words, *arguments):
    done = run(*arguments)
    what = f"daybook {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}"
    assert done.returncode == code, f"exit code {done.returncode} instead of {code}: {what}"
    assert words in done.stdout + done.stderr, f"'{words}' is not in: {what}"


def export(at, out, form, *more):
    return ok_json("export", "--data", at.data, "--format", form, "--out", at.path / out, *more)


def content(directory):
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


def entries(at):
    with open(at.path / "csv" / "entries.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
