// Keys that act anywhere but in a field; they can be switched off, for who speaks to the computer.
import { button, h } from "./dom.js";

const STORED = "daybook.shortcuts";
const SECOND_KEY_MS = 1500;
const GO = { o: "#/", a: "#/accounts", t: "#/trial-balance", j: "#/journal", k: "#/keys", p: "#/post" };

const LIST = [
  ["/", "Search an account, a seq or a key"],
  ["g o", "Overview"], ["g a", "Accounts"], ["g t", "Trial balance"], ["g j", "Journal"], ["g k", "Keys"],
  ["g p", "Post an entry, where the token may"],
  ["[", "Previous seq, or the page before"], ["]", "Next seq, or the page after"],
  ["p", "Pause or resume the journal's tail"],
  ["t", "Change the theme"],
  ["?", "This list"],
];

let after_g = 0;

function shortcuts_on() {
  return localStorage.getItem(STORED) !== "off";
}

export function start_shortcuts(actions) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
    if (event.key !== "?" && !shortcuts_on()) return;
    if (act(event.key, actions)) event.preventDefault();
  });
}

function act(key, actions) {
  if (performance.now() < after_g && GO[key]) {
    after_g = 0;
    location.hash = GO[key];
    return true;
  }
  after_g = key === "g" ? performance.now() + SECOND_KEY_MS : 0;
  const action = actions[key];
  if (!action) return false;
  return action() !== false;
}

export function help_dialog() {
  const box = h("input", { type: "checkbox", id: "shortcuts-on", checked: shortcuts_on() });
  box.addEventListener("change", () => localStorage.setItem(STORED, box.checked ? "on" : "off"));
  const dialog = h("dialog.dialog", { "aria-labelledby": "help-title" },
    h("h2#help-title", "Keyboard"),
    h("dl.shortcuts", LIST.map(([keys, what]) => h("div",
      h("dt", keys.split(" ").map((key) => h("kbd", key))), h("dd", what)))),
    h("p.check", box, h("label", { for: "shortcuts-on" }, "Single-key shortcuts (\u2018?\u2019 always works)")),
    h("p.actions", button("Close", () => dialog.close(), { kind: "primary", autofocus: true })));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
