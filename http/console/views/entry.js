// One record: its postings or what else it did, what it hangs together with, and the records before and after it.
import { read } from "../api.js";
import { format_amount, format_count } from "../amount.js";
import { copy_button, h } from "../dom.js";
import { moment } from "../moment.js";
import { account_link, card, copyable, entry_link, facts, figure_cell, format_id, go, outcome_tag, page_head, title_words, words } from "../pieces.js";
import { link } from "../router.js";
import { may_post, session_known } from "../session.js";
import { now } from "../status.js";

export async function entry_view({ parameters: { id }, signal }) {
  const entry = await read(`v1/entries/${encodeURIComponent(id)}`, { signal });
  await session_known();
  const seq = BigInt(entry.seq);
  const head = [now.head, BigInt(entry.as_of_seq)].reduce((a, b) => (a > b ? a : b));
  const earlier = seq > 1n && link(["entries", seq - 1n]);
  const later = seq < head && link(["entries", seq + 1n]);
  const step = (address, label) => (address ? h("a.button", { href: address }, label) : h("span.button", { role: "link", "aria-disabled": "true" }, label));
  const key = as_uuid(entry.key);
  const several = entry.parts.length > 1;
  const stated = await Promise.all(entry.parts.map((part) => (part.postings.length ? [] : stated_postings(part, entry, signal))));

  const node = h("div.stack",
    page_head([title_words(entry.kind), " ", format_id(entry.id), copy_button(entry.id, "id")],
      [outcome_tag(entry.outcome, entry.code), "  ", moment(entry.recorded_at), " UTC"],
      step(earlier, "Previous seq"), step(later, "Next seq")),
    entry.parts.map((part, index) => part_card(part, entry, several, stated[index])),
    accounts_card(entry),
    h("section.card", facts([
      ["Producer", String(entry.producer)],
      ["Key, as stored", key && [h("a.mono", { href: link(["keys", key]) }, key), copy_button(key, "key")], "whole"],
      ["Link to this page", h("span.mono", copyable(`${location.origin}${location.pathname}${link(["entries", entry.id])}`, "link")), "whole"],
    ])),
    h("details.card", h("summary", "As the API answers it"), h("pre", JSON.stringify(entry, null, 2))));
  return { title: `${title_words(entry.kind)} ${format_id(entry.id)}`, node, keys: { earlier: () => go(earlier), later: () => go(later) } };
}

// 128 bits: the key itself if it was a UUID, else a hash of it; asked for as a UUID, it is found either way.
const as_uuid = (hex) => hex?.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

function part_card(part, entry, several, stated) {
  const reversible = entry.outcome === "accepted" && part.postings.length > 0 && !part.reverses && may_post();
  return card(several ? [title_words(part.kind), " ", h("a", { href: link(["entries", part.id]) }, format_id(part.id))] : part.postings.length ? "Postings" : "What it did",
    reversible && h("a.button", { href: link(["entries", part.id, "reverse"]) }, "Reverse …"),
    part.postings.length ? h("div.scroll", postings_table(part.postings))
      : [h("p.pad", nothing_posted(part, entry)), stated.length > 0 && h("div.scroll", postings_table(stated))],
    facts([
      ["Reference", part.reference && copyable(part.reference, "reference")],
      ["Description", part.description],
      ["Effective at (UTC)", part.effective_at && moment(part.effective_at)],
      ["Tag", part.tag && h("span.mono", part.tag)],
      ["Reverses", part.reverses && entry_link(part.reverses)],
      ["Reversed by", part.reversed_by?.length > 0 && part.reversed_by.map((id, index) => [index > 0 && ", ", entry_link(id)])],
      ["Hold", part.hold && [entry_link(part.hold.id), ` ${words(part.hold.state)}`]],
      ["Hold remains", part.hold && hold_amount(part, stated, part.hold.remaining)],
      ["Hold captured", part.hold && hold_amount(part, stated, part.hold.captured)],
      ["Hold expires (UTC)", part.hold?.expires_at && moment(part.hold.expires_at)],
    ]));
}

const LOOKED_UP = 12;

