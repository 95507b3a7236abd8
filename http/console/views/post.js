// A form for one entry. Amounts are typed in the asset's units and leave the page in minor units.
import { query, read } from "../api.js";
import { format_amount, parse_amount } from "../amount.js";
import { confirm } from "../command.js";
import { button, h, replace } from "../dom.js";
import { page_head } from "../pieces.js";
import { code_filter } from "../search.js";
import { may_post, session_known } from "../session.js";

const SUGGESTED = 12;
const known = new Map();          // code → account, or null for one that does not exist

async function look_up(code) {
  if (!code) return null;
  if (!known.has(code)) {
    try {
      const { account, asset, scale, type } = await read(`v1/accounts/${encodeURIComponent(code)}`);
      known.set(code, { account, asset, scale, type });
    } catch (error) {
      if (error.status !== 404 && error.status !== 400) throw error;
      return null;
    }
  }
  return known.get(code);
}

export async function post_view() {
  await session_known();
  if (!may_post()) {
    return { title: "Post", node: h("section.state", h("h1", "This token may only read"), h("p", "Posting needs a token with the scope ", h("code", "post"), ".")), refresh_when_back: true };
  }
  const rows = [posting_row("debit"), posting_row("credit")];
  const list = h("div.postings");
  const sums = h("div.sums", { role: "status" });
  const review = h("button.button.primary", { type: "submit" }, "Review …");
  const suggestions = h("datalist#account-codes");
  const reference = text_field("reference", "Reference", "Your business id", 128);
  const description = text_field("description", "Description", "", 256);

  const paint = () => replace(list, rows.map((row, index) => row.node(index, rows.length > 2, () => {
    rows.splice(index, 1);
    paint();
    weigh();
  })));
  const weigh = () => replace(sums, sums_of(rows));
  const add = () => {
    rows.push(posting_row("credit"));
    paint();
    rows.at(-1).focus();
  };
  for (const row of rows) row.changed = weigh;

  const form = h("form.card.form", { novalidate: true, oninput: weigh, onchange: weigh, onsubmit: async (event) => {
    event.preventDefault();
    review.disabled = true;
    await Promise.all(rows.map((row) => row.check()));
    review.disabled = false;
    weigh();
    const wrong = rows.find((row) => !row.ready());
    if (wrong) return wrong.focus();
    const body = { postings: rows.map((row) => row.posting()), ...optional({ reference: reference.value(), description: description.value() }) };
    const { outcome } = await confirm({ title: "Post this entry?", what: body.reference ? `the entry ${body.reference}` : "an entry", verb: "Post",
      path: "v1/entries", body, lines: rows.map((row) => row.line()), details: h("div.sums", sums_of(rows)) });
    // What is still open may have acted: typed text that stays would be posted once more.
    if (outcome === "accepted" || outcome === "open") clear();
  } }, h("div.pad", list,
    h("div.actions", button("Add a posting", add), h("span.muted", "Debits and credits must be equal in each asset.")),
    sums, h("div.pair", reference.node, description.node), suggestions, h("div.actions", review)));
  const clear = () => {
    rows.splice(0, rows.length, posting_row("debit"), posting_row("credit"));
    reference.clear();
    description.clear();
    paint();
    weigh();
  };
  list.addEventListener("focusout", async () => {
    await Promise.all(rows.map((row) => row.learn()));
    weigh();
  });
  list.addEventListener("input", (event) => suggest(event.target, suggestions));

  paint();
  weigh();
  return { title: "Post", node: h("div", page_head("Post an entry", "It is shown once more, and tried without writing, before it is posted."), form) };
}

const optional = (members) => Object.fromEntries(Object.entries(members).filter(([, value]) => value));

function text_field(id, label, placeholder, maxlength) {
  const input = h("input", { type: "text", id, placeholder, maxlength: String(maxlength), autocomplete: "off" });
  return { node: h("div.field", h("label", { for: id }, label), input), value: () => input.value.trim(), clear: () => { input.value = ""; } };
}

let suggested = new AbortController();
async function suggest(input, list) {
  if (!input.classList.contains("account")) return;
  suggested.abort();
  suggested = new AbortController();
  const { signal } = suggested;
  try {
    const found = await read(query("v1/accounts", { ...code_filter(input.value), limit: SUGGESTED }), { signal });
    replace(list, found.data.map((account) => h("option", { value: account.account }, account.asset)));
  } catch {
    // The field works without suggestions.
  }
}

let made = 0;
function posting_row(start_side) {
  const id = `posting-${++made}`;
  const side = h("select", { id: `${id}-side` }, ["debit", "credit"].map((name) => h("option", { value: name, selected: name === start_side }, name)));
  const code = h("input.account", { id: `${id}-account`, type: "text", list: "account-codes", spellcheck: "false", autocapitalize: "off", autocomplete: "off", "aria-describedby": `${id}-account-note` });
  const figure = h("input.num", { id: `${id}-amount`, type: "text", inputmode: "decimal", autocomplete: "off", "aria-describedby": `${id}-amount-note` });
  const code_note = h(`span#${id}-account-note.note`);
  const figure_note = h(`span#${id}-amount-note.note`);
  let account = null;

  const complain = (input, note, text, said = "") => {
    input.setAttribute("aria-invalid", String(Boolean(text)));
    note.className = text ? "note bad" : "note";
    note.textContent = text || said;
  };
  const minor = () => (account ? parse_amount(figure.value, account.scale) : null);
  const learn = async () => {
    const wanted = code.value.trim();
    if (account?.account === wanted) return;
    account = await look_up(wanted);
    complain(code, code_note, wanted && !account ? "There is no such account" : "", account ? `${account.type} in ${account.asset}` : "");
  };
  return {
    learn,
    side: () => side.value,
    account: () => account,
    minor,
    posting: () => ({ account: account.account, side: side.value, amount: String(minor()) }),
    line: () => ({ account: account.account, side: side.value, amount: format_amount(minor(), account.scale), asset: account.asset }),
    ready: () => account !== null && minor() > 0n,
    focus: () => (account ? figure : code).focus(),
    async check() {
      await learn();
      if (!code.value.trim()) complain(code, code_note, "Which account?");
      complain(figure, figure_note, !account || minor() > 0n ? "" : `An amount above 0 with at most ${account.scale} decimals`);
    },
    node: (index, removable, remove) => h("div.posting", { role: "group", "aria-label": `Posting ${index + 1}` },
      h("div.field", h("label", { for: side.id }, "Side"), side),
      h("div.field", h("label", { for: code.id }, "Account"), code, code_note),
      h("div.field", h("label", { for: figure.id }, "Amount"), figure, figure_note),
      removable && h("button.tool.remove", { type: "button", title: "Remove this posting", "aria-label": `Remove posting ${index + 1}`, onclick: remove }, "×")),
  };
}

function sums_of(rows) {
  const sums = new Map();
  for (const row of rows) {
    const [account, minor] = [row.account(), row.minor()];
    if (!account || minor === null) continue;
    const sum = sums.get(account.asset) ?? { scale: account.scale, debit: 0n, credit: 0n };
    sum[row.side()] += minor;
    sums.set(account.asset, sum);
  }
  if (!sums.size) return h("span.muted", "Name the accounts and their amounts.");
  return [...sums].map(([asset, { scale, debit, credit }]) => h("span",
    `Debits ${format_amount(debit, scale)} · credits ${format_amount(credit, scale)} ${asset} `,
    debit === credit ? h("span.tag.good", "Balanced") : h("span.tag.warn", `Out by ${format_amount(debit - credit, scale)}`)));
}
