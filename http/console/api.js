// Asks the gateway. Every answer that is no success is thrown as a Problem; a server that is away is announced once
// and asked again until it is back.

export const events = new EventTarget();   // "away", "back", "token_wanted", "token_changed"

const TOKEN = "daybook.token";
const AWAY = new Set([502, 504]);
const PATIENCE_MS = 15_000;
let away = false;

export class Problem extends Error {
  constructor(status, body = {}) {
    super(body.detail || body.title || `The server answered ${status}.`);
    Object.assign(this, { status, code: body.code ?? "", title: body.title ?? "", body });
  }
}

export const token = {
  get: () => sessionStorage.getItem(TOKEN) ?? "",
  set(value) {
    if (value) sessionStorage.setItem(TOKEN, value);
    else sessionStorage.removeItem(TOKEN);
    events.dispatchEvent(new Event("token_changed"));
  },
};

export function is_away() {
  return away;
}

/** The raw answer; throws a Problem with status 0 when there is none. */
export async function ask(path, { headers = {}, signal, patience_ms = PATIENCE_MS, ...options } = {}) {
  const all = { Accept: "application/json", ...headers };
  if (token.get()) all.Authorization = `Bearer ${token.get()}`;
  const limits = [signal, patience_ms && AbortSignal.timeout(patience_ms)].filter(Boolean);
  let answer;
  try {
    answer = await fetch(path, { ...options, headers: all, signal: AbortSignal.any(limits), cache: "no-store", credentials: "omit" });
  } catch (error) {
    if (signal?.aborted) throw error;
    went_away();
    throw new Problem(0, { title: "No answer", detail: "The server does not answer.", code: "unreachable" });
  }
  if (AWAY.has(answer.status)) went_away();
  else came_back();
  return answer;
}

/** The answer's JSON and headers; a refusal becomes a Problem. */
export async function read(path, options) {
  const answer = await ask(path, options);
  const body = await json_of(answer);
  if (answer.ok) return body;
  if (answer.status === 401) events.dispatchEvent(new Event("token_wanted"));
  throw new Problem(answer.status, body);
}

async function json_of(answer) {
  try {
    return await answer.json();
  } catch {
    return {};
  }
}

/** Sends a command under its key. The same call again is safe: the key makes it act once. */
export async function send(path, key, body) {
  const answer = await ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key },
    body: JSON.stringify(body),
    patience_ms: 30_000,
  });
  const result = await json_of(answer);
  if (!answer.ok) throw new Problem(answer.status, result);
  return { body: result, replayed: answer.headers.get("Idempotent-Replayed") === "true", seq: answer.headers.get("Daybook-Seq") };
}

export function query(path, parameters) {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return pairs.length ? `${path}?${new URLSearchParams(pairs)}` : path;
}

function went_away() {
  if (away) return;
  away = true;
  events.dispatchEvent(new Event("away"));
  look_again(500);
}

function came_back() {
  if (!away) return;
  away = false;
  events.dispatchEvent(new Event("back"));
}

function look_again(wait_ms) {
  setTimeout(async () => {
    try {
      await ask("healthz", { patience_ms: 2000 });
    } catch {
      // Still away: the banner says so.
    }
    if (away) look_again(Math.min(wait_ms * 1.5, 4000));
  }, wait_ms);
}
