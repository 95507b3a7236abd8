// The field on top: an account by the beginning of its code, a seq, or a key. A combobox with a list of accounts.
import { query, read } from "./api.js";
import { format_amount, format_count } from "./amount.js";
import { h, replace } from "./dom.js";
import { link } from "./router.js";

const SHOWN = 8;

/** The filter of /v1/accounts for what was typed: the account of this code and those below it. */
export const code_filter = (text) => ({ prefix: text.trim().replace(/:+$/, "") });

const REST_MS = 120;

export function start_search(form) {
  const input = form.querySelector("input");
  const list = form.querySelector("ul");
  let choices = [];
  let chosen = -1;
  let asked = new AbortController();
  let timer = 0;

  const close = () => {
    asked.abort();
    clearTimeout(timer);
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const go = (address) => {
    input.value = "";
    close();
    input.blur();
    location.hash = address;
  };
  const choose = (index) => {
    chosen = index;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    list.children[index]?.scrollIntoView({ block: "nearest" });
    if (index >= 0) input.setAttribute("aria-activedescendant", `found-${index}`);
    else input.removeAttribute("aria-activedescendant");
  };
  const paint = () => {
    replace(list, choices.map(({ name, hint, address }, index) => h(`li#found-${index}`,
      { role: "option", "aria-selected": "false", onmousedown: (event) => event.preventDefault(), onclick: () => go(address) },
      h("span", name), h("span.faint", hint))));
    list.hidden = !choices.length;
    input.setAttribute("aria-expanded", String(choices.length > 0));
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
  };
  const look = async () => {
    asked.abort();
    asked = new AbortController();
    const text = input.value.trim();
    if (!text) return close();
    choices = certain(text);
    paint();
    try {
      const { signal } = asked;
      const found = await read(query("v1/accounts", { ...code_filter(text), limit: SHOWN }), { signal });
      if (signal.aborted) return;
      choices = [...found.data.map(account_choice), ...certain(text)];
      paint();
    } catch {
      // What can be said without the server is on the list already.
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, REST_MS);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && choices.length) {
      event.preventDefault();
      choose((chosen + step + (chosen < 0 && step < 0 ? 1 : 0) + choices.length) % choices.length);
    } else if (event.key === "Escape") {
      if (list.hidden) input.blur();
      close();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (chosen >= 0) go(choices[chosen].address);
    else if (text) go(likeliest(text, choices));
  });
}

function account_choice(account) {
  return { name: account.account, hint: `${format_amount(account.balance, account.scale)} ${account.asset}`, address: link(["accounts", account.account]), account: true };
}

const is_seq = (text) => /^[\d,]+$/.test(text);

function certain(text) {
  const seq = text.replaceAll(",", "");
  return [
    is_seq(text) && { name: `Record ${format_count(seq)}`, hint: "seq", address: link(["entries", seq]) },
    { name: `Accounts from “${text}”`, hint: "list", address: link(["accounts"], { prefix: text }) },
    { name: `Outcome of “${text}”`, hint: "key", address: link(["keys", text]) },
  ].filter(Boolean);
}

function likeliest(text, choices) {
  const exact = choices.find((choice) => choice.account && choice.name === text);
  const accounts = choices.filter((choice) => choice.account);
  if (exact) return exact.address;
  if (is_seq(text)) return link(["entries", text.replaceAll(",", "")]);
  return accounts.length === 1 ? accounts[0].address : link(["accounts"], { prefix: text });
}
