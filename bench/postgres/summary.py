"""From runs to what is shown: medians and spread of each cell, ratios against PostgreSQL's best form."""
import statistics

TITLES = {"graph": "10 accounts, any pays any other", "many": "10,000 accounts, any pays any other",
          "hot": "one hot account among 10,000, in every transfer"}
# What we promise: Daybook over PostgreSQL's best form, of single commands and of batches.
GOALS = {"graph": {"single": 6, "batch": 20}, "hot": {"single": 10, "batch": 40}}

KINDS = {"single": "single commands of 64 clients, against the stored function at its best pool",
         "batch": "each one's best batches, PostgreSQL's netted",
         "stored_batch": "each one's best batches, PostgreSQL's a loop over the stored function"}


def rate(run):
    return run["measured"]["accepted"] / run["seconds"]


def _per_transfer(runs, value):
    """Over everything a run booked, its warm-up included; declines and repeats are work as well."""
    found = [value(run) / max(1, run["all"]["accepted"]) for run in runs if value(run) is not None]
    return statistics.median(found) if found else None


def summarise_cell(runs):
    rates = [rate(run) for run in runs]
    failures = {}
    for run in runs:
        for name, times in run["failures"].items():
            failures[name] = failures.get(name, 0) + times
    middle = lambda value: statistics.median(value(run) for run in runs)  # noqa: E731
    return runs[0]["cell"] | {
        "rate": statistics.median(rates), "low": min(rates), "high": max(rates), "runs": len(runs),
        "declined": middle(lambda run: run["measured"]["declined"] / run["seconds"]),
        "replayed": middle(lambda run: run["measured"]["replayed"] / run["seconds"]),
        "p50_ms": middle(lambda run: run["p50_us"] / 1000), "p99_ms": middle(lambda run: run["p99_us"] / 1000),
        "server_cpu_us": _per_transfer(runs, lambda run: run["server_cpu_seconds"] * 1e6),
        "driver_cpu_us": _per_transfer(runs, lambda run: run["driver_cpu_seconds"] * 1e6),
        "written_bytes": _per_transfer(runs, lambda run: run["written_bytes"]),
        "disk_bytes": _per_transfer(runs, lambda run: run["disk_bytes"]),
        "wal_bytes": _per_transfer(runs, lambda run: run.get("wal_bytes")),
        "table_bytes": _per_transfer(runs, lambda run: run.get("table_bytes")),
        "per_sync": 1 / max(1e-9, _per_transfer(runs, lambda run: run["syncs"])),
        "deadlocks": sum(run.get("deadlocks", 0) for run in runs),
        "rollbacks": sum(run.get("rollbacks", 0) for run in runs),
        "failures": failures, "committed": sum(run["all"]["accepted"] for run in runs)}


def is_single(cell):
    return cell["batch"] == 1 and cell["clients"] == 64 and cell["strategy"] in ("", "function")


def _best(runs, system, is_wanted):
    """The best of a repetition: whatever its form."""
    return max((rate(run) for run in runs if run["cell"]["system"] == system and is_wanted(run["cell"])), default=None)


def ratios(runs):
    """Daybook over PostgreSQL's best form, within each repetition: median, lowest, highest."""
    found = {}
    kinds = {"single": is_single, "batch": lambda cell: cell["batch"] > 1,
             "stored_batch": lambda cell: cell["batch"] > 1 and cell["strategy"] != "netted"}
    for kind, is_wanted in kinds.items():
        each = []
        for repetition in sorted({run["repetition"] for run in runs}):
            these = [run for run in runs if run["repetition"] == repetition]
            ours, theirs = _best(these, "daybook", is_wanted), _best(these, "postgres", is_wanted)
            if ours and theirs:
                each.append(ours / theirs)
        if each:
            found[kind] = {"median": statistics.median(each), "low": min(each), "high": max(each)}
    return found


def _headlines(workload, found):
    for kind, what in KINDS.items():
        if kind not in found:
            continue
        value, goal = found[kind], GOALS.get(workload, {}).get(kind)
        wanted = f" (wanted: {goal})" if goal else ""
        yield {"workload": workload, "kind": kind, "goal": goal, "is_met": goal is None or value["median"] >= goal, **value,
               "text": f"{TITLES[workload]}; {what}: Daybook {value['median']:.1f} times PostgreSQL"
                       f" ({value['low']:.1f}–{value['high']:.1f}){wanted}"}


STRATEGIES = ["payload_order", "serializable", "optimistic", "sorted_locks", "function", "netted", ""]


def _place(cell):
    """The story first, then the forms that are compared, side by side."""
    is_compared = cell["strategy"] in ("function", "netted", "")
    return (is_compared, cell["batch"], -cell["clients"], STRATEGIES.index(cell["strategy"]))


def summarise(results):
    names = list(dict.fromkeys(run["cell"]["workload"] for run in results["runs"]))
    summary = {"workloads": names, "cells": [], "ratios": {}, "headlines": [], "findings": []}
    for name in names:
        runs = [run for run in results["runs"] if run["cell"]["workload"] == name]
        cells = [summarise_cell([run for run in runs if run["cell"]["name"] == cell])
                 for cell in dict.fromkeys(run["cell"]["name"] for run in runs)]
        summary["cells"] += sorted(cells, key=_place)
        summary["ratios"][name] = ratios(runs)
        summary["headlines"] += _headlines(name, summary["ratios"][name])
    for run in results["runs"]:
        summary["findings"] += [f"{run['cell']['workload']}, {run['cell']['name']}: {finding}" for finding in run["findings"]]
    for system in ("postgres", "daybook"):
        summary["findings"] += [f"agreement, {system}: {finding}" for finding in results["agreement"][system]["findings"]]
    if not results["agreement"]["is_same"]:
        summary["findings"].append("the same operations one after the other had different answers or balances")
    summary["findings"] += results["duels"]["findings"] + results.get("preload_findings", [])
    return summary
