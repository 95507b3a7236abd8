// Sends a command from a form: tried first without writing, confirmed, then sent under one key until its outcome is known.
import { Problem, send } from "./api.js";
import { format_amount } from "./amount.js";
import { button, h, replace } from "./dom.js";
import { forget, pending, remember } from "./pending.js";
import { account_link, entry_link, words } from "./pieces.js";
import { link } from "./router.js";
import { producer_now } from "./session.js";

export const events = new EventTarget();   // "pending": what is pending may have changed

// Refused for what it is, before it was sequenced.
const MALFORMED = new Set([400, 404, 405, 413, 415, 417, 431]);

/**
 * Opens the dialog; resolves to { outcome, body }: "accepted", "refused", "open" (it was sent, and its outcome is not
 * known), or "none" (it was not sent). While another command is pending, that one is settled instead.
 */
export async function confirm({ details, verb, ...command }) {
  const [earlier] = pending();
  if (!earlier) return new CommandDialog({ ...command, key: new_key(), sends: 0 }, { details, verb }).closed;
  await resume(earlier, "Before another is sent: what became of this one?");
  return { outcome: "none" };
}

/** Takes up a command whose outcome is not known. */
export function resume(command, title = "What became of it?") {
  return new CommandDialog({ ...command, title }, { verb: "Send again" }).closed;
}

/** A UUIDv7: keys that follow each other in time are the cheapest to remember. */
function new_key() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setBigUint64(0, (BigInt(Date.now()) << 16n) | 0x7000n | BigInt(((bytes[6] & 15) << 8) | bytes[7]));
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * Whether a refusal says what became of the command. A seq does: it was decided. Without one, only what is wrong with
 * the command itself does, and only of its first send: a repeat that is refused says nothing of the sends before.
 */
function is_settled_by(error, sends) {
  if (!(error instanceof Problem)) return false;
  return error.body.seq !== undefined || (sends === 1 && error.code !== "" && MALFORMED.has(error.status));
}

class CommandDialog {
  #command;
  #result = { outcome: "none" };
  #is_under_way = false;
  #place = h("div");
  #close = button("Cancel", () => this.#dialog.close(), { kind: "bare" });
  #give_up = button("Give it up", () => this.#alone(() => this.#void()), { hidden: true });
  #submit;
  #dialog;

  constructor(command, { details, verb }) {
    this.#command = command;
    this.#submit = button(verb, () => this.#alone(() => this.#send()), { kind: "primary" });
    this.#dialog = h("dialog.dialog", { "aria-labelledby": "command-title" }, h("h2#command-title", command.title),
      line_table(command), named(command), details, this.#place, h("p.actions", this.#close, this.#give_up, this.#submit));
    this.closed = this.#run();
  }

