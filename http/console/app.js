// Puts the page together: views, search, shortcuts, theme, token, and what is always on screen.
import { events as gateway, is_away, token } from "./api.js";
import { format_count, format_seconds } from "./amount.js";
import { events as commands, resume } from "./command.js";
import { button, h, replace } from "./dom.js";
import { moment } from "./moment.js";
import { pending } from "./pending.js";
import { current, follow, link, press, route, show } from "./router.js";
import { start_search } from "./search.js";
import { help_dialog, start_shortcuts } from "./shortcuts.js";
import { events as status, now, start_status } from "./status.js";
import { next_theme, start_theme } from "./theme.js";
import { start_token } from "./session.js";
import { account_view } from "./views/account.js";
import { accounts_view } from "./views/accounts.js";
import { entry_view } from "./views/entry.js";
import { journal_view } from "./views/journal.js";
import { key_view, keys_view } from "./views/keys.js";
import { overview } from "./views/overview.js";
import { post_view } from "./views/post.js";
import { reverse_view } from "./views/reverse.js";
import { trial_balance_view } from "./views/trial_balance.js";

route("overview", "", overview);
route("accounts", "accounts", accounts_view);
route("accounts", "accounts/:code", account_view);
route("trial-balance", "trial-balance", trial_balance_view);
route("journal", "journal", journal_view);
route("journal", "entries/:id", entry_view);
route("journal", "entries/:id/reverse", reverse_view);
route("keys", "keys", keys_view);
route("keys", "keys/:key", key_view);
route("post", "post", post_view);

const by_id = (id) => document.getElementById(id);
const say = (text) => replace(by_id("spoken"), text);

function paint_standing() {
  const away = is_away();
  const behind = now.lag_seconds > 1;
  const lamp = away ? ".bad" : behind ? ".warn" : "";
  const words = away ? "No answer" : !now.known ? "Connecting …" : null;
  replace(by_id("standing"), h(`span.lamp${lamp}`),
    words ?? [h("span.optional", "Head"), h("a", { href: link(["entries", now.head]), title: "The newest record" }, format_count(now.head)),
      h("span.optional", { title: "How far the balances are behind the journal" }, behind ? `balances ${format_seconds(now.lag_seconds)} behind` : "balances current")]);
}

function paint_away() {
  const banner = by_id("banner");
  banner.hidden = !is_away();
  replace(banner, is_away() && [h("span.lamp.bad"), "The server does not answer. What you see may be old; the page goes on by itself when it is back."]);
  paint_standing();
}

// On every page: who does not see it types the same again.
function paint_pending() {
  const all = pending();
  by_id("pending").hidden = all.length === 0;
  replace(by_id("pending"), all.map((command) => h("div.notice.warn.action",
    h("span", h("strong", "A command of yours has no known outcome: "), `${command.what}, sent at `, moment(command.at), " UTC. Until it is settled nothing else is sent."),
    button("Settle it", () => resume(command)))));
}

gateway.addEventListener("away", paint_away);
gateway.addEventListener("back", () => {
  paint_away();
  say("The server is back.");
  if (current()?.failed || current()?.refresh_when_back) show({ quiet: true });
});
status.addEventListener("sample", paint_standing);

by_id("skip").addEventListener("click", (event) => {
  event.preventDefault();
  by_id("content").focus();
});
by_id("help").addEventListener("click", help_dialog);
start_theme(by_id("theme"));
start_token(by_id("token"), by_id("nav-post"));
start_search(by_id("search"));
start_shortcuts({
  "/": () => {
    by_id("search-text").focus();
    by_id("search-text").select();
  },
  "?": help_dialog,
  t: next_theme,
  p: () => current()?.keys?.p?.() ?? false,
  "[": () => press("earlier"),
  "]": () => press("later"),
});
addEventListener("hashchange", follow);
commands.addEventListener("pending", paint_pending);
paint_standing();
paint_pending();
start_status();
show();
