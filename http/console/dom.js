// Makes and changes elements without markup in strings, so that nothing a producer wrote can become script.

/** h("td.amount", { title: "…" }, child, …): attributes that start with "on" listen, the others are set. */
export function h(spec, ...rest) {
  const [, tag, id, classes] = /^([a-z0-9-]+)?(?:#([\w-]+))?((?:\.[\w-]+)*)$/.exec(spec);
  const node = document.createElement(tag || "div");
  if (id) node.id = id;
  if (classes) node.className = classes.slice(1).replaceAll(".", " ");
  return fill(node, rest);
}

const SVG = "http://www.w3.org/2000/svg";
function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function fill(node, rest) {
  for (const part of rest.flat(Infinity)) {
    if (part === null || part === undefined || part === false) continue;
    if (part instanceof Node) node.append(part);
    else if (typeof part === "object") attributes(node, part);
    else node.append(String(part));
  }
  return node;
}

function attributes(node, values) {
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
}

export function replace(node, ...children) {
  node.replaceChildren();
  return fill(node, children);
}

const PATHS = {
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  done: "M3 8.5l3.2 3.2L13 4.8",
  sun: "M8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1M8 5.2a2.8 2.8 0 100 5.6 2.8 2.8 0 000-5.6z",
  moon: "M13.2 9.6A5.6 5.6 0 016.4 2.8a5.6 5.6 0 106.8 6.8z",
  auto: "M8 2a6 6 0 100 12A6 6 0 008 2zM8 2v12M8 5h4.6M8 8h6M8 11h4.6",
  search: "M7 2.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9zM10.4 10.4L14 14",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M5 3.2l7.5 4.8L5 12.8z",
  earlier: "M9.8 3.5L5.2 8l4.6 4.5",
  later: "M6.2 3.5L10.8 8l-4.6 4.5",
  download: "M8 2.5v7.5M4.8 7L8 10.2 11.2 7M2.8 13.5h10.4",
  key: "M5 6.2a2.8 2.8 0 102.6 3.8H14v-2H7.6A2.8 2.8 0 005 6.2zM12 10v2",
};

/** A line drawing of 16 × 16; it says nothing to a screen reader, the words beside it do. */
export function icon(name) {
  return svg("svg", { viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: PATHS[name] }));
}

export function button(label, onclick, options = {}) {
  const { glyph, kind = "", ...others } = options;
  return h(`button.button${kind ? `.${kind}` : ""}`, { type: "button", onclick, ...others }, glyph && icon(glyph), label);
}

/** A button that copies `text` and says so for a moment. */
export function copy_button(text, what) {
  const name = `Copy ${what}`;
  const node = h("button.copy", { type: "button", title: name, "aria-label": name }, icon("copy"));
  node.addEventListener("click", async () => {
    const done = await copy(String(text));
    node.classList.toggle("done", done);
    replace(node, icon(done ? "done" : "copy"));
    node.setAttribute("aria-label", done ? "Copied" : "Copying is not allowed here");
    setTimeout(() => {
      node.classList.remove("done");
      replace(node, icon("copy"));
      node.setAttribute("aria-label", name);
    }, 1200);
  });
  return node;
}

// The clipboard interface exists only on HTTPS and loopback; a selection works everywhere.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h("textarea.visually-hidden", { "aria-hidden": "true" }, text);
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
