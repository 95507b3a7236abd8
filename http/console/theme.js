// Light, dark, or as the system says; remembered by the browser.
import { icon, replace } from "./dom.js";

const STORED = "daybook.theme";
const ORDER = ["auto", "light", "dark"];
const GLYPHS = { auto: "auto", light: "sun", dark: "moon" };
const LABELS = { auto: "as the system", light: "light", dark: "dark" };
const system = matchMedia("(prefers-color-scheme: dark)");

export const events = new EventTarget();   // "changed"

function chosen() {
  const stored = localStorage.getItem(STORED);
  return ORDER.includes(stored) ? stored : "auto";
}

function apply() {
  const choice = chosen();
  const dark = choice === "dark" || (choice === "auto" && system.matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  events.dispatchEvent(new Event("changed"));
}

export function next_theme() {
  localStorage.setItem(STORED, ORDER[(ORDER.indexOf(chosen()) + 1) % ORDER.length]);
  apply();
}

export function start_theme(button) {
  const paint = () => {
    const name = `Theme: ${LABELS[chosen()]}`;
    button.title = `${name} (t)`;
    button.setAttribute("aria-label", name);
    replace(button, icon(GLYPHS[chosen()]));
  };
  button.addEventListener("click", next_theme);
  events.addEventListener("changed", paint);
  system.addEventListener("change", apply);
  apply();
}