  #run() {
    document.body.append(this.#dialog);
    this.#dialog.showModal();
    this.#submit.focus();
    if (this.#command.sends) this.#ask_again("It was sent, and its answer did not arrive.");
    else this.#rehearse();
    const over = new AbortController();
    // Whoever closes it while a send is under way does not see the outcome, and may type the same again.
    this.#dialog.addEventListener("cancel", (event) => { if (this.#is_under_way) event.preventDefault(); });
    addEventListener("hashchange", () => { if (!this.#is_under_way) this.#dialog.close(); }, { signal: over.signal });
    return new Promise((resolve) => this.#dialog.addEventListener("close", () => {
      // A browser may let a second Escape through.
      if (this.#is_under_way) return this.#dialog.showModal();
      over.abort();
      this.#dialog.remove();
      events.dispatchEvent(new Event("pending"));
      resolve(this.#result);
    }));
  }

  #say(kind, ...children) {
    replace(this.#place, h(`div.notice${kind}`, { role: "status" }, children));
  }

  // One thing at a time, and the dialog open until it is over.
  async #alone(act) {
    const buttons = [this.#close, this.#give_up, this.#submit];
    this.#is_under_way = true;
    for (const each of buttons) each.disabled = true;
    try {
      if (await this.#may_send()) await act();
    } catch (error) {
      this.#say(".bad", h("strong", "Not sent. "), error.message);
    } finally {
      this.#is_under_way = false;
      for (const each of buttons) each.disabled = false;
      (this.#submit.isConnected ? this.#submit : this.#close).focus();
    }
  }

  // A key is in the scope of its producer: under another it is another key, and the command acts again.
  async #may_send() {
    this.#say("", "Sending …");
    const producer = await producer_now();
    if (!this.#command.sends) this.#command.producer = producer;
    if (producer === this.#command.producer) return true;
    this.#say(".bad", h("strong", "Not sent. "), `It is producer ${this.#command.producer}'s, and your token is producer ${producer}'s: `,
      `from you it would be another command. It waits here for a token of producer ${this.#command.producer}.`);
    return false;
  }

  async #send() {
    const command = this.#command;
    command.sends += 1;
    command.at ??= new Date().toISOString();
    remember(command);
    this.#result = { outcome: "open" };
    try {
      const { body, replayed, seq } = await send(command.path, command.key, command.body);
      this.#settle({ outcome: "accepted", body }, ".good", h("strong", replayed ? "Accepted before" : "Accepted"), " at seq ",
        entry_link(body.id ?? seq), after(body.accounts));
    } catch (error) {
      if (is_settled_by(error, command.sends)) this.#settle({ outcome: "refused" }, ".bad", ...refused(error));
      else this.#ask_again(error.message);
    }
  }

  // Binds the key to a refusal, unless it is decided already: then that is told.
  async #void() {
    const { key } = this.#command;
    try {
      await send(`v1/commands/${encodeURIComponent(key)}/void`, key, {});
      this.#settle({ outcome: "refused" }, ".good", h("strong", "Given up. "), "It has not acted, and under its key it never will.");
    } catch (error) {
      const { seq, outcome } = error.body ?? {};
      if (seq === undefined) return this.#ask_again(error.message);
      const has_acted = outcome === "accepted";
      this.#settle({ outcome: has_acted ? "accepted" : "refused", body: { seq } }, has_acted ? ".warn" : ".good",
        h("strong", has_acted ? "Too late: it has acted" : "It was refused before"), " at seq ", entry_link(seq));
    }
  }

  #ask_again(why) {
    this.#say(".warn", h("strong", "The outcome is not known. "), why, " Sent again it acts once: it has a key. Or give it up, and it never acts. ",
      h("a", { href: link(["keys", this.#command.key]) }, "What became of the key"));
    replace(this.#submit, "Send again");
    replace(this.#close, "Later");
    this.#give_up.hidden = false;
  }

  #settle(result, kind, ...said) {
    forget(this.#command);
    this.#result = result;
    this.#say(kind, ...said);
    replace(this.#close, "Close");
    this.#give_up.remove();
    this.#submit.remove();
  }

  async #rehearse() {
    const { path, key, body, sends } = this.#command;
    const say = (...said) => { if (this.#command.sends === sends && !this.#is_under_way) this.#say(...said); };
    say("", "Trying it without writing …");
    try {
      const tried = await send(`${path}?dry_run=true`, key, body);
      say("", "It would be accepted now. The balances would be:", after(tried.body.accounts));
    } catch (error) {
      say(".bad", ...refused(error));
    }
  }
}

function line_table({ lines }) {
  return lines?.length > 0 && h("div.scroll", h("table.lines", h("thead", h("tr", h("th.wide", { scope: "col" }, "Account"),
    ["Debit", "Credit"].map((name) => h("th.num", { scope: "col" }, name)))), h("tbody", lines.map(({ account, side, amount, asset }) => {
    const figure = [amount, h("span.faint", ` ${asset}`)];
    return h("tr", h("td.code", account), h("td.num", side === "debit" && figure), h("td.num", side === "credit" && figure));
  }))));
}

function named({ body }) {
  const names = [body.reference, body.description].filter(Boolean);
  return names.length > 0 && h("p.muted", names.join(" · "));
}

function refused(error) {
  const pointers = (error.body?.errors ?? []).map(({ pointer, detail }) => h("div", h("code", pointer), ` ${detail}`));
  return [h("strong", error.code ? words(error.code) : error.title || "Refused"), h("div", error.message), pointers];
}

function after(accounts) {
  return accounts?.length > 0 && h("table", h("tbody", accounts.map((account) => h("tr",
    h("td.code", account_link(account.account)), h("td.num", format_amount(account.balance, account.scale), h("span.faint", ` ${account.asset}`))))));
}
