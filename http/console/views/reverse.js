// Reverses an entry, or a part of it.
import { read } from "../api.js";
import { format_amount, parse_amount } from "../amount.js";
import { confirm } from "../command.js";
import { h } from "../dom.js";
import { account_link, entry_link, format_id, page_head } from "../pieces.js";
import { link } from "../router.js";
import { may_post, session_known } from "../session.js";

export async function reverse_view({ parameters: { id }, signal }) {
  const entry = await read(`v1/entries/${encodeURIComponent(id)}`, { signal });
  await session_known();
  const part = entry.parts.find((one) => one.id === id) ?? entry.parts[0];
  const may = may_post() && part.postings.length > 0;
  const whole = h("input", { type: "checkbox", id: "whole", checked: true });
  const fields = part.postings.map((posting, index) => h("input.num", { type: "text", inputmode: "decimal", disabled: true, autocomplete: "off",
    "aria-label": `Amount to reverse of posting ${index + 1}, ${posting.account}`, placeholder: format_amount(posting.amount, posting.scale) }));
  whole.addEventListener("change", () => fields.forEach((field) => { field.disabled = whole.checked; }));
  const reference = h("input", { type: "text", id: "reference", maxlength: "128", autocomplete: "off" });
  const description = h("input", { type: "text", id: "description", maxlength: "256", autocomplete: "off" });

  const amounts = () => fields.map((field, index) => (field.value.trim() ? parse_amount(field.value, part.postings[index].scale) : 0n));
  const submit = async (event) => {
    event.preventDefault();
    const here = location.hash;
    const stated = amounts();
    fields.forEach((field, index) => field.setAttribute("aria-invalid", String(!whole.checked && (stated[index] === null || stated[index] < 0n))));
    const wrong = fields.find((field) => field.getAttribute("aria-invalid") === "true");
    if (wrong) return wrong.focus();
    const body = { ...(whole.checked ? {} : { amounts: stated.map(String) }),
      ...(reference.value.trim() && { reference: reference.value.trim() }), ...(description.value.trim() && { description: description.value.trim() }) };
    const { outcome, body: done } = await confirm({ title: `Reverse entry ${format_id(id)}?`, what: `a reversal of entry ${format_id(id)}`, verb: "Reverse",
      path: `v1/entries/${encodeURIComponent(id)}/reverse`, body, lines: whole.checked ? [] : mirror(part.postings, stated),
      details: h("p", whole.checked ? "The mirror image of all that is left of it is posted." : "This is posted.", " Both stay in the journal, linked.") });
    // A link in the dialog may have led elsewhere.
    if (location.hash !== here) return;
    if (outcome === "accepted") location.hash = link(["entries", done.id ?? done.seq]);
    if (outcome === "open") location.hash = link(["entries", id]);
  };

  const node = h("div", page_head(["Reverse entry ", format_id(id)], ["Posts the mirror image of ", entry_link(id), "; nothing is taken out of the journal."]),
    !may ? h("p.notice", "This token may only read, or there is nothing to reverse.")
      : h("form.card.form", { onsubmit: submit }, h("div.scroll", h("table",
        h("thead", h("tr", h("th.wide", { scope: "col" }, "Account"), ["Debit", "Credit"].map((name) => h("th.num", { scope: "col" }, name)),
          h("th.spare", { scope: "col" }, "Asset"), h("th.num", { scope: "col" }, "To reverse"))),
        h("tbody", part.postings.map((posting, index) => h("tr", h("th", { scope: "row" }, account_link(posting.account)),
          h("td.num", posting.side === "debit" && format_amount(posting.amount, posting.scale)),
          h("td.num", posting.side === "credit" && format_amount(posting.amount, posting.scale)),
          h("td.muted.spare", posting.asset), h("td.num", fields[index])))))),
      h("div.pad", h("p.check", whole, h("label", { for: "whole" }, "All that is left of it")),
        h("div.pair", h("div.field", h("label", { for: "reference" }, "Reference"), reference), h("div.field", h("label", { for: "description" }, "Description"), description)),
        h("div.actions", h("button.button.primary", "Review …"), h("a.button.bare", { href: link(["entries", id]) }, "Back")))));
  return { title: `Reverse ${format_id(id)}`, node };
}

function mirror(postings, amounts) {
  return postings.map(({ account, side, asset, scale }, index) => ({ account, side: side === "debit" ? "credit" : "debit", asset, amount: format_amount(amounts[index], scale) }))
    .filter((_, index) => amounts[index] > 0n);
}
