// How the ledger is now: what it takes in, how long it takes, how far the balances are behind, and the newest records.
import { format_count, format_seconds, format_short } from "../amount.js";
import { line_chart } from "../charts.js";
import { h, replace } from "../dom.js";
import { events as status, history, now } from "../status.js";
import { card, words } from "../pieces.js";
import { link } from "../router.js";
import { make_tail } from "../tail.js";

const WINDOW_SECONDS = 180;

const column = (name) => history.map((point) => point[name]);
const latest = (name) => history.at(-1)?.[name] ?? null;

export async function overview({ signal }) {
  const gauges = [
    make_gauge({
      title: "Throughput", name: "Records a second over the last minutes", unit: "records/s", smallest_top: 10,
      lines: [{ label: "records/s", strong: true, of: "rate" }], format: format_short,
      figure: () => figure_of(latest("rate"), format_short),
      foot: () => (now.known ? ["Head at seq ", h("a", { href: link(["entries", now.head]) }, format_count(now.head))] : ""),
      note: (point) => (point.rate === null ? "" : `${format_short(point.rate)}/s`),
    }, signal),
    make_gauge({
      title: "Command latency", name: "Time from sending a command to its durable answer, over the last minutes", unit: "median", smallest_top: 0.001,
      lines: [{ label: "median", strong: true, of: "command" }, { label: "99 %", of: "command_p99" }], format: format_seconds,
      figure: () => figure_of(latest("command"), format_seconds),
      foot: () => [latest("command_p99") === null ? "No command through this gateway of late" : `99 % within ${format_seconds(latest("command_p99"))}`,
        latest("group") !== null && ` · ${format_short(latest("group"))} ${latest("group") === 1 ? "record" : "records"} a group commit`],
      note: (point) => (point.command === null ? "" : `${format_seconds(point.command)}, 99 % ${format_seconds(point.command_p99)}`),
    }, signal),
    make_gauge({
      title: "Projector lag", name: "How far the balances are behind the journal over the last minutes", unit: "", smallest_top: 0.01,
      lines: [{ label: "lag", strong: true, of: "lag_seconds" }], format: format_seconds,
      figure: () => figure_of(latest("lag_seconds"), format_seconds),
      foot: () => (now.known ? `${format_count(now.lag_records)} ${now.lag_records === 1n ? "record" : "records"} behind the head` : ""),
      note: (point) => (point.lag_seconds === null ? "" : `${format_seconds(point.lag_seconds)}, ${format_short(point.lag_records)} records`),
    }, signal),
  ];
  const rejections = h("div.bars");
  const paint_rejections = () => replace(rejections, rejection_bars(now.rejections));
  const tail = make_tail(signal);

  status.addEventListener("sample", () => {
    for (const gauge of gauges) gauge.paint();
    paint_rejections();
  }, { signal });
  for (const gauge of gauges) gauge.paint();
  paint_rejections();

  const node = h("div", h("h1.visually-hidden", "Overview"),
    h("div.gauges", gauges.map((gauge) => gauge.node)),
    h("div.below", tail.node, card("Rejections by reason", null, rejections)));
  // Charts know their width only once they are on the page.
  requestAnimationFrame(() => { if (!signal.aborted) for (const gauge of gauges) gauge.start(); });
  return { title: "Daybook", node, keys: { p: tail.toggle } };
}

function figure_of(value, format) {
  if (value === null) return ["–", ""];
  const [digits, unit = ""] = format(value).split(" ");
  return [digits, unit];
}

function make_gauge({ title, name, unit, lines, format, figure, foot, note, smallest_top }, signal) {
  const chart = h("div.chart");
  const value = h("p.figure");
  const under = h("p.foot");
  let draw = null;
  const data = () => [column("at"), ...lines.map((line) => column(line.of))];
  return {
    node: h("section.card.gauge", h("h2", title), value, chart, under),
    start() {
      draw = line_chart(chart, { lines, data: data(), format, smallest_top, signal, name, window_seconds: WINDOW_SECONDS, note: (index) => note(history[index] ?? {}) });
    },
    paint() {
      const [digits, own_unit] = figure();
      replace(value, digits, h("span.unit", [own_unit, unit].filter(Boolean).join(" ")));
      replace(under, foot());
      draw?.(data());
    },
  };
}

function rejection_bars(rejections) {
  const reasons = [...rejections].filter(([, count]) => count > 0n).sort(([, a], [, b]) => (b > a ? 1 : b < a ? -1 : 0));
  if (!reasons.length) return h("p.empty", now.known ? "Nothing has been rejected." : "Reading …");
  const all = Number(reasons.reduce((sum, [, count]) => sum + count, 0n));
  return h("ul", reasons.map(([reason, count]) => h("li",
    h("div.line", h("span", words(reason)), h("span", format_count(count))),
    h("progress", { max: all, value: Number(count), "aria-label": `${words(reason)}: ${Math.round(100 * Number(count) / all)} % of the rejections` }))));
}
