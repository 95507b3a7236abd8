// Follows the journal over server-sent events, read with fetch so that a token can be sent. When the journal runs
// faster than anyone reads, the gateway leaves records out and says how many.
import { ask, Problem, query } from "./api.js";

const PER_SECOND = 80;          // Nobody reads more.
const SILENCE_MS = 30_000;      // Keep-alives come more often than this.
const RETRY_MS = [250, 500, 1000, 2000, 4000];
const FINAL = new Set([400, 401, 403, 404, 405, 422]);

/** Splits the bytes of a stream into events: { id, event, data }. */
export class EventReader {
  #rest = "";
  #decoder = new TextDecoder();

  * take(bytes) {
    const blocks = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split(/\r?\n\r?\n/);
    this.#rest = blocks.pop();
    for (const block of blocks) {
      const event = { id: "", event: "message", data: "" };
      for (const line of block.split(/\r?\n/)) {
        const [, name, value] = /^(id|event|data): ?(.*)$/.exec(line) ?? [];
        if (name === "data") event.data += (event.data ? "\n" : "") + value;
        else if (name) event[name] = value;
      }
      if (event.data) yield event;
    }
  }
}

const pause = (ms, signal) => new Promise((resolve) => {
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
});

/** Calls take(records, skipped), oldest first, with how many were left out before them, until `signal` aborts. */
export async function follow({ from, take, failed, signal }) {
  const place = { last: from };
  for (let failures = 0; !signal.aborted; failures += 1) {
    const line = new AbortController();
    const stop = () => line.abort();
    signal.addEventListener("abort", stop, { once: true });
    try {
      await read_line(place, take, line, () => { failures = 0; });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Problem && FINAL.has(error.status)) return failed(error);
    } finally {
      signal.removeEventListener("abort", stop);
      stop();
    }
    await pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)], signal);
  }
}

// Reads until the line is closed or falls silent; place.last is the last seq read.
async function read_line(place, take, line, came) {
  const answer = await ask(query("v1/stream", { max_per_second: PER_SECOND, from_seq: place.last + 1n }), {
    headers: { Accept: "text/event-stream" }, signal: line.signal, patience_ms: 0,
  });
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => ({})));
  const bytes = answer.body.getReader();
  const events = new EventReader();
  for (;;) {
    const silence = setTimeout(() => line.abort(), SILENCE_MS);
    const { done, value } = await bytes.read();
    clearTimeout(silence);
    if (done) return;
    came();
    for (const { event, data } of events.take(value)) {
      const said = JSON.parse(data);
      if (event === "record") {
        take([said], 0n);
        place.last = BigInt(said.seq);
      } else if (event === "skipped") {
        take([], BigInt(said.count));
        place.last = BigInt(said.to_seq);
      }
    }
  }
}
