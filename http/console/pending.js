// The commands whose outcome is not known, each with its key and the producer in whose scope the key is. A key that is
// lost lets the same intent act again under another, so one is forgotten only when its outcome is known.

const STORED = "daybook.pending";

/** Oldest first: { key, producer, path, body, title, what, lines, at, sends }. */
export function pending() {
  try {
    const found = JSON.parse(sessionStorage.getItem(STORED));
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

/** Before each send: what is not kept must not be sent. Throws when the browser does not keep it. */
export function remember(command) {
  store([...pending().filter(({ key }) => key !== command.key), command]);
}

export function forget({ key: settled }) {
  store(pending().filter(({ key }) => key !== settled));
}

function store(commands) {
  if (commands.length) sessionStorage.setItem(STORED, JSON.stringify(commands));
  else sessionStorage.removeItem(STORED);
}
