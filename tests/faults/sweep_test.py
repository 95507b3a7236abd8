"""Some of the fault sweep: calls of a server on its files fail, one in each run, chosen by a seed that changes by the
day. Whatever fails, nothing that was answered is lost, and an error of the journal ends the process without another answer.

usage: sweep_test.py DAYBOOK MODULES [--runs N] [--memory N] [--seed N]
"""
import argparse
import random
import sys
import tempfile
import time

import sweeping
from witness import Failed

# So many are enough to know that something is wrong.
FINDINGS_MAX = 5
parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("binary")
parser.add_argument("modules", help="the folder of the modules that are preloaded")
parser.add_argument("--runs", type=int, default=400)
parser.add_argument("--memory", type=int, default=20, help="how many runs in which an allocation fails")
parser.add_argument("--seed", type=int, default=int(time.time() / 86400))
parser.add_argument("--list", action="store_true", help="print the call sites that were hit")
options = parser.parse_args()
began = time.monotonic()
with tempfile.TemporaryDirectory(prefix="daybook-") as directory:
    try:
        sweep, plan = sweeping.prepared(options.binary, options.modules, directory)
    except Failed as problem:
        sys.exit(f"{problem}")
    cases, allocations = sweeping.cases_of(plan)
    tally = sweeping.Tally()
    chosen = sweeping.choose(cases, options.runs, options.seed)
    chosen += random.Random(options.seed).sample(allocations, options.memory)
    sweeping.run_all(sweep, chosen, tally, after=lambda _: tally.counts["findings"] < FINDINGS_MAX)
if options.list:
    print("\n".join(tally.listing()))
print(f"seed {options.seed}, {len(cases)} cases, {len(allocations)} allocations: {tally}; {time.monotonic() - began:.0f} s")
sys.exit(1 if tally.counts["findings"] else 0)
