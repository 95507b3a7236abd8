// Accounts by code, asset, type and state, page by page.
import { query, read } from "../api.js";
import { format_amount, format_count } from "../amount.js";
import { csv_button } from "../csv.js";
import { h } from "../dom.js";
import { account_link, card, empty, figure_cell, go, page_head, pager, words } from "../pieces.js";
import { link } from "../router.js";
import { code_filter } from "../search.js";

const LINES = 50;
const TYPES = ["asset", "liability", "equity", "income", "expense"];
const STATES = ["open", "frozen_debits", "frozen_credits", "frozen", "closed"];

export async function accounts_view({ query: { prefix = "", asset, type, state, as_of_seq, cursor }, signal }) {
  const filters = { ...code_filter(prefix), asset, type, state, as_of_seq };
  const page = await read(query("v1/accounts", { ...filters, limit: LINES, cursor }), { signal });
  const at = (other) => link(["accounts"], { prefix, asset, type, state, as_of_seq, cursor: other });
  const earlier = page.next && at(page.next);
  const later = page.prev ? at(page.prev) : cursor && at(undefined);
  const lines = page.data;
  const filtered = prefix || asset || type || state;

  const node = h("div", page_head("Accounts"),
    h("section.card", h("div.card-head", filter_form({ prefix, asset, type, state, as_of_seq }), h("div.actions", csv(lines))),
      lines.length ? [h("div.scroll", table(lines)),
        pager(`${lines.length} ${lines.length === 1 ? "account" : "accounts"}, as record ${format_count(page.as_of_seq)} left them`, { earlier, later, labels: ["Next", "Previous"] })]
        : filtered ? empty("No account is like that. ", h("a", { href: link(["accounts"]) }, "Show all")) : empty("This book has no accounts yet.")));
  return { title: "Accounts", node, keys: { later: () => go(earlier), earlier: () => go(later) } };
}

function filter_form({ prefix, asset, type, state, as_of_seq }) {
  const code = h("input", { type: "text", id: "prefix", value: prefix, spellcheck: "false", autocapitalize: "off", autocomplete: "off", placeholder: "users" });
  const unit = h("input.short", { type: "text", id: "asset", value: asset ?? "", spellcheck: "false", autocapitalize: "characters", autocomplete: "off", placeholder: "any" });
  const choice = (id, names, chosen) => h("select", { id }, h("option", { value: "" }, "any"),
    names.map((name) => h("option", { value: name, selected: name === chosen }, words(name))));
  const [types, states] = [choice("type", TYPES, type), choice("state", STATES, state)];
  return h("form.filters.inline", { onsubmit: (event) => {
    event.preventDefault();
    location.hash = link(["accounts"], { prefix: code.value.trim(), asset: unit.value.trim(), type: types.value, state: states.value, as_of_seq });
  } }, h("label", "Code ", code), h("label", "Asset ", unit), h("label", "Type ", types), h("label", "State ", states), h("button.button", "Find"));
}

function csv(lines) {
  return csv_button("accounts", ["account", "type", "state", "debits", "credits", "balance", "available", "asset", "version", "as_of_seq"],
    () => lines.map((line) => {
      const plain = (minor) => format_amount(minor, line.scale, { plain: true });
      return [line.account, line.type, line.state, plain(line.debits), plain(line.credits), plain(line.balance), plain(line.available), line.asset, line.version, line.as_of_seq];
    }));
}

function table(lines) {
  const figures = ["Debits", "Credits", "Balance", "Available"];
  return h("table", h("caption.visually-hidden", "Accounts by code"),
    h("thead", h("tr", h("th", { scope: "col" }, "Account"), h("th.spare", { scope: "col" }, "Type"), h("th", { scope: "col" }, "State"),
      figures.map((name, index) => h(index < 2 ? "th.num.spare" : "th.num", { scope: "col" }, name)), h("th", { scope: "col" }, "Asset"))),
    h("tbody", lines.map((line) => h("tr",
      h("th.code", { scope: "row" }, account_link(line.account)),
      h("td.muted.spare", line.type),
      h("td", line.state === "open" ? h("span.muted", "open") : h("span.tag.warn", words(line.state))),
      figure_cell(line.debits, line.scale, ".muted.spare"), figure_cell(line.credits, line.scale, ".muted.spare"),
      figure_cell(line.balance, line.scale, ".strong"), figure_cell(line.available, line.scale),
      h("td.muted", line.asset)))));
}
