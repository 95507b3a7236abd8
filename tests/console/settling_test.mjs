// A command whose outcome the page does not see at once: nobody can lose it, overlook it, or send the same intent twice.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { Server, close_browser, enter_token, fill_in, make_token, open, screenshot } from "./harness.mjs";

const ENTRIES = "**/v1/entries";
const stored = (page) => page.evaluate(() => JSON.parse(sessionStorage.getItem("daybook.pending")));
const problem = (status, code, more = {}) => ({ status, contentType: "application/problem+json", body: JSON.stringify({ status, code, title: code, detail: code, retry: "never", ...more }) });

/** Posts 1.00 from alice to bob up to the click; `answer` is what then becomes of each request. */
async function post_one(page, answer) {
  const keys = [];
  await page.route(ENTRIES, async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    await answer(route, keys.length);
  });
  await fill_in(page, ["users:alice", "users:bob", "1.00"]);
  await page.getByRole("button", { name: "Review" }).click();
  await page.getByRole("dialog").getByText("It would be accepted now").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Post", exact: true }).click();
  return keys;
}

async function lose_answer(route) {
  await route.fetch();
  return route.abort();
}

describe("a command whose outcome is not seen", () => {
  let server;
  let made;
  let page;
  let had;
  const balance = async () => BigInt((await server.get("v1/accounts/users:bob")).balance);
  const dialog = () => page.getByRole("dialog");
  const press = (name) => dialog().getByRole("button", { name, exact: true }).click();
  const is_unknown = () => dialog().getByText("The outcome is not known").waitFor();
  const notice = () => page.getByText("A command of yours has no known outcome");
  before(async () => {
    server = await Server.start();
    made = await server.fill();
  });
  beforeEach(async () => {
    page = await open(server);
    await page.locator("#nav-post").waitFor();
    had = await balance();
  });
  afterEach(async () => {
    assert.deepEqual(page.complaints, []);
    await page.leave();
  });
  after(async () => {
    await close_browser();
    await server?.end();
  });

  it("while it is under way, neither Cancel nor Escape nor the way back closes its dialog", async () => {
    let let_go;
    const held = new Promise((resolve) => { let_go = resolve; });
    await post_one(page, async (route) => {
      await held;
      await route.continue();
    });
    await dialog().getByText("Sending").waitFor();
    assert.ok(await dialog().getByRole("button", { name: "Cancel" }).isDisabled());
    for (let times = 0; times < 3; times += 1) await page.keyboard.press("Escape");
    await page.evaluate(() => history.back());
    await page.waitForFunction(() => location.hash !== "#/post");
    await page.evaluate(() => history.forward());
    assert.ok(await dialog().isVisible());
    let_go();
    await dialog().getByText("Accepted", { exact: true }).waitFor();
    assert.equal(await balance(), had + 100n);
    assert.equal(await stored(page), null);
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
  });

  it("its form is emptied, every page says so, and nothing else is sent before it is settled", async () => {
    const keys = await post_one(page, (route, times) => (times === 1 ? lose_answer(route) : route.continue()));
    await is_unknown();
    await press("Later");
    await notice().waitFor();
    assert.equal(await page.getByLabel("Amount").first().inputValue(), "");
    for (const place of ["#/", `#/entries/${made.split.seq}/reverse`]) {
      await page.visit(place);
      assert.ok(await notice().isVisible(), place);
    }
    await screenshot(page, "unsettled");
    await page.getByRole("button", { name: "Review" }).click();
    await dialog().getByText("Before another is sent").waitFor();
    assert.equal(await dialog().getByRole("button", { name: "Reverse", exact: true }).count(), 0);
    await press("Send again");
    await dialog().getByText("Accepted before").waitFor();
    await page.keyboard.press("Escape");
    await notice().waitFor({ state: "detached" });
    assert.deepEqual([keys.length, keys[0] === keys[1], await balance()], [2, true, had + 100n]);
  });

  it("the way from its dialog to its key is not turned aside, from the form of a reversal either", async () => {
    const { body } = await server.post({ debit: "users:alice", credit: "users:bob", amount: "300" });
    await page.route("**/reverse", lose_answer);
    await page.visit(`#/entries/${body.seq}/reverse`);
    await page.getByRole("button", { name: "Review" }).click();
    await press("Reverse");
    await is_unknown();
    const [{ key }] = await stored(page);
    await dialog().getByRole("link", { name: "What became of the key" }).click();
    await page.getByText("The command acted, once").waitFor();
    assert.equal(await page.evaluate(() => location.hash), `#/keys/${key}`);
    assert.equal(await balance(), had);
  });

  it("another one does not take its place", async () => {
    const keys = await post_one(page, lose_answer);
    await is_unknown();
    await press("Later");
    await fill_in(page, ["users:alice", "users:bob", "2.00"]);
    await page.getByRole("button", { name: "Review" }).click();
    await dialog().getByText("Before another is sent").waitFor();
    assert.match(await dialog().locator(".lines").innerText(), /1\.00/);
    assert.equal((await stored(page))[0].key, keys[0]);
    assert.equal(await balance(), had + 100n);
  });

  it("what is given up before it arrived never acts", async () => {
    const keys = await post_one(page, (route, times) => (times === 1 ? route.abort() : route.continue()));
    await is_unknown();
    await press("Give it up");
    await dialog().getByText("under its key it never will").waitFor();
    assert.equal(await stored(page), null);
    await page.keyboard.press("Escape");
    assert.equal(await notice().count(), 0);
    const late = await server.post({ debit: "users:alice", credit: "users:bob", amount: "100" }, keys[0]);
    assert.deepEqual([late.status, late.body.code, await balance()], [422, "voided", had]);
  });

  it("what is given up too late says that it has acted", async () => {
    await post_one(page, lose_answer);
    await is_unknown();
    await press("Give it up");
    await dialog().getByText("Too late: it has acted").waitFor();
    assert.equal(await stored(page), null);
    assert.equal(await balance(), had + 100n);
  });

  it("what is refused as malformed is forgotten after its first send, and not after its second", async () => {
    await post_one(page, (route) => route.fulfill(problem(400, "bad_member")));
    await dialog().getByText("bad member").first().waitFor();
    assert.equal(await stored(page), null);
    await page.keyboard.press("Escape");
    await page.unroute(ENTRIES);
    await post_one(page, (route, times) => (times === 1 ? lose_answer(route) : route.fulfill(problem(400, "bad_member"))));
    await is_unknown();
    await press("Send again");
    await is_unknown();
    assert.equal((await stored(page)).length, 1);
  });

  it("an answer without a seq forgets nothing, whoever gave it", async () => {
    for (const answer of [problem(401, "unauthenticated"), problem(403, "forbidden"), problem(422, "idempotency_key_reused"), { status: 400, body: "<html>" }, { status: 503, body: "" }]) {
      await page.evaluate(() => sessionStorage.removeItem("daybook.pending"));
      await post_one(page, (route) => route.fulfill(answer));
      await is_unknown();
      assert.equal((await stored(page)).length, 1, JSON.stringify(answer));
      await press("Later");
      await page.unroute(ENTRIES);
    }
  });

  it("an answer with a seq settles it, also when it is a refusal", async () => {
    await post_one(page, (route) => route.fulfill(problem(422, "insufficient_funds", { seq: "7" })));
    await dialog().getByText("insufficient funds").first().waitFor();
    assert.equal(await stored(page), null);
  });
});

