// A server with tokens: the page asks for one, keeps it in the tab, and offers only what it may do.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Server, close_browser, enter_token, make_token, open } from "./harness.mjs";

describe("tokens", () => {
  let server;
  let reader;
  let poster;
  before(async () => {
    reader = await make_token("read", 2);
    poster = await make_token("read,post,admin", 3);
    server = await Server.start({ tokens: `${reader.line}\n${poster.line}\n` });
    const { token } = poster;
    await server.write("PUT", "v1/assets/USD", { scale: 2 }, { token });
    for (const [code, type] of [["bank:cash", "asset"], ["users:alice", "liability"]]) await server.write("PUT", `v1/accounts/${code}`, { asset: "USD", type }, { token });
    const { status } = await server.write("POST", "v1/entries", { debit: "bank:cash", credit: "users:alice", amount: "2500" }, { token, key: "first" });
    assert.equal(status, 201);
  });
  after(async () => {
    await close_browser();
    await server?.end();
  });

  it("a token that only reads shows everything and offers no form", async () => {
    const page = await open(server, { hash: "#/accounts/users:alice" });
    await enter_token(page, reader.token);
    await page.locator(".statement").waitFor();
    assert.equal(await page.locator("#nav-post").isVisible(), false);
    await page.visit("#/entries/4");
    await page.locator("table").first().waitFor();
    assert.equal(await page.getByRole("link", { name: "Reverse …" }).count(), 0);
    await page.visit("#/post");
    await page.getByText("This token may only read").waitFor();
    assert.deepEqual(await page.evaluate(() => [Object.values(sessionStorage).length, JSON.stringify(localStorage).includes("token")]), [1, false]);
    await page.leave();
  });

  it("a token that may post offers the forms, after the tail has come to life", async () => {
    const page = await open(server);
    await enter_token(page, poster.token);
    await page.locator(".tail tbody tr").first().waitFor();
    await page.locator("#nav-post").click();
    await page.getByRole("heading", { name: "Post an entry" }).waitFor();
    await page.leave();
  });

  it("a token that is not known is asked for again; forgotten, it is gone", async () => {
    const page = await open(server, { hash: "#/accounts" });
    await page.getByLabel("Bearer token").fill("not-a-token");
    await page.keyboard.press("Enter");
    await page.getByText("This token is not accepted").waitFor();
    await enter_token(page, reader.token);
    await page.getByRole("link", { name: "users:alice" }).waitFor();
    await page.getByRole("button", { name: "Forget token" }).click();
    await page.getByText("This server asks for a token").waitFor();
    assert.equal(await page.evaluate(() => sessionStorage.getItem("daybook.token")), null);
    await page.leave();
  });
});
