"""The page: bench/results/postgres.md."""
from summary import KINDS, TITLES

SHOWN = {"payload_order": "row locks in payload order", "sorted_locks": "sorted `FOR UPDATE`",
         "optimistic": "optimistic version, retried", "serializable": "`SERIALIZABLE`, retried",
         "function": "one stored function, sorted", "": "single commands"}


def label(cell):
    system = "**Daybook**" if cell["system"] == "daybook" else "PostgreSQL"
    if cell["batch"] > 1:
        how = {"function": "stored function, ", "netted": "netted, "}.get(cell["strategy"], "")
        return f"{system}, {how}batches of {cell['batch']:,}, one connection"
    many = lambda count, what: f"{count} {what}{'s' if count > 1 else ''}"  # noqa: E731
    pool = f" over {many(cell['connections'], 'connection')}" if cell["system"] == "postgres" else ""
    return f"{system}, {SHOWN[cell['strategy']]}, {many(cell['clients'], 'client')}{pool}"


def number(value, digits=0):
    return "–" if value is None else f"{value:,.{digits}f}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---|" + "--:|" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def speed_table(cells):
    rows = []
    for cell in cells:
        rows.append([label(cell), number(cell["rate"], 1 if cell["rate"] < 100 else 0),
                     f"{number(cell['low'])}–{number(cell['high'])}", number(cell["p50_ms"], 2), number(cell["p99_ms"], 2)])
    return table(["", "transfers/s", "lowest–highest", "p50, ms", "p99, ms"], rows)


def cost_table(cells):
    rows = [[label(cell), number(cell["server_cpu_us"], 1), number(cell["driver_cpu_us"], 1), number(cell["per_sync"], 1),
             number(cell["disk_bytes"]), number(cell["written_bytes"])] for cell in cells]
    return table(["", "server CPU, µs", "driver CPU, µs", "transfers a sync", "on disk, bytes", "device, bytes"], rows)


def failure_table(cells):
    rows = []
    for cell in cells:
        per = 1000 / max(1, cell["committed"])
        failed = ", ".join(f"{name}: {times:,}" for name, times in sorted(cell["failures"].items())) or "none"
        rows.append([label(cell), failed, number(sum(cell["failures"].values()) * per), number(cell["deadlocks"]),
                     number(cell["rollbacks"])])
    return table(["", "what clients saw, by SQLSTATE", "tries lost per 1,000 transfers", "deadlocks", "rollbacks"], rows)


def machine_lines(results):
    machine, postgres = results["machine"], results["postgres"]
    settings = ", ".join(f"`{name}={value}`" for name, value in postgres["settings"].items())
    return f"""\
- {machine['cpus']} processors ({machine['cpu_model']}), {machine['memory_gib']} GiB, Linux {machine['kernel']},
  {machine['file_system']}; 4 KiB written and `fdatasync`ed: {machine['fdatasync_us']:.0f} µs median.
- PostgreSQL {postgres['version']}: {settings}.
- Daybook {results['version']}: `daybook serve` as it comes, no options but where."""


def workload_part(name, results, summary):
    cells = [cell for cell in summary["cells"] if cell["workload"] == name]
    pools = results["pools"].get(name, {"tried": {}, "best": "–"})
    tried = ", ".join(f"{size}: {number(rate)}" for size, rate in pools["tried"].items())
    parts = [f"## {TITLES[name][0].upper()}{TITLES[name][1:]}", speed_table(cells),
             f"Pools tried for the stored function with 64 clients, transfers/s: {tried}. The best, {pools['best']}, is used.",
             "What a transfer costs; declines and repeats are in it:", cost_table(cells)]
    failing = [cell for cell in cells if cell["system"] == "postgres" and cell["batch"] == 1 and cell["clients"] == 64]
    return "\n\n".join([*parts, "What failed and was tried again at once, as often as it took:", failure_table(failing)])


def headline_table(summary):
    rows = []
    for line in summary["headlines"]:
        goal = "–" if line["goal"] is None else f"≥ {line['goal']}{'' if line['is_met'] else ', **missed**'}"
        rows.append([f"{TITLES[line['workload']]}: {KINDS[line['kind']]}", f"**{line['median']:.1f}**",
                     f"{line['low']:.1f}–{line['high']:.1f}", goal])
    return table(["Daybook over PostgreSQL", "times", "in each round", "wanted"], rows)


