// The page comes quickly, and stays smooth while the ledger runs as fast as it can.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Server, close_browser, eventually, open, screenshot, sleep } from "./harness.mjs";

const LOAD_MS = 1000;
const BARE_MS = 75;             // Where a page of 20 bytes takes longer, the machine is busy with something else.
const LONG_MS = 200;            // A task, or a gap between frames, that is felt.
const LONG_SHARE = 0.05;        // Of the time looked at, in such tasks and gaps, beyond what a blank page has beside the same load.
const PACE_SHARE = 0.4;         // Of the pace without the page: server, load and browser share the cores.
const ALONE_MS = 3000;
const LOOK_MS = 6000;
const BEHIND_MS = 3000;         // How old the newest line of the tail may be.
const GROWTH_BYTES = 8 << 20;
const NODES_MAX = 6000;

/** Records a second over so many milliseconds. */
async function pace(server, ms, meanwhile = () => sleep(ms)) {
  const [first, started] = [await server.head(), performance.now()];
  await meanwhile();
  return Number(await server.head() - first) / ((performance.now() - started) / 1000);
}

/** Notes in the page each long task and each gap between frames. */
function watch() {
  const seen = { tasks: [], gaps: [], frames: 0 };
  globalThis.seen = seen;
  new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask" });
  let last = performance.now();
  const frame = (now) => {
    seen.frames += 1;
    seen.gaps.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

const share_of_long = (durations, ms) => durations.filter((each) => each > LONG_MS).reduce((sum, each) => sum + each, 0) / ms;

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

  it("the overview is there with its tail within a second", async () => {
    const page = await open(server);
    await page.locator(".tail tbody tr").first().waitFor();
    const [bare, full] = [[], []];
    for (let turn = 0; turn < 5; turn += 1) {
      let started = performance.now();
      await page.goto(`${server.address}/healthz`);
      bare.push(performance.now() - started);
      started = performance.now();
      await page.goto(`${server.address}/`);
      await page.locator(".tail tbody tr").first().waitFor();
      full.push(performance.now() - started);
    }
    const middle = (times) => times.sort((a, b) => a - b)[times.length >> 1];
    const [bare_ms, full_ms] = [middle(bare), middle(full)];
    console.log(`# a bare page ${bare_ms.toFixed(0)} ms, the overview with its tail ${full_ms.toFixed(0)} ms`);
    const limit_ms = LOAD_MS * Math.max(1, bare_ms / BARE_MS);
    if (limit_ms > LOAD_MS) console.log(`# THIS MACHINE IS BUSY: a page of 20 bytes takes ${bare_ms.toFixed(0)} ms, so that ${limit_ms.toFixed(0)} ms are allowed in place of ${LOAD_MS}`);
    assert.ok(full_ms < limit_ms, `it took ${full_ms.toFixed(0)} ms`);
    await page.leave();
  });

  it("it keeps up with a ledger at full speed: frames, tail and memory", async () => {
    const page = await open(server);
    const inspector = await page.context().newCDPSession(page);
    const used = async () => {
      await inspector.send("HeapProfiler.collectGarbage");
      const { usedSize } = await inspector.send("Runtime.getHeapUsage");
      const { nodes } = await inspector.send("Memory.getDOMCounters");
      return { bytes: usedSize, nodes };
    };
    await page.goto("about:blank");
    const idle = await server.head();
    const end_load = server.load();
    await eventually(async () => await server.head() > idle + 100_000n, "the load has begun");
    await page.evaluate(watch);
    const alone = [await pace(server, ALONE_MS)];
    const blank = share_of_long(await page.evaluate(() => globalThis.seen.gaps), ALONE_MS);

    await page.goto(`${server.address}/`);
    await page.getByText(/records not shown/).first().waitFor();
    const before_it = await used();
    await page.evaluate(watch);
    const tops = [];
    const with_page = await pace(server, LOOK_MS, async () => {
      const heads = [];
      for (const end = performance.now() + LOOK_MS; performance.now() < end; await sleep(500)) {
        const top = await page.locator(".tail tbody td:first-child a").first().textContent();
        heads.push({ at: performance.now(), head: await server.head() });
        const then = heads.findLast(({ at }) => at < performance.now() - BEHIND_MS);
        tops.push({ top: BigInt(top.replaceAll(",", "")), least: then?.head ?? 0n });
      }
    });
    const seen = await page.evaluate(() => globalThis.seen);
    const after_it = await used();
    const rows = await page.locator(".tail tbody tr").count();
    await screenshot(page, "under-load");

    await page.goto("about:blank");
    alone.push(await pace(server, ALONE_MS));
    await end_load();
    const pace_alone = (alone[0] + alone[1]) / 2;
    console.log(`# ${alone.map(Math.round)} records/s without the page, ${Math.round(with_page)} with it (${(100 * with_page / pace_alone).toFixed(0)} %)`);
    console.log(`# ${seen.frames} frames, longest gap ${Math.max(...seen.gaps).toFixed(0)} ms; ${seen.tasks.length} long tasks, longest ${Math.max(0, ...seen.tasks).toFixed(0)} ms`);
    console.log(`# heap ${(before_it.bytes / 1e6).toFixed(1)} MB, then ${(after_it.bytes / 1e6).toFixed(1)} MB; nodes ${before_it.nodes}, then ${after_it.nodes}`);
    assert.ok(with_page > PACE_SHARE * pace_alone, "the ledger ran at full speed behind it");
    if (blank > 0) console.log(`# THIS MACHINE IS BUSY: of a blank page's time ${(100 * blank).toFixed(0)} % are gaps of more than ${LONG_MS} ms`);
    assert.ok(share_of_long(seen.tasks, LOOK_MS) <= LONG_SHARE + blank, `long tasks: ${seen.tasks.map(Math.round)}`);
    assert.ok(share_of_long(seen.gaps, LOOK_MS) <= LONG_SHARE + 2 * blank, `gaps between frames: ${seen.gaps.filter((gap) => gap > LONG_MS).map(Math.round)}`);
    for (const [index, { top, least }] of tops.entries()) {
      assert.ok(index === 0 || top >= tops[index - 1].top, "the tail goes forward");
      assert.ok(top >= least, `the tail shows ${top}, ${BEHIND_MS} ms after the head was ${least}`);
    }
    assert.ok(new Set(tops.map(({ top }) => top)).size > tops.length / 2, `the tail moves: ${tops.map(({ top }) => top)}`);
    assert.ok(rows <= 60, "the list is bounded");
    assert.ok(after_it.bytes - before_it.bytes < GROWTH_BYTES && after_it.nodes < NODES_MAX, "the memory is bounded");
    await page.goto(`${server.address}/`);
    await eventually(async () => /balances current/.test(await page.locator("#standing").textContent()), "the balances catch up", 60_000);
    assert.deepEqual(page.complaints, []);
    await page.leave();
  });
});
