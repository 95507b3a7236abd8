// The totals of each asset, by type of account: debits and credits must be equal.
import { query, read } from "../api.js";
import { format_amount, format_count } from "../amount.js";
import { csv_button } from "../csv.js";
import { h } from "../dom.js";
import { card, empty, entry_link, page_head } from "../pieces.js";
import { link } from "../router.js";

const TYPES = ["asset", "expense", "liability", "equity", "income"];

export async function trial_balance_view({ query: { as_of_seq }, signal }) {
  const found = await read(query("v1/trial-balance", { as_of_seq }), { signal });
  const field = h("input.short", { type: "text", id: "as-of", inputmode: "numeric", pattern: "[0-9,]+", value: as_of_seq ?? "", placeholder: "now", autocomplete: "off" });
  const form = h("form.filters.inline", { onsubmit: (event) => {
    event.preventDefault();
    location.hash = link(["trial-balance"], { as_of_seq: field.value.replaceAll(",", "").trim() });
  } }, h("label", "As of seq ", field), h("button.button", "Show"),
  csv_button(`trial_balance_${found.as_of_seq}`, ["asset", "type", "debit", "credit"], () => found.data.flatMap(csv_rows)));

  const verdict = found.is_balanced ? h("span.tag.good", "Balanced") : h("span.tag.bad", "Out of balance");
  const node = h("div", page_head("Trial balance", [verdict, " As record ", entry_link(found.as_of_seq), " left the book."], form),
    found.data.length ? h("div.stack", found.data.map((line) => asset_card(line, found.as_of_seq)))
      : card(null, null, empty("This book has no assets yet.")));
  return { title: "Trial balance", node };
}

// What each type of account adds up to: its net stands on one side, in the debits or in the credits.
function rows_of(line) {
  if (!line.types) return [];
  const of = (type) => line.types.find((one) => one.type === type) ?? { type, debits: 0, credits: 0 };
  return TYPES.map(of).map(({ type, debits, credits }) => {
    const net = BigInt(debits) - BigInt(credits);
    return { type, debit: net > 0n ? net : 0n, credit: net < 0n ? -net : 0n };
  });
}

const sum = (rows, side) => rows.reduce((all, row) => all + row[side], 0n);

function csv_rows(line) {
  const plain = (minor) => format_amount(minor, line.scale, { plain: true });
  return [...rows_of(line).map(({ type, debit, credit }) => [line.asset, type, plain(debit), plain(credit)]),
    [line.asset, "posted in all", plain(line.debits), plain(line.credits)]];
}

function asset_card(line, as_of_seq) {
  const rows = rows_of(line);
  const figure = (minor) => (BigInt(minor) ? format_amount(minor, line.scale) : h("span.faint", "–"));
  const count = `${format_count(line.accounts)} ${String(line.accounts) === "1" ? "account" : "accounts"}`;
  const cells = (debit, credit) => [h("td.num", figure(debit)), h("td.num", figure(credit))];
  return h("section.card", h("div.card-head", h("h2", line.asset),
    h("a", { href: link(["accounts"], { asset: line.asset, as_of_seq }) }, count),
    h("div.actions", line.is_balanced ? h("span.tag.good", "Balanced") : h("span.tag.bad", `Out by ${format_amount(BigInt(line.debits) - BigInt(line.credits), line.scale)}`))),
  h("div.scroll", { tabindex: "0", role: "region", "aria-label": `Totals of ${line.asset}` }, h("table.sides", h("caption.visually-hidden", `Trial balance of ${line.asset}`),
    h("thead", h("tr", h("th", { scope: "col" }, rows.length ? "Net, by type" : "Total of"), h("th.num", { scope: "col" }, "Debit"), h("th.num", { scope: "col" }, "Credit"))),
    h("tbody", rows.map(({ type, debit, credit }) => h("tr", h("th", { scope: "row" }, type), cells(debit, credit))),
      rows.length > 0 && h("tr.total", h("th", { scope: "row" }, "Total"), cells(sum(rows, "debit"), sum(rows, "credit")))),
    h("tbody", h("tr.edge", h("th", { scope: "row" }, "Posted in all"), cells(line.debits, line.credits)),
      line.held_debits !== undefined && h("tr.edge", h("th", { scope: "row" }, "Held"), cells(line.held_debits, line.held_credits))))));
}
