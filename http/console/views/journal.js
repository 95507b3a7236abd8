// The journal page by page, by seq, newest first.
import { query, read } from "../api.js";
import { format_amount, format_count } from "../amount.js";
import { csv_button } from "../csv.js";
import { h } from "../dom.js";
import { card, empty, entry_link, go, outcome_cell, page_head, pager, words } from "../pieces.js";
import { figure, postings_of, record_time, recorded_at, summary, total_of } from "../record.js";
import { link } from "../router.js";

const LINES = 50n;

export async function journal_view({ query: { to_seq }, signal }) {
  const head = BigInt((await read("v1/journal/head", { signal })).seq);
  const last = to_seq && /^\d+$/.test(to_seq) && BigInt(to_seq) < head ? BigInt(to_seq) : head;
  const first = last > LINES ? last - LINES + 1n : 1n;
  const found = head > 0n
    ? await read(query("v1/journal", { from_seq: first, limit: last - first + 1n }), { signal }) : { data: [] };
  const records = found.data.filter((record) => BigInt(record.seq) <= last).reverse();
  const earlier = first > 1n && link(["journal"], { to_seq: first - 1n });
  const later = last < head && link(["journal"], { to_seq: last + LINES < head ? last + LINES : undefined });

  const field = h("input#to-seq.short", { type: "text", inputmode: "numeric", pattern: "[0-9,]+", value: last < head ? String(last) : "", placeholder: "newest", autocomplete: "off" });
  const form = h("form.filters.inline", { onsubmit: (event) => {
    event.preventDefault();
    location.hash = link(["journal"], { to_seq: field.value.replaceAll(",", "").trim() });
  } }, h("label", "Down from seq ", field), h("button.button", "Show"), csv(records, first, last));

  const node = h("div", page_head("Journal", head > 0n ? [`${format_count(head)} records; accepted and rejected`] : null, form),
    card(null, null, records.length ? h("div.scroll", table(records)) : empty("The journal is empty. The first command makes seq 1."),
      records.length > 0 && pager(`${format_count(first)} – ${format_count(last)}`, { earlier, later })));
  return { title: "Journal", node, keys: { earlier: () => go(earlier), later: () => go(later) } };
}

function csv(records, first, last) {
  return csv_button(`journal_${first}_${last}`, ["seq", "recorded_at", "kind", "outcome", "code", "debits", "credits", "amount", "asset", "reference", "description", "key"],
    () => records.map((record) => {
      const total = total_of(record);
      const side = (name) => postings_of(record).filter((posting) => posting.side === name).map((posting) => posting.account ?? posting.account_number).join(" ");
      return [record.seq, recorded_at(record), record.kind, record.outcome, record.code, side("debit"), side("credit"),
        total && total.scale !== undefined ? format_amount(total.amount, total.scale, { plain: true }) : "", total?.asset,
        record.command?.reference, record.command?.description, record.key];
    }));
}

function table(records) {
  return h("table", h("caption.visually-hidden", "Journal records, newest first"),
    h("thead", h("tr", ["Seq", "Time (UTC)", "Kind", "What"].map((name) => h("th", { scope: "col" }, name)),
      h("th.num", { scope: "col" }, "Amount"), h("th", { scope: "col" }, "Reference"), h("th", { scope: "col" }, "Outcome"))),
    h("tbody", records.map((record) => h(`tr${record.outcome === "rejected" ? ".rejected" : ""}`,
      h("td", entry_link(record.seq)),
      h("td.nowrap", record_time(record)),
      h("td.muted.nowrap", words(record.kind)),
      h("td.what", summary(record)),
      h("td.num", figure(record)),
      h("td.code", record.command?.reference ?? ""),
      outcome_cell(record.outcome, record.code)))));
}