describe("a command of one producer", () => {
  let server;
  let page;
  const [tokens, lines] = [{}, []];
  before(async () => {
    for (const [name, producer] of [["first", 3], ["second", 3], ["other", 4]]) {
      const { token, line } = await make_token("read,post,admin", producer);
      tokens[name] = token;
      lines.push(line);
    }
    server = await Server.start({ tokens: `${lines.join("\n")}\n` });
    await server.write("PUT", "v1/assets/USD", { scale: 2 }, { token: tokens.first });
    for (const [code, type] of [["users:alice", "asset"], ["users:bob", "liability"]]) await server.write("PUT", `v1/accounts/${code}`, { asset: "USD", type }, { token: tokens.first });
    page = await open(server);
    await enter_token(page, tokens.first);
    await page.locator("#nav-post").waitFor();
  });
  after(async () => {
    await page?.leave();
    await close_browser();
    await server?.end();
  });

  async function change_token(name) {
    await page.getByRole("button", { name: "Forget token" }).click();
    await enter_token(page, tokens[name]);
    await page.getByRole("button", { name: "Settle it" }).click();
  }

  it("outlives its token, is not sent under another producer, and is settled under its own", async () => {
    const balance = async () => (await server.get("v1/accounts/users:bob", tokens.first)).balance;
    const dialog = page.getByRole("dialog");
    const keys = await post_one(page, (route, times) => (times === 1 ? lose_answer(route) : times === 2 ? route.fulfill(problem(401, "unauthenticated")) : route.continue()));
    await dialog.getByText("The outcome is not known").waitFor();
    await dialog.getByRole("button", { name: "Send again" }).click();
    await dialog.getByText("unauthenticated").waitFor();
    assert.equal((await stored(page))[0].producer, 3);
    await dialog.getByRole("button", { name: "Later" }).click();

    await change_token("other");
    for (const name of ["Send again", "Give it up"]) {
      await dialog.getByRole("button", { name }).click();
      await dialog.getByText("waits here for a token of producer 3").waitFor();
    }
    assert.equal(keys.length, 2, "nothing was sent");
    assert.equal((await stored(page)).length, 1);
    await dialog.getByRole("button", { name: "Later" }).click();

    await change_token("second");
    await dialog.getByRole("button", { name: "Send again" }).click();
    await dialog.getByText("Accepted before").waitFor();
    assert.deepEqual([await balance(), await stored(page), new Set(keys).size], ["100", null, 1]);
    assert.deepEqual(page.complaints, []);
  });
});
