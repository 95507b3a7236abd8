"""Checks what a Daybook answered and journaled against a model that shares no code with it.
Exits with 0 if all is as the documents say, 1 if not, 2 if the files can't be read."""
import argparse
import gc
import json
import sys

from compare import Comparison
from streams import StreamFile, Unreadable


def arguments(stated):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("submissions", help="JSONL: what producers sent and what they were answered")
    parser.add_argument("records", help="JSONL: what `daybook tail --json` prints")
    parser.add_argument("--json", action="store_true", help="print the counts as one JSON object")
    parser.add_argument("--require-each", type=int, default=0, metavar="N",
                        help="fail if a kind was accepted, or a rejection given, fewer than N times")
    return parser.parse_args(stated)


def complain(text):
    print(text, file=sys.stderr)


def main(stated=None):
    options = arguments(stated)
    try:
        with StreamFile(options.submissions) as submissions, StreamFile(options.records) as records:
            comparison = Comparison(submissions, records, complain)
            comparison.run()
    except (OSError, Unreadable) as error:
        complain(f"unreadable: {error}")
        return 2
    counts = comparison.counts
    print(json.dumps(counts.as_object()) if options.json else counts.as_table())
    rare = counts.hit_less_than(options.require_each)
    for name in rare:
        complain(f"hit fewer than {options.require_each} times: {name}")
    return 1 if rare or counts.totals["differences"] else 0


if __name__ == "__main__":
    gc.disable()  # nothing here refers back to itself, and a pass over millions of rows takes long
    sys.exit(main())
