// Runs the tests of the console against a real server: node run.mjs DAYBOOK SCREENSHOTS SUITE.... Exit code 77: skipped.
import fs from "node:fs";
import { createRequire } from "node:module";

const [daybook, screenshots, ...suites] = process.argv.slice(2);
const chromium = ["/usr/bin/chromium", process.env.CHROMIUM].filter(Boolean).find((path) => fs.existsSync(path));

function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}

function has(name) {
  try {
    return Boolean(createRequire(import.meta.url).resolve(name));
  } catch {
    return false;
  }
}

if (!suites.length) {
  console.error("usage: node run.mjs DAYBOOK SCREENSHOTS SUITE...");
  process.exit(64);
}
if (!chromium) skip("there is no /usr/bin/chromium; apt-get install chromium");
if (!has("playwright-core") || !has("axe-core")) skip("tests/console/node_modules is missing; npm ci --prefix tests/console");

Object.assign(process.env, { DAYBOOK: daybook, CHROMIUM: chromium, SCREENSHOTS: screenshots });
for (const suite of suites) await import(`./${suite}_test.mjs`);
