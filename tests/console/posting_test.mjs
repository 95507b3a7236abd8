// Posting and reversing from the page: shown once more, sent under one key, and settled when the answer is lost.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Server, close_browser, fill_in, open, screenshot } from "./harness.mjs";

describe("posting", () => {
  let server;
  let made;
  let page;
  const balance = async (code) => BigInt((await server.get(`v1/accounts/${code}`)).balance);
  before(async () => {
    server = await Server.start();
    made = await server.fill();
    page = await open(server);
    await page.locator("#nav-post").waitFor();
  });
  after(async () => {
    await page?.leave();
    await close_browser();
    await server?.end();
  });

  it("an entry is tried, confirmed, posted once, and leads to its seq", async () => {
    const had = await balance("users:bob");
    await fill_in(page, ["users:alice", "users:bob", "12.34"]);
    await page.getByLabel("Reference").fill("from-the-page");
    await page.getByRole("button", { name: "Review" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("It would be accepted now").waitFor();
    assert.equal(await balance("users:bob"), had, "trying writes nothing");
    assert.deepEqual((await dialog.locator(".lines tbody tr").allInnerTexts()).map((line) => line.split(/\s+/).filter(Boolean)),
      [["users:alice", "12.34", "USD"], ["users:bob", "12.34", "USD"]], "it is shown once more");
    await screenshot(page, "review");
    await dialog.getByRole("button", { name: "Post", exact: true }).click();
    await dialog.getByText("Accepted", { exact: true }).waitFor();
    assert.equal(await balance("users:bob"), had + 1234n);
    await dialog.locator("a").first().click();
    await page.getByText("from-the-page").first().waitFor();
    assert.equal(await page.evaluate(() => sessionStorage.getItem("daybook.pending")), null);
  });

  it("what is wrong is said at its field, and nothing is sent", async () => {
    const { head_seq: head } = await server.get("v1/status");
    await fill_in(page, ["users:alice", "users:nobody", "12.345"]);
    await page.getByRole("button", { name: "Review" }).click();
    await page.getByText("There is no such account").waitFor();
    await page.getByText("with at most 2 decimals").waitFor();
    assert.equal(await page.getByRole("dialog").count(), 0);
    assert.equal((await server.get("v1/status")).head_seq, head);
  });

  it("a refusal says why, and what to do", async () => {
    await fill_in(page, ["users:bob", "users:alice", "900000"]);
    await page.getByRole("button", { name: "Review" }).click();
    await page.getByRole("dialog").getByText("insufficient funds").first().waitFor();
    await page.keyboard.press("Escape");
  });

  it("a command whose answer is lost is sent again under its key, and acts once", async () => {
    const had = await balance("users:bob");
    await fill_in(page, ["users:alice", "users:bob", "1.00"]);
    await page.getByRole("button", { name: "Review" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("It would be accepted now").waitFor();
    const keys = [];
    let lost = false;
    await page.route("**/v1/entries", async (route) => {
      keys.push(route.request().headers()["idempotency-key"]);
      if (lost) return route.continue();
      lost = true;
      await route.fetch();
      return route.abort();
    });
    await dialog.getByRole("button", { name: "Post", exact: true }).click();
    await dialog.getByText("The outcome is not known").waitFor();
    assert.equal(await balance("users:bob"), had + 100n);

    // Even a reload does not forget it, nor what it was.
    await page.reload();
    await page.getByRole("button", { name: "Settle it" }).click();
    assert.match(await dialog.locator(".lines").innerText(), /users:alice\s+1\.00 USD/);
    await screenshot(page, "settle");
    await page.getByRole("dialog").getByRole("button", { name: "Send again" }).click();
    await page.getByRole("dialog").getByText("Accepted before").waitFor();
    assert.equal(await balance("users:bob"), had + 100n, "it acted once");
    assert.equal(keys.length, 2);
    assert.equal(keys[0], keys[1]);
    await page.unroute("**/v1/entries");
    await page.keyboard.press("Escape");
  });

  it("an entry is reversed in part, then in whole", async () => {
    const had = await balance("users:bob");
    await page.visit(`#/entries/${made.split.seq}`);
    await page.getByRole("link", { name: "Reverse …" }).click();
    await page.getByLabel("All that is left of it").uncheck();
    for (const [index, amount] of ["50", "49.25", "0.75"].entries()) await page.locator("td input").nth(index).fill(amount);
    await page.getByRole("button", { name: "Review" }).click();
    await page.getByRole("dialog").getByText("It would be accepted now").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Reverse", exact: true }).click();
    await page.getByRole("dialog").getByText("Accepted", { exact: true }).waitFor();
    assert.equal(await balance("users:bob"), had - 4925n);
    await page.keyboard.press("Escape");
    await page.locator("dt", { hasText: "Reverses" }).waitFor();
    await page.visit(`#/entries/${made.split.seq}/reverse`);
    await page.getByRole("button", { name: "Review" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Reverse", exact: true }).click();
    await page.getByRole("dialog").getByText("Accepted", { exact: true }).waitFor();
    assert.equal(await balance("users:bob"), had - 9850n);
  });

  it("nothing on the page breaks the policy or throws", () => {
    assert.deepEqual(page.complaints, []);
  });
});
