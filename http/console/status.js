// Asks once a second where the ledger stands, whatever view is open, so that the charts have a past when looked at.
import { read } from "./api.js";

const EACH_MS = 1000;
const KEPT = 240;

export const events = new EventTarget();   // "sample"
/** Oldest first: { at, rate, command, command_p99, group, lag_seconds, lag_records }; null where nothing is known. */
export const history = [];
export const now = { known: false, head: 0n, lag_records: 0n, lag_seconds: 0, rejections: new Map(), book: "" };

let before = null;                         // { at, head, rejected } of the sample before

export function start_status() {
  const tick = async () => {
    const started = performance.now();
    if (!document.hidden || !now.known) await sample();
    setTimeout(tick, Math.max(100, EACH_MS - (performance.now() - started)));
  };
  document.addEventListener("visibilitychange", () => { before = null; });
  tick();
}

async function sample() {
  try {
    take(await read("v1/status", { patience_ms: 5000 }));
  } catch {
    // Drawn as a gap; the banner says why.
    before = null;
    if (history.length && history.at(-1).lag_seconds !== null) history.push(blank());
  }
  history.splice(0, history.length - KEPT);
  events.dispatchEvent(new Event("sample"));
}

const blank = () => ({ at: Date.now() / 1000, rate: null, command: null, command_p99: null, group: null, lag_seconds: null, lag_records: null });

function take(status) {
  const at = performance.now() / 1000;
  const head = BigInt(status.head_seq);
  const { command_ms_p50: p50 = null, command_ms_p99: p99 = null } = status.gateway ?? {};
  const point = {
    ...blank(),
    command: p50 === null ? null : p50 / 1000,
    command_p99: p99 === null ? null : p99 / 1000,
    group: group_size(status.commits),
    lag_records: Number(status.lag_records),
    lag_seconds: status.lag_ms / 1000,
  };
  if (before && head >= before.head && at > before.at) point.rate = Number(head - before.head) / (at - before.at);
  before = { at, head };
  history.push(point);
  Object.assign(now, {
    known: true, head, lag_records: BigInt(status.lag_records), lag_seconds: point.lag_seconds, book: status.book,
    rejections: new Map(Object.entries(status.rejections ?? {}).map(([code, count]) => [code, BigInt(count)])),
  });
}

// The mean number of records of the newest group commits.
function group_size(commits) {
  if (!commits?.length) return null;
  return commits.reduce((sum, commit) => sum + Number(commit.records), 0) / commits.length;
}
