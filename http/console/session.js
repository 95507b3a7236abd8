// The token of this browser tab, asked for only when the server wants one, and what it may do.
import { events as gateway, read, token } from "./api.js";
import { button, h, icon, replace } from "./dom.js";
import { show } from "./router.js";

let scopes = new Set();
let learned = Promise.resolve();
let asking = false;
let declined = false;             // The pulse of the page would ask again every second.

export const may_post = () => scopes.has("post");

/** Resolves when it is known what this token may do. */
export const session_known = () => learned;

export function start_token(tool, post_link) {
  const paint = () => {
    tool.hidden = !token.get() && !declined;
    replace(tool, icon("key"), token.get() ? "Forget token" : "Enter token");
    post_link.hidden = !may_post();
  };
  const learn = () => {
    declined = false;
    learned = learn_scopes().then((found) => {
      scopes = found;
      paint();
    });
  };
  tool.addEventListener("click", () => {
    if (token.get()) token.set("");
    declined = false;
    show();
  });
  gateway.addEventListener("token_wanted", () => { if (!asking && !declined) ask_token(paint); });
  gateway.addEventListener("token_changed", learn);
  gateway.addEventListener("back", learn);
  learn();
}

/** Whom the gateway takes this tab for, at this moment: the scope of the keys that it sends. */
export async function producer_now() {
  return (await read("v1/limits")).may.producer;
}

async function learn_scopes() {
  try {
    return new Set((await read("v1/limits")).may.scopes);
  } catch {
    return new Set();
  }
}

function ask_token(paint) {
  asking = true;
  declined = true;
  const refused = token.get() !== "";
  const field = h("input#token-text", { type: "password", name: "token", required: true, autocomplete: "off", spellcheck: "false", "aria-describedby": "token-note" });
  const note = refused ? "It may have been withdrawn, or cut when it was copied."
    : "Kept in this tab only, and forgotten when it is closed. Who runs the gateway hands them out.";
  const dialog = h("dialog.dialog", { "aria-labelledby": "token-title" }, h("form", { method: "dialog", onsubmit: () => token.set(field.value.trim()) },
    h("h2#token-title", refused ? "This token is not accepted" : "This server asks for a token"),
    h("div.field", h("label", { for: "token-text" }, "Bearer token"), field, h(`p#token-note.note${refused ? ".bad" : ""}`, note)),
    h("p.actions", button("Not now", () => dialog.close(), { kind: "bare" }), h("button.button.primary", "Use it"))));
  dialog.addEventListener("close", async () => {
    dialog.remove();
    asking = false;
    await learned;
    paint();
    show();
  });
  document.body.append(dialog);
  dialog.showModal();
  field.focus();
}
