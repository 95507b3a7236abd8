// What became of an idempotency key.
import { read } from "../api.js";
import { format_count } from "../amount.js";
import { copy_button, h } from "../dom.js";
import { moment } from "../moment.js";
import { entry_link, facts, outcome_tag, page_head, words } from "../pieces.js";
import { link } from "../router.js";

function form(key = "") {
  const field = h("input#key", { type: "text", value: key, required: true, maxlength: "128", spellcheck: "false", autocapitalize: "off", autocomplete: "off", placeholder: "order-1001" });
  return h("form.filters.inline", { onsubmit: (event) => {
    event.preventDefault();
    if (field.value) location.hash = link(["keys", field.value]);
  } }, h("label", "Idempotency key ", field), h("button.button.primary", "Look up"));
}

export async function keys_view() {
  return { title: "Keys", node: h("div", page_head("Outcome of a key", "Every command has a key, and a key acts once. Ask what became of it, at any time."), form()) };
}

const MEANING = {
  accepted: "The command acted, once. Sending it again under this key changes nothing and gets the same answer.",
  rejected: "The command was decided and refused; it changed nothing. The key is bound to this answer: mend the cause, then use a new key.",
  pending: "The command is on its way and not durable yet. Ask again in a moment.",
};

export async function key_view({ parameters: { key }, signal }) {
  const found = await read(`v1/commands/${encodeURIComponent(key)}`, { signal });
  const unseen = found.outcome === "not_seen";
  const node = h("div", page_head(["Key ", h("span.mono", key), copy_button(key, "key")], null, form(key)),
    h("section.card", h("div.card-head", outcome_tag(found.outcome, found.code)),
      h("p.pad", unseen ? not_seen(found) : MEANING[found.outcome] ?? ""),
      !unseen && facts([
        ["Seq", found.seq && entry_link(found.seq)],
        ["Recorded at (UTC)", found.recorded_at && moment(found.recorded_at)],
        ["Reason", found.code && words(found.code)],
        ["What to do", found.detail, "whole"],
      ])));
  return { title: `Key ${key}`, node };
}

function not_seen(found) {
  return ["No command with this key is in the journal up to seq ", h("strong", format_count(found.as_of_seq)), ". A command still on its way may yet arrive; to give it up safely, void the key."];
}
