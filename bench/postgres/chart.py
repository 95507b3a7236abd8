"""The chart: bench/results/postgres.svg. Bars on a logarithmic scale, light and dark."""
import math
from xml.sax.saxutils import escape

from summary import TITLES

LEFT, BAR, GAP, WIDTH, RIGHT = 232, 20, 6, 540, 148
BARS = [  # (text, class, which cells)
    ("row locks in payload order", "slow", lambda c: c["strategy"] == "payload_order"),
    ("SERIALIZABLE, retried", "slow", lambda c: c["strategy"] == "serializable"),
    ("optimistic version, retried", "slow", lambda c: c["strategy"] == "optimistic"),
    ("sorted FOR UPDATE", "slow", lambda c: c["strategy"] == "sorted_locks"),
    ("stored function, best pool", "best", lambda c: c["strategy"] == "function" and c["batch"] == 1 and c["clients"] == 64),
    ("Daybook, single commands", "ours", lambda c: c["system"] == "daybook" and c["batch"] == 1 and c["clients"] == 64),
    ("stored function, batches", "best", lambda c: c["strategy"] == "function" and c["batch"] > 1),
    ("netted batches", "best", lambda c: c["strategy"] == "netted"),
    ("Daybook, best batches", "ours", lambda c: c["system"] == "daybook" and c["batch"] > 1),
]
STYLE = """
text { font: 13px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #24292f }
.ground { fill: #ffffff } .title { font-size: 17px; font-weight: 600 } .panel { font-weight: 600 } .faint { fill: #57606a }
.grid { stroke: #d8dee4 } .slow { fill: #afb8c1 } .best { fill: #336791 } .ours { fill: #2f9e44 } .times { font-weight: 600; fill: #2b8a3e }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .ground { fill: #0d1117 } .faint { fill: #9198a1 } .grid { stroke: #30363d }
.slow { fill: #6e7681 } .best { fill: #6ea8dc } .ours { fill: #40c057 } .times { fill: #69db7c }
}"""


def shown(value):
    if value < 10:
        return f"{value:.1f}"
    if value < 100_000:
        return f"{value:,.0f}"
    return f"{value / 1e6:.2f} million" if value >= 1e6 else f"{value / 1000:,.0f},000"


def draw(summary):
    most = max((cell["rate"] for cell in summary["cells"]), default=10)
    top = math.ceil(math.log10(max(most, 10)))
    x = lambda value: LEFT + WIDTH * max(0.0, math.log10(max(value, 1))) / top  # noqa: E731
    out, y = [], 98
    for name in summary["workloads"]:
        panel, y = _panel(name, summary, x, top, y)
        out += panel
    height, width = y + 6, LEFT + WIDTH + RIGHT
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" \
aria-label="Durable transfers a second, Daybook beside PostgreSQL">
<style>{STYLE}
</style>
<rect class="ground" width="{width}" height="{height}" rx="8"/>
<text class="title" x="24" y="32">Durable transfers a second, Daybook beside PostgreSQL</text>
<text class="faint" x="24" y="53">64 closed-loop clients, or batches over one connection; same machine, same operations. Logarithmic scale.</text>
<text class="faint" x="24" y="72">Grey and blue: PostgreSQL. Green: Daybook, and how many times PostgreSQL's best form (blue).</text>
{chr(10).join(out)}
</svg>
"""


def _panel(name, summary, x, top, y):
    cells = [cell for cell in summary["cells"] if cell["workload"] == name]
    bars = []
    for text, kind, is_wanted in BARS:
        rates = [cell["rate"] for cell in cells if is_wanted(cell)]
        if rates:
            bars.append((text, kind, max(rates)))
    out = [f'<text class="panel" x="24" y="{y + 14}">{escape(TITLES[name][0].upper() + TITLES[name][1:])}</text>']
    y += 26
    bottom = y + len(bars) * (BAR + GAP)
    for power in range(top + 1):
        place = x(10**power)
        out.append(f'<line class="grid" x1="{place:.1f}" x2="{place:.1f}" y1="{y - 2}" y2="{bottom}"/>')
        out.append(f'<text class="faint" x="{place:.1f}" y="{bottom + 15}" text-anchor="middle">{10**power:,}</text>')
    ratio = summary["ratios"][name]
    for text, kind, value in bars:
        out.append(f'<text x="{LEFT - 10}" y="{y + 15}" text-anchor="end">{escape(text)}</text>')
        out.append(f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{max(2.0, x(value) - LEFT):.1f}" height="{BAR}" rx="3"/>')
        times = ratio.get("batch" if "batch" in text else "single") if kind == "ours" else None
        more = f'<tspan class="times" dx="8">× {times["median"]:.1f}</tspan>' if times else ""
        out.append(f'<text class="value" x="{x(value) + 7:.1f}" y="{y + 15}">{shown(value)}{more}</text>')
        y += BAR + GAP
    return out, bottom + 34
