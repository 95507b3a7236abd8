// Line charts in the page's colours, drawn by uPlot. What a chart shows is also on the page as text.
import { h } from "./dom.js";
import { events as theme } from "./theme.js";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const faded = (name, percent) => `color-mix(in srgb, ${colour(name)} ${percent}%, transparent)`;
const in_utc = (seconds) => globalThis.uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC");

function axis(options) {
  return {
    stroke: () => colour("--faint"),
    grid: { stroke: () => colour("--rule"), width: 1 },
    ticks: { show: false },
    font: `11px ${colour("--font")}`,
    gap: 4,
    ...options,
  };
}

function series({ label, strong, stepped }) {
  return {
    label,
    width: strong ? 1.75 : 1.25,
    stroke: () => (strong ? colour("--accent") : colour("--control")),
    fill: strong ? () => faded("--accent", 10) : undefined,
    dash: strong ? undefined : [3, 3],
    points: { show: false },
    paths: stepped ? globalThis.uPlot.paths.stepped({ align: 1 }) : undefined,
  };
}

/**
 * Draws into `place` until `signal` aborts. `lines`: [{ label, strong, stepped }]; `format` writes a figure of the
 * y axis; `note(index)` says what is under the pointer. The x values are seconds, unless
 * `place_name(x)` names whole numbers. Returns a function that takes new data: [xs, ys, …].
 */
export function line_chart(place, { lines, data, format, note, signal, name, height = matchMedia("(max-width: 820px)").matches ? 84 : 112, smallest_top = 1, place_name, window_seconds }) {
  const label = h("div.chart-note", { hidden: true });
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", name);
  const options = {
    width: Math.max(120, place.clientWidth || 320),
    height,
    legend: { show: false },
    tzDate: in_utc,
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6, fill: () => colour("--accent"), stroke: () => colour("--card") } },
    scales: {
      x: { time: !place_name, range: window_seconds ? (_, low, high) => [high - window_seconds, high] : undefined },
      y: { range: (_, low, high) => y_range(low, high, smallest_top) },
    },
    axes: [
      axis({ size: 26, gap: 8, space: 72, grid: { show: false }, ...(place_name ? { incrs: [1, 2, 5, 10, 20], values: (_, ticks) => ticks.map(place_name) } : { values: clock_values }) }),
      axis({ size: (_, values) => 10 + 6.5 * Math.max(3, ...(values ?? []).map((text) => text.length)), space: 30, values: (_, ticks) => ticks.map(format) }),
    ],
    series: [{}, ...lines.map(series)],
    hooks: { setCursor: [(chart) => show_note(chart, label, note)] },
  };
  const chart = new globalThis.uPlot(options, data, place);
  place.append(label);

  const fit = new ResizeObserver(() => {
    const width = Math.floor(place.clientWidth);
    if (width > 0 && width !== chart.width) chart.setSize({ width, height });
  });
  fit.observe(place);
  theme.addEventListener("changed", () => chart.redraw(false), { signal });
  signal.addEventListener("abort", () => {
    fit.disconnect();
    chart.destroy();
  });
  return (next) => chart.setData(next);
}

function y_range(low, high, smallest_top) {
  if (low === null || high === null) return [0, smallest_top];
  const bottom = Math.min(0, low);
  const top = Math.max(high, low >= 0 ? smallest_top : 0);
  const room = (top - bottom) * 0.08;
  return [bottom < 0 ? bottom - room : 0, top + room];
}

const DAY = 86_400;
function clock_values(chart, ticks, axis_index, space, step) {
  return ticks.map((seconds) => {
    const text = new Date(seconds * 1000).toISOString();
    if (step >= DAY) return text.slice(0, 10);
    return step >= 60 ? text.slice(11, 16) : text.slice(11, 19);
  });
}

function show_note(chart, label, note) {
  const index = chart.cursor.idx;
  const text = index === null || index === undefined || chart.cursor.left < 0 ? "" : note(index);
  label.textContent = text;
  label.hidden = !text;
}
