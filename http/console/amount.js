// Amounts are integers in minor units, as strings of digits; they become BigInt, never a floating-point number.

const GROUP = /\B(?=(\d{3})+$)/g;
const MINUS = "\u2212";

/** "-1234567" at scale 2 is "−12,345.67". */
export function format_amount(minor, scale, { plain = false } = {}) {
  const value = BigInt(minor);
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale ? `.${digits.slice(-scale)}` : "";
  const sign = value < 0n ? (plain ? "-" : MINUS) : "";
  return sign + (plain ? whole : whole.replace(GROUP, ",")) + fraction;
}

/** "12,345.6" at scale 2 is 1234560n; null when it is no amount of this asset. */
export function parse_amount(text, scale) {
  const found = /^(-|\u2212)?(\d[\d,\u202f ]*)(?:\.(\d*))?$/.exec(text.trim());
  if (!found || (found[3] ?? "").length > scale) return null;
  const value = BigInt(found[2].replace(/\D/g, "") + (found[3] ?? "").padEnd(scale, "0"));
  return found[1] ? -value : value;
}

/** A count, seq or version with its thousands apart. */
export function format_count(value) {
  return BigInt(value).toString().replace("-", MINUS).replace(GROUP, ",");
}

/** For a figure that may be rounded, such as a rate: "1.02M", "845k", "12". */
export function format_short(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  for (const [step, suffix] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (size >= step) return `${short_digits(value / step)}${suffix}`;
  }
  return size >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toPrecision(2);
}

const short_digits = (value) => value.toPrecision(3).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");

/** Seconds as "0.42 ms", "12 ms", "3.1 s". */
export function format_seconds(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds === 0) return "0 ms";
  const milliseconds = seconds * 1000;
  if (milliseconds < 0.1) return `${(milliseconds * 1000).toPrecision(2)} µs`;
  if (milliseconds < 10) return `${milliseconds.toPrecision(2)} ms`;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return seconds < 100 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
}

/** Where a point is drawn: the only place where an amount is rounded, and nothing is reckoned with it. */
export function to_plot(minor, scale) {
  return Number(minor) / 10 ** scale;
}

/** The positive side of an account's type: what its balance is counted on. */
export function normal_side(type) {
  return type === "asset" || type === "expense" ? "debit" : "credit";
}
