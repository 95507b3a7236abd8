// The newest records as they come: a bounded list, painted at most four times a second, that says what it left out.
import { query, read } from "./api.js";
import { button, h, icon, replace } from "./dom.js";
import { format_count } from "./amount.js";
import { card, entry_link, outcome_cell, words } from "./pieces.js";
import { figure, record_time, summary } from "./record.js";
import { events as status, now } from "./status.js";
import { follow } from "./stream.js";

const SHOWN = 60;
const FIRST = 30n;
const EACH_MS = 250;

export function make_tail(signal) {
  const lines = [];             // { record } or { skipped }, newest first; and the row, once it has been painted
  let paused = false;
  let dirty = false;
  const body = h("tbody");
  const said = h("span.faint");
  const toggle_button = button("Pause", () => toggle(), { glyph: "pause", title: "Pause or resume (p)" });
  const table = h("div.scroll.tail", { tabindex: "0", role: "region", "aria-label": "Journal tail" }, h("table",
    h("thead", h("tr", ["Seq", "Time (UTC)", "Kind", "What"].map((name) => h("th", { scope: "col" }, name)),
      h("th.num", { scope: "col" }, "Amount"), h("th", { scope: "col" }, "Outcome"))), body));

  const take = (records, skipped) => {
    if (skipped > 0n) add_skipped(lines, skipped);
    for (const record of records) lines.unshift({ record });
    lines.splice(SHOWN);
    dirty = true;
  };
  const paint = () => {
    if (!dirty || paused) return;
    dirty = false;
    // Only new rows are made: most of those on the page are the ones of a moment ago.
    replace(body, lines.map((line) => { line.row ??= line.record ? record_row(line.record) : skipped_row(line.skipped); return line.row; }));
    replace(said, lines.length ? "" : "Waiting for the next record …");
  };
  const toggle = () => {
    paused = !paused;
    replace(toggle_button, icon(paused ? "play" : "pause"), paused ? "Resume" : "Pause");
    toggle_button.setAttribute("aria-pressed", String(paused));
    replace(said, paused ? "Paused" : "");
    paint();
    return true;
  };

  const timer = setInterval(paint, EACH_MS);
  signal.addEventListener("abort", () => clearInterval(timer));
  const failed = (error) => { if (!signal.aborted) replace(said, error.message); };
  const start = () => {
    if (!now.known || signal.aborted) return false;
    fill(now.head, take, signal).then((from) => follow({ from, take, signal, failed })).catch(failed);
    return true;
  };
  if (!start()) {
    const wait = () => { if (start()) status.removeEventListener("sample", wait); };
    status.addEventListener("sample", wait, { signal });
  }
  return { node: card("Journal", [said, toggle_button], table), toggle };
}

// The records that are there already; resolves to the last of them.
async function fill(head, take, signal) {
  if (head === 0n) return head;
  const from_seq = head > FIRST ? head - FIRST + 1n : 1n;
  const { data } = await read(query("v1/journal", { from_seq, limit: FIRST }), { signal });
  take(data, 0n);
  return data.length ? BigInt(data.at(-1).seq) : head;
}

function add_skipped(lines, skipped) {
  const more = lines[0]?.skipped ? lines.shift().skipped : 0n;
  lines.unshift({ skipped: skipped + more });
}

function record_row(record) {
  return h(`tr${record.outcome === "rejected" ? ".rejected" : ""}`,
    h("td", entry_link(record.seq)),
    h("td", record_time(record, { parts: "time" })),
    h("td.muted", words(record.kind)),
    h("td.what", summary(record)),
    h("td.num", figure(record)),
    outcome_cell(record.outcome, record.code));
}

function skipped_row(skipped) {
  return h("tr.gap", h("td", { colspan: "6" }, `${format_count(skipped)} records not shown: the journal runs faster than this list`));
}
