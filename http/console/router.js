// Which view an address shows: "#/accounts/users:alice?from=2026-03-01". A view is left before the next is shown;
// its signal then aborts whatever it still waits for.
import { button, h, replace } from "./dom.js";
import { Problem } from "./api.js";

const SLOW_MS = 150;

const routes = [];
let leave = new AbortController();
let shown = null;
let asked = null;    // the address last asked for
let painted = null;  // the address whose page is on the screen
const pressed = [];  // keys for pages that are still coming
const PRESSED_MAX = 16;

/** pattern: "accounts/:code"; make({ parameters, query, signal }) resolves to { title, node, focus?, keys? }. */
export function route(name, pattern, make) {
  routes.push({ name, make, parts: pattern.split("/").filter(Boolean) });
}

export function link(parts, query = {}) {
  const path = parts.map((part) => encodeURIComponent(part).replaceAll("%3A", ":")).join("/");
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return `#/${path}${pairs.length ? `?${new URLSearchParams(pairs)}` : ""}`;
}

function find(hash) {
  const [path, search = ""] = hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/").filter(Boolean).map(decode);
  for (const { name, make, parts: pattern } of routes) {
    if (pattern.length !== parts.length) continue;
    if (!pattern.every((part, index) => part.startsWith(":") || part === parts[index])) continue;
    const parameters = Object.fromEntries(pattern.map((part, index) => [part.slice(1), parts[index]])
      .filter((_, index) => pattern[index].startsWith(":")));
    return { name, make, parameters, query: Object.fromEntries(new URLSearchParams(search)) };
  }
  return null;
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function current() {
  return shown;
}

/** What the page has for a key, "earlier" or "later"; of the next page while that one is coming. */
export function press(name) {
  if (location.hash !== painted) return pressed.length < PRESSED_MAX && pressed.push(name) > 0;
  return shown?.keys?.[name]?.() ?? false;
}

/** The address has changed. Changes that come faster than their events ask for one page, once. */
export function follow() {
  if (location.hash !== asked) show();
}

/** Shows what the address says. With `quiet`, what is on the page stays until the new page is there. */
export async function show({ quiet = false } = {}) {
  leave.abort();
  leave = new AbortController();
  const { signal } = leave;
  asked = location.hash;
  const place = document.getElementById("view");
  const found = find(asked);
  mark(found?.name);
  if (!found) return paint(place, asked, nowhere(), true);
  const slow = setTimeout(() => { if (!quiet) replace(place, loading()); }, SLOW_MS);
  let page;
  try {
    page = await found.make({ parameters: found.parameters, query: found.query, signal });
  } catch (error) {
    if (signal.aborted) return;
    page = { title: "Not shown", node: problem_panel(error, () => show()), failed: error };
  } finally {
    clearTimeout(slow);
  }
  if (!signal.aborted) paint(place, asked, page, !quiet);
}

function mark(name) {
  for (const link of document.querySelectorAll(".side a")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function paint(place, address, page, moved) {
  const first = shown === null;
  shown = page;
  painted = address;
  document.title = page.title === "Daybook" ? "Daybook" : `${page.title} · Daybook`;
  replace(place, page.node);
  place.dataset.shown = address;
  if (moved && !first) to_its_top(place);
  if (pressed.length && location.hash === painted && press(pressed.shift()) === false) pressed.length = 0;
}

function to_its_top(place) {
  scrollTo(0, 0);
  const heading = place.querySelector("h1");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

function loading() {
  return h("div.state", { "aria-busy": "true" }, h("p", "Reading …"));
}

function nowhere() {
  return { title: "No such page", node: h("section.state", h("h1", "There is no such page"),
    h("p", "The address may have been cut. Start from the ", h("a", { href: "#/" }, "overview"), " or search above.")) };
}

const REMEDIES = {
  0: "It is asked again until it answers; this page then comes by itself.",
  401: "Enter a token that the gateway knows.",
  403: "This token may not see it. Ask who runs the gateway for one with the scope or the account prefix.",
  404: "Check the spelling; codes distinguish upper and lower case.",
  429: "Too much at once. Wait a moment.",
  503: "The server is busy or behind. Wait a moment.",
};

/** What went wrong, and what to do about it. */
function problem_panel(error, again) {
  const known = error instanceof Problem;
  const remedy = known ? REMEDIES[error.status] : "This is a mistake in the console. Reload the page; tell its makers if it stays.";
  return h("section.state.problem", { role: "alert" },
    h("h1", known ? error.title || "Not shown" : "The console stumbled"),
    h("p", error.message),
    remedy && h("p.faint", remedy),
    known && error.code && h("p.faint", h("code", error.code), error.status ? ` · ${error.status}` : ""),
    again && h("p.actions", button("Try again", again)));
}
