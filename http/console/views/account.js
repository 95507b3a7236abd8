// One account: what it is, what it has, and its statement with the running balance, page by page.
import { query, read } from "../api.js";
import { format_amount, format_count, normal_side, to_plot, format_short } from "../amount.js";
import { line_chart } from "../charts.js";
import { csv_button } from "../csv.js";
import { copy_button, h } from "../dom.js";
import { day_end, moment } from "../moment.js";
import { account_link, amount, card, empty, entry_link, facts, figure_cell, go, page_head, pager, words } from "../pieces.js";
import { link } from "../router.js";

const LINES = 50;
const MEANT_TO_GO_BACK = 86_400_000;

export async function account_view({ parameters: { code }, query: { from, to, cursor }, signal }) {
  const path = `v1/accounts/${encodeURIComponent(code)}`;
  const range = { from_time: from && day_end(from, -1), to_time: to && day_end(to) };
  const [account, page] = await Promise.all([
    read(path, { signal }),
    read(query(`${path}/entries`, { ...range, limit: LINES, cursor }), { signal }).catch((error) => before_opening(error, to)),
  ]);
  const at = (other) => link(["accounts", code], { from, to, cursor: other });
  const earlier = page.next && at(page.next);
  const later = page.prev ? at(page.prev) : cursor && at(undefined);

  const chart = h("div.chart");
  const node = h("div.stack",
    page_head([code, copy_button(code, "account code")],
      [account.type, " in ", account.asset, ` · balance on the ${normal_side(account.type)} side · ${words(account.state)} · no. ${format_count(account.account_number)}`],
      account.state !== "open" && h("span.tag.warn", words(account.state))),
    account_facts(account),
    card("Statement", range_form(code, from, to, account, page),
      page.data.length ? [
        page.data.length > 1 && h("div.pad.chart-pad", chart),
        h("div.scroll", statement_table(page)),
        pager(said(page), { earlier, later }),
      ] : empty(from || to ? "Nothing happened to this account in this range." : "Nothing has happened to this account yet.")));
  if (page.data.length > 1) requestAnimationFrame(() => { if (!signal.aborted) draw(chart, page, signal); });
  return { title: code, node, keys: { earlier: () => go(earlier), later: () => go(later) } };
}

// A range that ends before the account was opened has no account, says the gateway; the account itself is there.
function before_opening(error, to) {
  if (to && error.status === 404) return { data: [] };
  throw error;
}

function said(page) {
  return `${page.data.length} ${page.data.length === 1 ? "line" : "lines"}, as record ${format_count(page.as_of_seq)} left the account`;
}

function account_facts(account) {
  const value = (minor) => amount(minor, account.scale);
  const limit = (minor) => (minor === null || minor === undefined ? h("span.faint", "none") : value(minor));
  return h("section.card", facts([
    ["Balance", h("span.figure", value(account.balance), h("span.unit", account.asset)), "double"],
    ["Available", h("span.figure", value(account.available), h("span.unit", account.asset)), "double"],
    ["Debits", value(account.debits)], ["Credits", value(account.credits)],
    ["Held to come in", value(account.held_in)], ["Held to go out", value(account.held_out)],
    ["Minimum", limit(account.min)], ["Maximum", limit(account.max)],
    ["Version", format_count(account.version)], ["Opened at seq", entry_link(account.opened_seq)],
  ]));
}

function range_form(code, from, to, account, page) {
  const day = (id, value) => h("input", { type: "date", id, value: value ?? "" });
  const [first, last] = [day("from", from), day("to", to)];
  return h("form.filters.inline", { onsubmit: (event) => {
    event.preventDefault();
    location.hash = link(["accounts", code], { from: first.value, to: last.value });
  } },
  h("label", "Recorded from ", first), h("label", "to ", last), h("button.button", "Show"),
  (from || to) && h("a.button.bare", { href: link(["accounts", code]) }, "All"),
  csv_button(`statement_${account.account}`, CSV_COLUMNS, () => page.data.map((line) => csv_row(line, page))));
}

const CSV_COLUMNS = ["seq", "recorded_at", "effective_at", "kind", "counter", "reference", "description", "debit", "credit", "held", "balance", "available", "asset"];

