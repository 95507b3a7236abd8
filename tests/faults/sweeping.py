"""Many runs of the fault sweep at a time, and what they come to."""
import multiprocessing
import os
import random
import signal
from collections import Counter, defaultdict

import calls
from sweep import Sweep

# A run waits more than it works.
AT_ONCE = 3 * (os.cpu_count() or 1)
FINDINGS_SHOWN = 10
# From the failed call to the end of the process; only said where a machine does other things too.
STOPS_IN_MS = 1000
COUNTED = ("runs", "call_sites", "fail_stops", "survived", "not_reached", "losses", "wrong_exits", "findings", "late",
           "most_ms_to_stop", "acknowledged")


def choose(cases, how_many, seed):
    """One of each call site until each has one: first those where an error of the journal must end the server."""
    chance = random.Random(seed)
    sites = defaultdict(list)
    for case in cases:
        sites[case.site].append(case)
    of_each = [chance.sample(some, len(some)) for some in sites.values()]
    chance.shuffle(of_each)
    of_each.sort(key=lambda some: not (some[0].must_stop and some[0].is_of_journal and
                                       some[0].how in ("EIO", "landed")))
    chosen = [some[0] for some in of_each[:how_many]]
    rest = [case for some in of_each for case in some[1:]]
    return chosen + chance.sample(rest, min(len(rest), max(0, how_many - len(chosen))))


class Tally:
    def __init__(self):
        self.counts = Counter(dict.fromkeys(COUNTED, 0))
        self.sites, self.shown = Counter(), []

    def take(self, outcome):
        counts = self.counts
        counts["runs"] += 1
        counts["losses"] += outcome.is_loss
        counts["wrong_exits"] += outcome.is_wrong_exit
        counts["findings"] += bool(outcome.findings)
        counts["late"] += outcome.stopped_after_ms > STOPS_IN_MS
        counts["acknowledged"] += outcome.acknowledged
        counts["most_ms_to_stop"] = max(counts["most_ms_to_stop"], outcome.stopped_after_ms)
        if outcome.hits:
            self.sites[outcome.case.site] += 1
            counts["fail_stops" if outcome.exit_code else "survived"] += 1
        else:
            counts["not_reached"] += 1
        counts["call_sites"] = len(self.sites)
        for finding in outcome.findings:
            self.shown.append(f"{outcome.case.life} life, {outcome.case.text}: {finding}")
            if len(self.shown) <= FINDINGS_SHOWN:
                print(self.shown[-1], flush=True)

    def __str__(self):
        return ", ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in self.counts.items())

    def listing(self):
        """The call sites hit: a line each call and file, with how often by each fault, in both lives."""
        rows = defaultdict(Counter)
        for (_, call, file, how), times in self.sites.items():
            rows[file, call][how] += times
        for (file, call), faults in sorted(rows.items()):
            yield f"  {call:<10} {file:<24} " + " ".join(f"{how} {times}" for how, times in sorted(faults.items()))


def begin(sweep):
    global SWEEP  # pylint: disable=global-statement
    SWEEP = sweep
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # which is how a pool ends them


def run(numbered):
    number, case = numbered
    return SWEEP.run(f"run-{number}", case)


def run_all(sweep, cases, tally, after=lambda outcome: True, at_once=AT_ONCE):
    """`after` hears of each run, and says whether to go on."""
    with multiprocessing.Pool(at_once, begin, (sweep,)) as pool:
        for outcome in pool.imap_unordered(run, enumerate(cases)):
            tally.take(outcome)
            if not after(outcome):
                break


def prepared(binary, modules, place):
    """The sweep, and what there is to fail: how often each call is made in each life, and how many allocations."""
    sweep = Sweep(os.path.abspath(binary), os.path.abspath(modules), place)
    counts = sweep.prepare()
    plan = {life: {"calls": [[*site, most] for site, most in sorted(counts[life].items())],
                   "allocations": sweep.allocations.get(life, 0)} for life in counts}
    return sweep, plan


def cases_of(plan):
    """Every case of a failing call, and every allocation."""
    cases = [case for life, made in plan.items() for call, file, most in made["calls"]
             for case in calls.every_case(life, {(call, file): most})]
    allocations = [calls.NoMemory(life, nth, times) for life, made in plan.items()
                   for nth in range(1, made["allocations"] + 1) for times in ("once", "sticky")]
    return cases, allocations
