"""From canned runs: medians, ratios against PostgreSQL's best form only, and a page and a chart that can be read."""
import pathlib
import sys
import xml.etree.ElementTree as xml

sys.path.insert(0, str(pathlib.Path(sys.argv[1]) / "bench/postgres"))
sys.dont_write_bytecode = True

from chart import draw  # noqa: E402
from report import write_report  # noqa: E402
from summary import summarise  # noqa: E402


def run(repetition, rate, system, strategy="", clients=64, batch=1, workload="graph", findings=()):
    name = f"{system} {strategy} {clients} {batch}"
    return {"cell": {"system": system, "workload": workload, "strategy": strategy, "clients": clients, "connections": 16,
                     "batch": batch, "name": name},
            "repetition": repetition, "seconds": 2.0, "p50_us": 1000, "p99_us": 9000, "failures": {"40P01": 3},
            "measured": {"accepted": rate * 2, "declined": 10, "replayed": 20, "abandoned": 0},
            "all": {"accepted": rate * 3, "declined": 15, "replayed": 30, "abandoned": 0},
            "server_cpu_seconds": 1.5, "driver_cpu_seconds": 0.5, "written_bytes": None, "disk_bytes": rate * 600,
            "syncs": rate, "findings": list(findings)}


def results(runs, is_same=True):
    side = {"findings": [], "counts": {"accepted": 1500, "declined": 400, "replayed": 100}}
    return {"started": "2026-01-01T00:00:00Z", "version": "v", "runs": runs,
            "options": {"runs": 3, "seconds": 2.0, "warm_up": 0.5, "preload": 0, "quick": False},
            "machine": {"cpus": 2, "cpu_model": "m", "memory_gib": 8, "kernel": "k", "file_system": "ext4", "fdatasync_us": 120.0},
            "postgres": {"version": "15.1", "settings": {"fsync": "on"}}, "pools": {"graph": {"best": 16, "tried": {16: 1000}}},
            "agreement": {"postgres": side, "daybook": side, "is_same": is_same},
            "duels": {"trials": 10, "double_spent": {"unlocked": 10, "function": 0, "daybook": 0}, "findings": []}}


def check(condition, what):
    if not condition:
        sys.exit(f"failed: {what}")


runs = []
for repetition, (function, ours) in enumerate([(1000, 8000), (2000, 8000), (1000, 9000)]):
    runs += [run(repetition, function, "postgres", "function"), run(repetition, ours, "daybook"),
             run(repetition, 30, "postgres", "payload_order"), run(repetition, 500, "postgres", "function", clients=1),
             run(repetition, 20_000, "postgres", "function", 1, 100), run(repetition, 30_000, "postgres", "function", 1, 1000),
             run(repetition, 45_000, "postgres", "netted", 1, 8190),
             run(repetition, 600_000, "daybook", "", 1, 1000), run(repetition, 900_000, "daybook", "", 1, 8190)]

summary = summarise(results(runs))
ratios = summary["ratios"]["graph"]
check(ratios["single"] == {"median": 8, "low": 4, "high": 9}, f"single ratios {ratios['single']}")
check(ratios["batch"]["median"] == 20, f"batches against the best batches: {ratios['batch']}")
check(ratios["stored_batch"]["median"] == 30, f"batches against the usual ones: {ratios['stored_batch']}")
check([line["is_met"] for line in summary["headlines"]] == [True, True, True], "8 is at least 6, and 20 at least 20")
check(summary["findings"] == [], "nothing was found")
function = next(cell for cell in summary["cells"] if cell["name"] == "postgres function 64 1")
check((function["rate"], function["low"], function["high"]) == (1000, 1000, 2000), "median, lowest, highest")
check(function["disk_bytes"] == 200 and function["written_bytes"] is None, "bytes a transfer, over all it booked")
check(function["failures"] == {"40P01": 9}, "failures of all runs")

page = write_report(results(runs), summary)
for words in ("**8.0**", "**20.0**", "**30.0**", "row locks in payload order", "40P01: 9", "PostgreSQL 15.1", "1,000–2,000"):
    check(words in page, f"the page says {words}")
check(page.count("missed") == 0, "no goal is missed")

chart = xml.fromstring(draw(summary))
texts = [element.text for element in chart.iter("{http://www.w3.org/2000/svg}text")]
check("Daybook, best batches" in texts and any((text or "").startswith("900,000") for text in texts), "the chart has its bars")

slow = summarise(results([run(0, 1000, "postgres", "function"), run(0, 3000, "daybook")]))
check([line["is_met"] for line in slow["headlines"]] == [False], "3 is not 6")
check("missed" in write_report(results(runs), slow), "a missed goal is said")
bad = summarise(results([run(0, 1000, "postgres", "function", findings=["account 1 is at -5"])], is_same=False))
check(len(bad["findings"]) == 2, f"an audit that failed and a disagreement are findings: {bad['findings']}")
