// Times are RFC 3339 in UTC, and shown so; the reader's own zone is in the hint.
import { h } from "./dom.js";

const LOCAL = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });

/** "2026-11-22T17:11:46.123456Z" is "2026-11-22 17:11:46.123", to the millisecond; the hint has every digit. */
export function moment(text, { parts = "both" } = {}) {
  if (!text) return h("span.faint", "–");
  const found = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/.exec(text);
  if (!found) return h("span", text);
  const fraction = (found[3] ?? "").slice(0, 4);
  const clock = [found[2], fraction && h("span.faint", fraction)];
  return h("time", { datetime: text, title: `${text} (UTC)\n${LOCAL.format(new Date(text))} (here)` },
    parts !== "time" && found[1], parts === "both" && " ", parts !== "date" && clock);
}

/** The last nanosecond of what a date field holds ("2026-11-22"), `days` later; null when it holds no day. */
export function day_end(text, days = 0) {
  const date = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return null;
  date.setUTCDate(date.getUTCDate() + days);
  return `${date.toISOString().slice(0, 10)}T23:59:59.999999999Z`;
}
