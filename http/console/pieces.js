// What the views are made of: headings, facts, links and figures.
import { format_amount, format_count } from "./amount.js";
import { copy_button, h } from "./dom.js";
import { link } from "./router.js";

export function page_head(title, sub, ...actions) {
  return h("header.head", h("div", h("h1", title), sub && h("p.sub", sub)), actions.length > 0 && h("div.actions", actions));
}

/** pairs: [name, value, "whole" or "double"?]; those without a value are left out. */
export function facts(pairs) {
  return h("dl.facts", pairs.filter(([, value]) => value !== null && value !== undefined && value !== false && value !== "")
    .map(([name, value, width]) => h(width ? `div.${width}` : "div", h("dt", name), h("dd", value))));
}

export function card(title, tools, ...body) {
  return h("section.card", title && h("div.card-head", h("h2", title), tools && h("div.actions", tools)), body);
}

export const account_link = (code) => h("a.code", { href: link(["accounts", code]) }, code);
export const entry_link = (id) => h("a", { href: link(["entries", id]) }, format_id(id));

/** A seq with its thousands apart; the member of an atomic stays behind the point. */
export function format_id(id) {
  const [seq, member] = String(id).split(".");
  return member === undefined ? format_count(seq) : `${format_count(seq)}.${member}`;
}

export function amount(minor, scale, asset) {
  return [format_amount(minor, scale), asset && h("span.faint", `\u00a0${asset}`)];
}

/** A cell for a figure; an absent one stays blank. */
export function figure_cell(minor, scale, kind = "") {
  return h(`td.num${kind}`, minor === undefined || minor === null ? "" : format_amount(minor, scale));
}

export function outcome_tag(outcome, code) {
  const kind = { accepted: ".good", rejected: ".bad", pending: ".warn" }[outcome] ?? "";
  return h(`span.tag${kind}`, outcome === "rejected" && code ? words(code) : words(outcome));
}

/** In a table most outcomes are "accepted": only what is not stands out. */
export function outcome_cell(outcome, code) {
  return h("td.nowrap", outcome === "accepted" ? h("span.muted", "accepted") : outcome_tag(outcome, code));
}

/** The same as a heading begins. */
export const title_words = (name) => words(name).replace(/^./, (letter) => letter.toUpperCase());

/** "post_entry" is "post entry": the names of the API, readable. */
export const words = (name) => String(name ?? "").replaceAll("_", " ");

export function copyable(text, what, shown = text) {
  return [shown, copy_button(text, what)];
}

export function empty(...words_of_it) {
  return h("p.empty", words_of_it);
}

/** Earlier and later pages; the newest lines come first, so "later" leads back. */
export function pager(said, { earlier, later, labels = ["Earlier", "Later"] }) {
  const to = (label, address) => (address
    ? h("a.button", { href: address }, label)
    : h("span.button", { role: "link", "aria-disabled": "true" }, label));
  return h("nav.pager", { "aria-label": "Pages" }, h("span", said), h("span.actions", to(labels[1], later), to(labels[0], earlier)));
}

export function go(address) {
  if (!address) return false;
  location.hash = address;
  return true;
}