function csv_row(line, { scale, asset }) {
  const plain = (minor) => (minor === undefined ? "" : format_amount(minor, scale, { plain: true }));
  return [line.seq, line.recorded_at, line.effective_at, line.kind, line.counter.map((other) => other.account).join(" "), line.reference, line.description,
    plain(line.side === "debit" ? line.amount : undefined), plain(line.side === "credit" ? line.amount : undefined), plain(line.held),
    plain(line.balance), plain(line.available), asset];
}

function statement_table(page) {
  const heads = ["Seq", "Time (UTC)", "What", "Counter account", "Reference"];
  return h("table.statement", h("caption.visually-hidden", "Statement, newest first"),
    h("thead", h("tr", heads.map((name) => h("th", { scope: "col" }, name)),
      ["Debit", "Credit", "Balance"].map((name) => h("th.num", { scope: "col" }, name)))),
    h("tbody", page.data.map((line) => line_row(line, page.scale)),
      h("tr.edge", h("td", { colspan: "7" }, page.next ? "Brought forward" : "Opening balance"), figure_cell(page.opening.balance, page.scale, ".strong"))),
    h("tfoot", h("tr", h("th", { scope: "row", colspan: "5" }, `Sum of ${page.data.length === 1 ? "this line" : `these ${page.data.length} lines`}`),
      figure_cell(sum_of(page.data, "debit"), page.scale), figure_cell(sum_of(page.data, "credit"), page.scale), h("td"))));
}

const sum_of = (lines, side) => lines.reduce((sum, line) => (line.side === side && line.amount !== undefined ? sum + BigInt(line.amount) : sum), 0n);

function line_row(line, scale) {
  const on = (side) => (line.side === side ? line.amount : undefined);
  const held = line.held !== undefined && BigInt(line.held) !== 0n;
  return h("tr",
    h("td", entry_link(line.id ?? line.seq)),
    h("td.nowrap", moment(line.recorded_at), line.effective_at && h("div.faint", { title: `Effective at ${line.effective_at}` }, "effective ", moment(line.effective_at, { parts: "date" }))),
    h("td.what.nowrap", what(line), held && h("div.faint", `held ${format_amount(line.held, scale)}`)),
    h("td.code", counters(line.counter)),
    h("td.code", line.reference, line.description && h("div.faint", line.description)),
    figure_cell(on("debit"), scale), figure_cell(on("credit"), scale),
    h("td.num.strong", format_amount(line.balance, scale),
      line.available !== line.balance && h("div.faint.normal", `available ${format_amount(line.available, scale)}`)));
}

function what(line) {
  if (line.kind === "state_changed") return `now ${words(line.state)}`;
  if (line.reverses) return ["reversal of ", entry_link(line.reverses)];
  if (line.hold) return [words(line.kind), " ", entry_link(line.hold)];
  return words(line.kind);
}

const NAMED = 3;
function counters(all = []) {
  const shown = all.slice(0, NAMED).map((other) => h("div", account_link(other.account)));
  return all.length > NAMED ? [...shown, h("div.faint", `and ${all.length - NAMED} more`)] : shown;
}

// The balance after each line, oldest first, on the page's own figures. An import has a day's worth of years recorded
// within a second: then the effective times, where all lines have them in order, tell more.
function draw(place, page, signal) {
  const lines = [...page.data].reverse();
  const effective = lines.every((line) => line.effective_at) && in_order(lines.map((line) => line.effective_at));
  const apart = Date.parse(lines.at(-1).recorded_at) - Date.parse(lines[0].recorded_at) > MEANT_TO_GO_BACK;
  const time = (line) => Date.parse(effective && !apart ? line.effective_at : line.recorded_at) / 1000;
  const times = effective || apart || time(lines.at(-1)) - time(lines[0]) >= 10;
  const xs = lines.map((line, index) => (times ? time(line) : index));
  line_chart(place, {
    lines: [{ label: "Balance", strong: true, stepped: true }],
    data: [xs, lines.map((line) => to_plot(line.balance, page.scale))],
    format: format_short, height: 140, signal,
    place_name: times ? undefined : (index) => (lines[index] ? format_count(lines[index].seq) : ""),
    name: `Running balance of these ${lines.length} lines, from ${format_amount(page.opening.balance, page.scale)} to ${format_amount(page.closing.balance, page.scale)} ${page.asset}`,
    note: (index) => `seq ${format_count(lines[index].seq)} · ${format_amount(lines[index].balance, page.scale)} ${page.asset}`,
  });
}

const in_order = (texts) => texts.every((text, index) => index === 0 || texts[index - 1] <= text);
