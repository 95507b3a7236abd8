"""Which bouts there are: the cells of the tables, and the checks before them."""
from bout import Cell, Workload

STRATEGIES = ["payload_order", "sorted_locks", "optimistic", "serializable"]
POOLS = [2, 4, 8, 16, 32, 64]


def cells_of(workload, pool, chosen):
    """PostgreSQL and Daybook by turns."""
    ours, theirs = [], []
    for clients in ([64] if chosen.preload or workload != "graph" else [64, 16, 1]):
        theirs.append(Cell("postgres", workload, "function", clients, min(pool, clients)))
        ours.append(Cell("daybook", workload, clients=clients))
    for batch in ([100, 1000] if workload == "graph" and not chosen.preload else [1000]):
        theirs.append(Cell("postgres", workload, "function", 1, 1, batch))
        ours.append(Cell("daybook", workload, clients=1, batch=batch))
    theirs += [Cell("postgres", workload, "netted", 1, 1, batch) for batch in (1000, 8190)]
    ours.append(Cell("daybook", workload, clients=1, batch=8190))
    if not chosen.no_strategies and not chosen.preload:
        theirs += [Cell("postgres", workload, strategy, 64, 16) for strategy in STRATEGIES]
    paired = [cell for pair in zip(theirs, ours) for cell in pair]
    longer = theirs if len(theirs) > len(ours) else ours
    return paired + longer[min(len(theirs), len(ours)):]


def best_pool(ring, workload, chosen, say):
    """The pool size at which the stored function books most for 64 clients."""
    tried = {}
    for pool in [8, 16] if chosen.quick else POOLS:
        cell = Cell("postgres", workload.name, "function", 64, pool)
        run = ring.fight(cell, workload, seconds=min(chosen.seconds, 1.5), warm_up=chosen.warm_up)
        tried[pool] = round(run["measured"]["accepted"] / run["seconds"])
    best = max(tried, key=tried.get)
    say(f"  pool for {workload.name}: " + ", ".join(f"{size}: {rate:,}/s" for size, rate in tried.items()) + f"; best {best}")
    return best, tried


def agreement(ring, chosen, say):
    """One client, scarce funds: both must give the same answers in the same order and end with the
    same balances. Then 64 clients, where the order is open: nothing lost, nobody below zero."""
    scarce = Workload("agreement", "scarce funds", "graph", 10, funds=2000)
    ring.plan(scarce, chosen.seed + 1000, 2000)
    found = {}
    for system in ("postgres", "daybook"):
        one = ring.fight(Cell(system, "agreement", "function", 1, 1), scarce, limit=2000)
        many = ring.fight(Cell(system, "agreement", "function", 64, 16), scarce, limit=2000)
        found[system] = {"answers": one["answers_digest"], "balances": one["balances_digest"], "counts": one["all"],
                         "findings": one["findings"] + many["findings"]}
    netted = ring.fight(Cell("postgres", "agreement", "netted", 1, 1, 999), scarce, limit=2000)
    if netted["answers_digest"] != found["postgres"]["answers"]:
        netted["findings"].append("the netted function gave other answers")
    found["postgres"]["findings"] += netted["findings"]
    found["is_same"] = all(found["postgres"][what] == found["daybook"][what] for what in ("answers", "balances", "counts"))
    say(f"  agreement on 2,000 operations one after the other, {found['daybook']['counts']['declined']} of them declined: "
        + ("same answers, same balances" if found["is_same"] else "THEY DIFFER"))
    return found


def duels(ring, chosen, say):
    """Two withdrawals at the same moment, of all there is: how often do both succeed?"""
    trials = 200 if chosen.quick else 1000
    both_want_all = Workload("duels", "duels", "duel", 2 * trials, funds=100)
    ring.plan(both_want_all, chosen.seed + 2000, 2 * trials, amount_max=100, replays=0, declines=0)
    found = {"trials": trials, "double_spent": {}, "findings": []}
    for system, strategy in (("postgres", "unlocked"), ("postgres", "function"), ("daybook", "")):
        run = ring.fight(Cell(system, "duels", strategy, 2, 2), both_want_all, limit=2 * trials, pairs="yes")
        double = run["all"]["accepted"] - trials
        found["double_spent"][strategy or "daybook"] = double
        if strategy != "unlocked":
            found["findings"] += run["findings"]
            if double:
                found["findings"].append(f"{system} {strategy} spent {double} times twice")
    say(f"  of {trials} pairs of withdrawals, spent twice: " + ", ".join(f"{k} {v}" for k, v in found["double_spent"].items()))
    return found
