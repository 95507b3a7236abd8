// A server of its own on data thrown away afterwards, a browser, and what the tests do with both.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const START_MS = 20_000;
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks again until `claim` resolves to something true. */
export async function eventually(claim, what, limit_ms = 15_000) {
  const end = Date.now() + limit_ms;
  for (;;) {
    const found = await claim();
    if (found) return found;
    if (Date.now() > end) throw new Error(`never came true: ${what}`);
    await sleep(50);
  }
}

async function free_port() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class Server {
  #process = null;

  static async start({ tokens } = {}) {
    const server = new Server();
    server.directory = fs.mkdtempSync(path.join(os.tmpdir(), "daybook-console-"));
    server.ports = [];
    while (server.ports.length < 4) server.ports.push(await free_port());
    server.address = `http://127.0.0.1:${server.ports[3]}`;
    server.connect = `tcp://127.0.0.1:${server.ports[0]}`;
    if (tokens) {
      server.tokens = path.join(server.directory, "tokens");
      fs.writeFileSync(server.tokens, tokens, { mode: 0o600 });
    }
    await server.up();
    return server;
  }

  async up() {
    const [commands, feed, queries, http] = this.ports;
    this.#process = spawn(process.env.DAYBOOK, ["serve", "--data", path.join(this.directory, "book"), "--listen", `tcp://127.0.0.1:${commands}`,
      "--feed", `tcp://127.0.0.1:${feed}`, "--query", `tcp://127.0.0.1:${queries}`, "--http", `127.0.0.1:${http}`, "--disk-reserve", "64",
      ...(this.tokens ? ["--tokens", this.tokens, "--trust-gateways"] : [])], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    this.#process.stderr.on("data", (text) => { said += text; });
    const gone = new Promise((resolve) => this.#process.once("exit", resolve));
    await eventually(async () => {
      if (this.#process.exitCode !== null) throw new Error(`the server ended: ${said}`);
      return fetch(`${this.address}/readyz`).then((answer) => answer.ok, () => false);
    }, "the server is ready", START_MS);
    this.gone = gone;
  }

  async down() {
    this.#process.kill("SIGTERM");
    const stubborn = setTimeout(() => this.#process.kill("SIGKILL"), 10_000);
    await this.gone;
    clearTimeout(stubborn);
  }

  async end() {
    await this.down();
    fs.rmSync(this.directory, { recursive: true, force: true });
  }

  async get(place, token) {
    const answer = await fetch(`${this.address}/${place}`, { headers: token ? { Authorization: `Bearer ${token}` } : {} });
    return answer.json();
  }

  async write(method, place, body, { key, token } = {}) {
    const answer = await fetch(`${this.address}/${place}`, {
      method, body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", ...(key && { "Idempotency-Key": key }), ...(token && { Authorization: `Bearer ${token}` }) },
    });
    return { status: answer.status, body: await answer.json() };
  }

  post(body, key = randomUUID()) {
    return this.write("POST", "v1/entries", body, { key });
  }

  /** Transfers as fast as they go, on an equal footing with the browser; resolves to what ends them. */
  load() {
    const load = spawn(process.env.DAYBOOK, ["bench", "transfers", "--no-floor", "--runs", "4", "--accounts", "1000", "--connect", this.connect],
      { stdio: ["ignore", "ignore", "pipe"], detached: true });
    let said = "";
    load.stderr.on("data", (text) => { said += text; });
    const ended = new Promise((resolve) => load.once("exit", resolve));
    return async () => {
      assert.equal(load.exitCode, null, `the load ended by itself: ${said}`);
      process.kill(-load.pid, "SIGTERM");
      await ended;
    };
  }

  async head() {
    return BigInt((await this.get("v1/status")).head_seq);
  }

  /** The small book that most tests read. */
  async fill() {
    for (const [code, scale] of [["USD", "2"], ["BTC", "8"]]) await daybook("asset", "define", code, "--scale", scale, "--connect", this.connect);
    const accounts = [["bank:cash", "USD", "asset"], ["users:alice", "USD", "liability", "0"], ["users:bob", "USD", "liability", "0"], ["income:fees", "USD", "income"],
      ["vault:btc", "BTC", "asset"], ["users:alice:btc", "BTC", "liability", "0"]];
    for (const [code, asset, type, min] of accounts) {
      await daybook("account", "open", code, "--asset", asset, "--type", type, ...(min ? ["--min", min] : []), "--connect", this.connect);
    }
    const cash_in = await this.post({ debit: "bank:cash", credit: "users:alice", amount: "1234567", reference: "payin-88121", description: "Card top-up" }, "order-1001");
    for (let number = 1; number <= 70; number += 1) {
      await this.post({ debit: "users:alice", credit: "users:bob", amount: String(100 + number), reference: `lunch-${number}` });
    }
    const split = await this.post({ postings: [{ account: "users:alice", side: "debit", amount: "10000" }, { account: "users:bob", side: "credit", amount: "9850" },
      { account: "income:fees", side: "credit", amount: "150" }], reference: "order-77", description: "Dinner, split" });
    await this.post({ debit: "vault:btc", credit: "users:alice:btc", amount: "123456789012345" });
    const refused = await this.post({ debit: "users:bob", credit: "users:alice", amount: "500000000" }, "too-much");
    await this.write("POST", "v1/holds", { debit: "users:alice", credit: "users:bob", amount: "5000", reference: "hotel-9" }, { key: randomUUID() });
    return { cash_in: cash_in.body, split: split.body, refused: refused.body };
  }
}

let browser = null;
export async function open(server, { hash = "", ...context_options } = {}) {
  browser ??= await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "light", reducedMotion: "reduce", ...context_options });
  const page = await context.newPage();
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(error.message));
  page.on("console", (line) => { if (/Content Security Policy/.test(line.text())) page.complaints.push(line.text()); });
  await page.goto(`${server.address}/${hash}`);
  page.visit = async (place) => {
    await page.evaluate((to) => { location.hash = to; }, place);
    await page.waitForFunction((to) => document.getElementById("view").dataset.shown === to, place);
  };
  page.leave = () => context.close();
  return page;
}

export async function close_browser() {
  await browser?.close();
  browser = null;
}

export async function screenshot(page, name) {
  fs.mkdirSync(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: path.join(process.env.SCREENSHOTS, `${name}.png`) });
}

export async function daybook(...options) {
  return promisify(execFile)(process.env.DAYBOOK, options);
}

/** Puts a transfer into the form of the page. */
export async function fill_in(page, [debit, credit, amount]) {
  await page.visit("#/post");
  await page.getByRole("heading", { name: "Post an entry" }).waitFor();
  const rows = page.locator(".posting");
  for (const [index, account] of [debit, credit].entries()) {
    await rows.nth(index).getByLabel("Account").fill(account);
    await rows.nth(index).getByLabel("Amount").fill(amount);
  }
}

/** What `daybook token` prints: the token, and below it the line for the file. */
export async function make_token(scopes, producer) {
  const { stdout } = await daybook("token", "--producer", String(producer), "--scopes", scopes);
  const [token, line] = stdout.trim().split("\n");
  return { token: token.trim(), line: line.trim() };
}

export async function enter_token(page, token) {
  await page.getByLabel("Bearer token").fill(token);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
}
