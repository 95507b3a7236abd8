// The page comes quickly, and stays smooth while the ledger runs as fast as it can.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Server, close_browser, eventually, open, screenshot, sleep } from "./harness.mjs";

const TASK_MS = 200;
const LOOK_MS = 6000;

describe("speed", () => {
  let server;
  before(async () => {
    server = await Server.start();
    await server.fill();
  });
  after(async () => {
    await close_browser();
    await server?.end();
  });

  it("the page is there well within the time that a bare page of the same browser takes, and a second", async () => {
    const page = await open(server);
    await page.locator(".tail tbody tr").first().waitFor();
    const bare = [];
    const full = [];
    for (let turn = 0; turn < 3; turn += 1) {
      let started = performance.now();
      await page.goto(`${server.address}/healthz`);
      bare.push(performance.now() - started);
      started = performance.now();
      await page.goto(`${server.address}/`);
      await page.locator(".tail tbody tr").first().waitFor();
      full.push(performance.now() - started);
    }
    const [quickest_bare, quickest] = [Math.min(...bare), Math.min(...full)];
    console.log(`# a bare page ${quickest_bare.toFixed(0)} ms, the overview with its tail ${quickest.toFixed(0)} ms`);
    assert.ok(quickest < 1000 + 5 * quickest_bare);
    await page.leave();
  });

  it("no task of the page is long while a load runs, and what is left out is counted", async () => {
    const page = await open(server);
    await page.locator(".tail tbody tr").first().waitFor();
    await sleep(1500);
    await page.evaluate(() => {
      globalThis.tasks = [];
      new PerformanceObserver((list) => globalThis.tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask" });
    });
    const { head_seq: first } = await server.get("v1/status");
    const end_load = server.load();
    await sleep(LOOK_MS);
    const { head_seq: last } = await server.get("v1/status");
    await page.getByText(/records not shown/).first().waitFor();
    await screenshot(page, "under-load");
    const { tasks, rows } = await page.evaluate(() => ({ tasks: globalThis.tasks, rows: document.querySelectorAll(".tail tbody tr").length }));
    await end_load();
    console.log(`# ${BigInt(last) - BigInt(first)} records in ${LOOK_MS / 1000} s; longest task ${Math.max(0, ...tasks).toFixed(0)} ms`);
    assert.ok(BigInt(last) - BigInt(first) > 10_000n, "there was a load");
    assert.ok(rows <= 60, "the list is bounded");
    assert.ok(Math.max(0, ...tasks) < TASK_MS, `a task took ${Math.max(...tasks)} ms`);
    await eventually(async () => /balances current/.test(await page.locator("#standing").textContent()), "the balances catch up", 60_000);
    assert.deepEqual(page.complaints, []);
    await page.leave();
  });
});