// What a command asked for that posted nothing: a hold, or an entry that was rejected. Accounts that do not exist, or
// may not be seen, leave their posting out.
async function stated_postings({ kind, command }, entry, signal) {
  const asked = kind === "place_hold" ? [{ account: command.debit, side: "debit", amount: command.amount }, { account: command.credit, side: "credit", amount: command.amount }]
    : kind === "post_entry" ? command.postings : [];
  const known = new Map((entry.accounts ?? []).map((account) => [account.account, account]));
  const codes = [...new Set(asked.map((posting) => posting.account))].filter((code) => code && !known.has(code)).slice(0, LOOKED_UP);
  await Promise.all(codes.map(async (code) => {
    const account = await read(`v1/accounts/${encodeURIComponent(code)}`, { signal }).catch(() => null);
    if (account) known.set(code, account);
  }));
  return asked.filter((posting) => known.has(posting.account))
    .map((posting) => ({ ...posting, asset: known.get(posting.account).asset, scale: known.get(posting.account).scale }));
}

function hold_amount(part, stated, minor) {
  const [posting] = [...part.postings, ...stated];
  return posting?.scale !== undefined ? [format_amount(minor, posting.scale), h("span.faint", ` ${posting.asset}`)] : minor;
}

function nothing_posted(part, entry) {
  if (entry.outcome === "rejected") return [h("strong.bad", title_words(entry.code)), ". Nothing was posted; the key is bound to this answer."];
  const { command = {} } = part;
  switch (part.kind) {
    case "open_account": return ["Opened ", account_link(command.code), `, ${command.type} in ${command.asset}.`];
    case "define_asset": return `Defined ${command.code} with scale ${command.scale}.`;
    case "set_account_state": return [command.account && account_link(command.account), ` is ${words(command.state)} from here on.`];
    case "set_limits": return ["Replaced the limits", command.account && [" of ", account_link(command.account)], "."];
    case "place_hold": return "Reserved, and not posted until the hold is captured.";
    case "release_hold":
    case "expire_hold": return ["Ended hold ", entry_link(command.hold), "."];
    default: return "It posted nothing.";
  }
}

function postings_table(postings) {
  const on = (posting, side) => (posting.side === side ? posting.amount : undefined);
  return h("table", h("caption.visually-hidden", "Postings"),
    h("thead", h("tr", h("th.wide", { scope: "col" }, "Account"), h("th.num", { scope: "col" }, "Debit"), h("th.num", { scope: "col" }, "Credit"), h("th", { scope: "col" }, "Asset"))),
    h("tbody", postings.map((posting) => h("tr", h("th", { scope: "row" }, account_link(posting.account)),
      figure_cell(on(posting, "debit"), posting.scale), figure_cell(on(posting, "credit"), posting.scale), h("td.muted", posting.asset)))),
    h("tfoot", totals(postings).map(({ asset, scale, debit, credit }) => h("tr", h("th", { scope: "row" }, "Total"),
      figure_cell(debit, scale), figure_cell(credit, scale), h("td.muted", asset)))));
}

function totals(postings) {
  const sums = new Map();
  for (const { asset, scale, side, amount } of postings) {
    const sum = sums.get(asset) ?? { asset, scale, debit: 0n, credit: 0n };
    sum[side] += BigInt(amount);
    sums.set(asset, sum);
  }
  return [...sums.values()];
}

function accounts_card(entry) {
  if (!entry.accounts?.length) return null;
  return card("Accounts after it", null, h("div.scroll", h("table", h("caption.visually-hidden", "What the accounts had after this record"),
    h("thead", h("tr", h("th.wide", { scope: "col" }, "Account"), ["Balance", "Available"].map((name) => h("th.num", { scope: "col" }, name)), h("th.num.spare", { scope: "col" }, "Version"), h("th", { scope: "col" }, "Asset"))),
    h("tbody", entry.accounts.map((account) => h("tr", h("th", { scope: "row" }, account_link(account.account)),
      figure_cell(account.balance, account.scale, ".strong"), figure_cell(account.available, account.scale),
      h("td.num.spare", format_count(account.version)), h("td.muted", account.asset)))))));
}