def checks_part(results):
    agreement, duels = results["agreement"], results["duels"]
    double = duels["double_spent"]
    verdict = "gave the same answers and ended with the same balances" if agreement["is_same"] else "**differed**"
    counts = agreement["daybook"]["counts"]
    return f"""\
- 2,000 operations one after the other, on accounts with little money ({counts['accepted']:,} accepted,
  {counts['declined']:,} declined, {counts['replayed']:,} repeats): both {verdict}.
- After every run: each balance is what the accepted answers make it, their sum is unchanged, nobody is below zero, no key was
  accepted twice; in PostgreSQL each account is also the sum of its entries, in Daybook the trial balance is zero.
- Two withdrawals of all there is, at the same moment, {duels['trials']:,} times. Spent twice: read-then-write without a lock
  {double['unlocked']:,} times; the stored function {double['function']:,}; Daybook {double['daybook']:,}."""


def write_report(results, summary):
    options = results["options"]
    before = f"\nBefore, {options['preload']:,} transfers were booked on each side, and no run starts anew." if options["preload"] else ""
    findings = "".join(f"\n- **Failed:** {finding}" for finding in summary["findings"])
    return f"""\
# Daybook beside PostgreSQL

Measured {results['started']} by `bench/compare-postgres`, which anybody can run: the same machine, the same load driver, the same
seeded operations, in turns; {options['runs']} run{'s' if options['runs'] > 1 else ''} of {options['seconds']:g} s each after {options['warm_up']:g} s of warm-up. Medians. Figures drift
from run to run and from machine to machine; the ratios, each taken within one round, are what counts.{before}

{headline_table(summary)}

![Transfers a second, logarithmic](postgres.svg)

The ratios are against PostgreSQL's best forms only; the lock strategies beside them are what most ledgers start with. Its best batches
are *netted*: one call takes all keys and accounts at once, reckons in arrays and writes each account once (`transfer_netted`). A loop over
the stored function is what is usually written, so it is shown as well.

{chr(10).join(workload_part(name, results, summary) + chr(10) for name in summary['workloads'])}
## Whether both did the work

{checks_part(results)}{findings}

## What was compared

A transfer, on both sides: an idempotency key bound in the same commit, a funds check, two balances, a record with two entries, and
an answer only after it is durable. 5 % of the operations are repeats and get the first answer again; 2 % ask for more than there
is and are declined, which is recorded. Only accepted transfers count as throughput.

- Clients are closed loops: each has one command under way and asks for the next when it is answered. They are multiplexed, as an
  application server does it: PostgreSQL's over a pool of connections, Daybook's over connections with at most 32 messages each.
  One driver process on one thread serves them all; both are reached over a Unix socket (Daybook: `ipc://`).
- PostgreSQL: prepared statements in the binary protocol, no foreign keys, one index a table, room for HOT updates. The statements
  are in `bench/postgres/*.sql`. Batches are one statement over arrays, one transaction each, 4 on their way in pipeline mode;
  so are Daybook's batches, in messages.
- PostgreSQL starts each run with empty tables, analysed, after a `CHECKPOINT`; none falls into a run. Daybook starts with an empty
  data directory. Short runs after a checkpoint flatter PostgreSQL: later it writes full pages, and vacuums.
- Syncs are counted by `pg_stat_wal` and as blocks in Daybook's journal, each of which is one commit with an
  `fdatasync` of its own (to see it: `strace -f -c -e trace=fdatasync daybook serve ...`). On disk is what tables,
  indexes and WAL grew by, or the data directory. Device is what the disk was told to write, by anybody, until a checkpoint or
  `sync` afterwards. CPU of short-lived autovacuum workers is not seen.

What favours Daybook: it has one writer and one kind of transaction, decides in memory, and has no SQL; there is no network between
client and server; balances are all it has to look up. What favours PostgreSQL: lean tables, a function that only does this, no
other queries, no replication, hand-made batches over one connection, and a database that was empty a moment ago. And it does what
Daybook does not: any other table and query in the same transaction.

## Measured on

{machine_lines(results)}

## Run it yourself

```
deploy/install-packages --comparison
cmake --preset release && cmake --build --preset release --target daybook compare-postgres-driver
bench/compare-postgres
```

It makes both servers in a temporary directory and throws them away. `--help` has the options: longer runs, one work load, a
book that is not empty.
"""
