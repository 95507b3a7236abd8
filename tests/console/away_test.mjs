// A server that goes away is announced, and when it is back the page goes on by itself.
import { after, before, describe, it } from "node:test";
import { Server, close_browser, eventually, open } from "./harness.mjs";

describe("a server that goes away", () => {
  let server;
  let page;
  before(async () => {
    server = await Server.start();
    await server.fill();
    page = await open(server);
  });
  after(async () => {
    await page?.leave();
    await close_browser();
    await server?.end();
  });

  it("the banner says so, and the tail goes on when it is back", async () => {
    const rows = page.locator(".tail tbody tr");
    await rows.first().waitFor();
    await server.down();
    await page.getByText("The server does not answer.").first().waitFor();
    await server.up();
    await page.locator("#banner").waitFor({ state: "hidden" });
    await server.post({ debit: "users:alice", credit: "users:bob", amount: "4242" });
    await eventually(async () => (await rows.first().textContent()).includes("42.42"), "the tail shows what was posted after it");
  });

  it("a view that could not be shown comes by itself when the server is back", async () => {
    await server.down();
    await page.visit("#/accounts/users:bob");
    await page.getByText("this page then comes by itself").waitFor();
    await server.up();
    await page.locator(".statement").waitFor();
  });
});
