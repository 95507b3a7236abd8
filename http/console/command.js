// Sends a command from a form: tried first without writing, confirmed, then sent under one key until its outcome is known.
import { Problem, send } from "./api.js";
import { format_amount } from "./amount.js";
import { button, h, replace } from "./dom.js";
import { account_link, entry_link, words } from "./pieces.js";
import { link } from "./router.js";

const PENDING = "daybook.pending";

/** The command whose outcome is not known: { path, key, body, title }; null when there is none. */
export function pending() {
  try {
    return JSON.parse(sessionStorage.getItem(PENDING));
  } catch {
    return null;
  }
}

function remember(command) {
  if (command) sessionStorage.setItem(PENDING, JSON.stringify(command));
  else sessionStorage.removeItem(PENDING);
}

/** A UUIDv7: keys that follow each other in time are the cheapest to remember. */
function new_key() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setBigUint64(0, (BigInt(Date.now()) << 16n) | 0x7000n | BigInt(((bytes[6] & 15) << 8) | bytes[7]));
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// No answer, or one that says "the same again": whether the command acted is not known.
const is_open = (error) => !(error instanceof Problem) || [0, 408, 409, 429, 500, 502, 503, 504].includes(error.status);

/** Opens the dialog; resolves to the accepted command's body, or null when nothing was done. */
export function confirm({ title, path, body, details, verb }) {
  return run_dialog({ title, details, verb, command: { path, key: new_key(), body, title }, started: false });
}

/** Takes up a command whose outcome is not known. */
export function resume(command) {
  return run_dialog({ title: command.title, details: null, verb: "Send again", command, started: true });
}

function run_dialog({ title, details, verb, command, started }) {
  const place = h("div");
  const actions = h("p.actions");
  const dialog = h("dialog.dialog", { "aria-labelledby": "command-title" }, h("h2#command-title", title), details, place, actions);
  let result = null;
  let sent = started;

  const close = button("Cancel", () => dialog.close(), { kind: "bare" });
  const submit = button(verb, () => act(), { kind: "primary" });
  const say = (kind, ...children) => replace(place, h(`div.notice${kind}`, { role: "status" }, children));

  const act = async () => {
    submit.disabled = true;
    sent = true;
    remember(command);
    say("", "Sending …");
    try {
      const { body, replayed, seq } = await send(command.path, command.key, command.body);
      remember(null);
      result = body;
      say(".good", h("strong", replayed ? "Accepted before" : "Accepted"), " at seq ", entry_link(body.id ?? seq), after(body.accounts));
      finish();
    } catch (error) {
      if (is_open(error)) {
        say(".warn", h("strong", "The outcome is not known. "), error.message, " Send it again: under the same key it acts once. ",
          h("a", { href: link(["keys", command.key]) }, "What became of the key"));
        replace(submit, "Send again");
        submit.disabled = false;
      } else {
        remember(null);
        say(".bad", ...refused(error));
        finish();
      }
    }
  };
  const finish = () => {
    replace(close, "Close");
    submit.remove();
    close.focus();
  };
  const rehearse = async () => {
    say("", "Trying it without writing …");
    try {
      const { body } = await send(`${command.path}?dry_run=true`, command.key, command.body);
      if (!sent) say("", "It would be accepted now.", after(body.accounts));
    } catch (error) {
      if (!sent) say(".bad", ...refused(error));
    }
  };

  replace(actions, close, submit);
  document.body.append(dialog);
  dialog.showModal();
  submit.focus();
  if (started) say(".warn", "This command was sent and its answer did not arrive. Under its key it acts once, however often it is sent.");
  else rehearse();
  addEventListener("hashchange", () => dialog.close(), { once: true });
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(result);
  }));
}

function refused(error) {
  const pointers = (error.body?.errors ?? []).map(({ pointer, detail }) => h("div", h("code", pointer), ` ${detail}`));
  return [h("strong", error.code ? words(error.code) : error.title || "Refused"), h("div", error.message), pointers];
}

function after(accounts) {
  return accounts?.length > 0 && h("table", h("tbody", accounts.map((account) => h("tr",
    h("td.code", account_link(account.account)), h("td.num", format_amount(account.balance, account.scale), h("span.faint", ` ${account.asset}`))))));
}
