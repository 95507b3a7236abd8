// Every view shows what the API says, to the digit, and can be used by everybody.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, it } from "node:test";
import { format_amount } from "../../http/console/amount.js";
import { Server, close_browser, eventually, open, screenshot } from "./harness.mjs";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const UNSETTLED = { key: "k-1", producer: 1, path: "v1/entries", title: "Post this entry?", what: "the entry lunch-71", at: "2026-03-01T12:00:00.123Z", sends: 1,
  body: { reference: "lunch-71", description: "Soup" },
  lines: [{ account: "users:alice", side: "debit", amount: "12.34", asset: "USD" }, { account: "users:bob", side: "credit", amount: "12.34", asset: "USD" }] };
const amounts = (minor, scale) => format_amount(minor, scale);

describe("views", () => {
  let server;
  let made;
  let page;
  let places;
  before(async () => {
    server = await Server.start();
    made = await server.fill();
    page = await open(server);
    places = { overview: "#/", accounts: "#/accounts", account: "#/accounts/users:alice", "trial-balance": "#/trial-balance", journal: "#/journal",
      entry: `#/entries/${made.split.seq}`, keys: "#/keys", key: "#/keys/too-much", post: "#/post", reverse: `#/entries/${made.split.seq}/reverse`, missing: "#/accounts/users:nobody" };
  });
  after(async () => {
    await page?.leave();
    await close_browser();
    await server?.end();
  });

  it("the tail moves when an entry is posted, and says what it was", async () => {
    await page.visit("#/");
    const rows = page.locator(".tail tbody tr");
    await rows.first().waitFor();
    const { body } = await server.post({ debit: "users:alice", credit: "users:bob", amount: "777", reference: "seen" });
    await eventually(async () => (await rows.first().textContent()).includes("7.77"), "the new record is on top");
    assert.match(await rows.first().textContent(), new RegExp(`^${Number(body.seq).toLocaleString("en")}.*users:alice.*users:bob.*7\\.77.*USD.*accepted`));
  });

  it("a paused tail stands still, and catches up when it is resumed", async () => {
    await page.visit("#/");
    const top = page.locator(".tail tbody tr").first();
    await top.waitFor();
    const before_it = await top.textContent();
    await page.keyboard.press("p");
    const { body } = await server.post({ debit: "users:alice", credit: "users:bob", amount: "778" });
    await eventually(async () => (await page.locator("#standing").textContent()).includes(Number(body.seq).toLocaleString("en")), "the head has moved");
    assert.equal(await top.textContent(), before_it);
    await page.keyboard.press("p");
    await eventually(async () => (await top.textContent()).includes("7.78"), "the tail has caught up");
  });

  it("a statement shows the API's lines and balances, page by page", async () => {
    await page.visit("#/accounts/users:alice");
    await page.locator(".statement").waitFor();
    let api = await server.get("v1/accounts/users:alice/entries?limit=50");
    const seen = async () => page.locator(".statement tbody tr:not(.edge)").evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText.split("\n")[0].trim())));
    const expected = () => api.data.map((line) => [line.side === "debit" && line.amount ? amounts(line.amount, 2) : "", line.side === "credit" && line.amount ? amounts(line.amount, 2) : "", amounts(line.balance, 2)]);
    assert.deepEqual((await seen()).map((cells) => cells.slice(5)), expected());
    assert.equal(await page.locator(".statement .edge .num").innerText(), amounts(api.opening.balance, 2));
    const sum = (side) => api.data.filter((line) => line.side === side).reduce((all, line) => all + BigInt(line.amount ?? 0), 0n);
    assert.deepEqual(await page.locator(".statement tfoot .num").allInnerTexts(), [amounts(sum("debit"), 2), amounts(sum("credit"), 2)]);
    assert.equal(BigInt(api.opening.balance) + sum("credit") - sum("debit"), BigInt(api.closing.balance), "which lead from the one balance to the other");
    await page.locator("canvas").waitFor();
    assert.match(await page.locator("dl.facts").innerText(), new RegExp(`Balance\\s+${amounts(api.closing.balance, 2)}`));

    api = await server.get(`v1/accounts/users:alice/entries?limit=50&cursor=${api.next}`);
    await page.keyboard.press("[");
    await eventually(async () => JSON.stringify((await seen()).map((cells) => cells.slice(5))) === JSON.stringify(expected()), "the page before is shown");
    await page.keyboard.press("]");
    await eventually(async () => (await seen()).length === 50, "back on the first page");
  });

  it("a range of days is asked for and kept in the address", async () => {
    await page.visit("#/accounts/users:alice");
    await page.locator("#from").fill("2001-01-01");
    await page.locator("#to").fill("2001-12-31");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByText("Nothing happened to this account in this range").waitFor();
    assert.match(page.url(), /from=2001-01-01&to=2001-12-31/);
    const today = new Date().toISOString().slice(0, 10);
    await page.visit(`#/accounts/users:alice?from=${today}`);
    await page.locator(".statement").waitFor();
  });

  it("an amount is shown at its asset's scale", async () => {
    await page.visit("#/accounts/users:alice:btc");
    await page.locator(".statement").waitFor();
    assert.match(await page.locator("dl.facts").innerText(), /1,234,567\.89012345/);
  });

  it("an entry shows its postings, and leads to its accounts, neighbours, key and reversal", async () => {
    const { body: mirror } = await server.write("POST", `v1/entries/${made.split.seq}/reverse`, {}, { key: "undo-77" });
    await page.visit(`#/entries/${made.split.seq}`);
    const postings = await page.locator("table").first().locator("tbody tr").evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim())));
    assert.deepEqual(postings, [["users:alice", "100.00", "", "USD"], ["users:bob", "", "98.50", "USD"], ["income:fees", "", "1.50", "USD"]]);
    const reversal = page.locator(`dd a[href="#/entries/${mirror.id}"]`);
    await reversal.click();
    await page.locator(`dd a[href="#/entries/${made.split.seq}"]`).first().waitFor();
    await page.visit(`#/entries/${made.split.seq}`);
    await page.locator("dd", { hasText: "Dinner, split" }).waitFor();
    await page.keyboard.press("]");
    await page.waitForFunction((seq) => location.hash === `#/entries/${seq}`, String(BigInt(made.split.seq) + 1n));
    await page.keyboard.press("[");
    await page.locator("dd", { hasText: "Dinner, split" }).waitFor();
    await page.locator("table").first().getByRole("link", { name: "users:bob" }).click();
    await page.getByRole("heading", { name: "users:bob" }).waitFor();
  });

  it("keys pressed faster than pages come are not lost, and none acts on the page before", async () => {
    await page.visit(`#/entries/5`);
    await page.evaluate(() => {
      const view = document.getElementById("view");
      globalThis.pages = [];
      new MutationObserver(() => globalThis.pages.push(view.dataset.shown)).observe(view, { attributeFilter: ["data-shown"] });
      for (const key of ["]", "]", "]", "["]) document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    });
    await page.waitForFunction(() => globalThis.pages.length === 4);
    assert.deepEqual(await page.evaluate(() => globalThis.pages), ["#/entries/6", "#/entries/7", "#/entries/8", "#/entries/7"]);
  });

  it("what is typed into a page stays, however fast the address changed before", async () => {
    await page.visit("#/entries/5");
    const typed = await page.evaluate(async () => {
      const field = () => document.querySelector("input#key");
      const at_once = new MutationObserver(() => {
        if (!field()) return;
        field().value = "order-1001";
        at_once.disconnect();
      });
      at_once.observe(document.getElementById("view"), { childList: true });
      location.hash = "#/entries/6";
      location.hash = "#/keys";
      await new Promise((resolve) => setTimeout(resolve, 500));
      return field().value;
    });
    assert.equal(typed, "order-1001");
  });

  it("a key says whether it acted, why not, or that nobody has seen it", async () => {
    await page.visit("#/keys");
    await page.getByLabel("Idempotency key").fill("order-1001");
    await page.keyboard.press("Enter");
    await page.getByText("The command acted, once").waitFor();
    await page.locator(`dd a[href="#/entries/${made.cash_in.seq}"]`).waitFor();
    await page.visit("#/keys/too-much");
    await page.getByText("it changed nothing").waitFor();
    assert.match(await page.locator("#view").innerText(), /insufficient funds/);
    await page.visit("#/keys/nobody-has-sent-this");
    await page.getByText("No command with this key is in the journal").waitFor();
  });

  it("the trial balance adds up, and says the API's totals", async () => {
    await page.visit("#/trial-balance");
    const api = await server.get("v1/trial-balance");
    const card = page.locator("section.card", { has: page.getByRole("heading", { name: "USD" }) });
    const total = await card.locator("tr.total td").allInnerTexts();
    assert.equal(total[0], total[1]);
    const posted = await card.locator("tr", { hasText: "Posted in all" }).locator("td").allInnerTexts();
    const usd = api.data.find((line) => line.asset === "USD");
    assert.deepEqual(posted, [amounts(usd.debits, 2), amounts(usd.credits, 2)]);
  });

  it("accounts are found by code and by asset", async () => {
    await page.visit("#/accounts?prefix=users");
    await page.getByRole("link", { name: "users:alice:btc" }).waitFor();
    assert.deepEqual(await page.locator("tbody th").allInnerTexts(), ["users:alice", "users:alice:btc", "users:bob"]);
    await page.visit("#/accounts?asset=BTC");
    await page.getByRole("link", { name: "vault:btc" }).waitFor();
    assert.deepEqual(await page.locator("tbody th").allInnerTexts(), ["users:alice:btc", "vault:btc"]);
  });

  it("every type and state that is offered is one the API knows", async () => {
    await page.visit("#/accounts");
    for (const [id, schema] of [["type", "AccountType"], ["state", "AccountState"]]) {
      const offered = await page.locator(`#${id} option`).evaluateAll((options) => options.map((option) => option.value).filter(Boolean));
      assert.deepEqual(offered.sort(), (await server.get("openapi.json")).components.schemas[schema].enum.sort());
    }
  });

  it("the journal goes back to its first record", async () => {
    await page.visit("#/journal?to_seq=3");
    await page.locator("tbody tr").first().waitFor();
    assert.deepEqual(await page.locator("tbody tr td:first-child").allInnerTexts(), ["3", "2", "1"]);
  });

  it("what is on the page can be saved as CSV", async () => {
    await page.visit("#/trial-balance");
    const waiting = page.waitForEvent("download");
    await page.getByRole("button", { name: "CSV" }).click();
    const text = fs.readFileSync(await (await waiting).path(), "utf8");
    assert.match(text, /^asset,type,debit,credit\r\n/);
    assert.match(text, /BTC,asset,1234567\.89012345,0\.00000000\r\n/);
  });

  it("everything can be reached with the keyboard alone", async () => {
    await page.goto(`${server.address}/`);
    await page.locator(".tail tbody tr").first().waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.id), "skip");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "content");
    await page.keyboard.press("/");
    assert.equal(await page.evaluate(() => document.activeElement.id), "search-text");
    await page.keyboard.type("users");
    await page.locator("#search-list li").nth(2).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "users:alice" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.tagName), "H1");
    for (const [keys, heading] of [["ga", "Accounts"], ["gt", "Trial balance"], ["gj", "Journal"], ["gk", "Outcome of a key"], ["gp", "Post an entry"]]) {
      await page.keyboard.type(keys);
      await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
    }
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    for (let steps = 0; steps < 30; steps += 1) {
      await page.keyboard.press("Tab");
      const seen = await page.evaluate(() => {
        const style = getComputedStyle(document.activeElement);
        return document.activeElement === document.body || style.outlineStyle !== "none";
      });
      assert.ok(seen, "what has the focus shows it");
    }
  });

  it("the theme is the system's, until another is chosen", async () => {
    const dark = await open(server, { colorScheme: "dark" });
    const theme = () => dark.evaluate(() => document.documentElement.dataset.theme);
    assert.equal(await theme(), "dark");
    await dark.locator("#theme").click();
    assert.equal(await theme(), "light");
    await dark.reload();
    assert.equal(await theme(), "light");
    await dark.leave();
  });

  for (const colorScheme of ["light", "dark"]) {
    it(`axe finds nothing to object to in any view, ${colorScheme}`, async () => {
      for (const width of [1440, 390]) {
        const objections = [];
        const one = await open(server, { colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
        const look = async (name) => {
          await screenshot(one, `${name}-${width}-${colorScheme}`);
          await one.evaluate(AXE);
          const { violations } = await one.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
          objections.push(...violations.map(({ id, nodes }) => `${name} ${width}: ${id} at ${nodes[0].html}: ${nodes[0].failureSummary}`));
          if (!await one.evaluate(() => document.documentElement.scrollWidth <= innerWidth)) objections.push(`${name} is wider than ${width} px`);
        };
        for (const [name, place] of Object.entries(places)) {
          await one.visit(place);
          await one.locator("#view h1").first().waitFor();
          await one.waitForFunction(() => !document.querySelector("#view [aria-busy='true']"));
          if (name === "overview") await one.locator(".tail tbody tr").first().waitFor();
          await look(name);
        }
        await one.evaluate((command) => sessionStorage.setItem("daybook.pending", JSON.stringify([command])), UNSETTLED);
        await one.reload();
        await one.getByRole("button", { name: "Settle it" }).waitFor();
        await look("unsettled");
        await one.getByRole("button", { name: "Settle it" }).click();
        await one.getByRole("dialog").waitFor();
        await look("settle");
        assert.deepEqual(objections, []);
        await one.leave();
      }
    });
  }

  it("nothing on the page breaks the policy or throws", () => {
    assert.deepEqual(page.complaints, []);
  });
});
