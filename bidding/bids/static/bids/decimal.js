// Exact decimals: digits as a whole number and how many of them stand behind the point. The same arithmetic, and the same
// rounding half up, as bidding/scoring/domain/rounding.py.

const PLAIN = /^(0|[1-9]\d{0,14})(\.\d{1,9})?$/;

/** `{ digits, places }`, or null for what is no plain decimal number of at most `most` places. */
export function parse(text, most = 9) {
  if (typeof text !== "string" || !PLAIN.test(text)) return null;
  const [whole, rest = ""] = text.split(".");
  return rest.length > most ? null : { digits: BigInt(whole + rest), places: rest.length };
}

const scaled = ({ digits, places }, wanted) => digits * 10n ** BigInt(wanted - places);

export function add(one, other) {
  const places = Math.max(one.places, other.places);
  return { digits: scaled(one, places) + scaled(other, places), places };
}

export const multiply = (one, other) => ({ digits: one.digits * other.digits, places: one.places + other.places });

/** -1, 0 or 1. */
export function compare(one, other) {
  const places = Math.max(one.places, other.places);
  const [left, right] = [scaled(one, places), scaled(other, places)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** To the fen, half up. */
export function fen(value) {
  if (value.places <= 2) return { digits: scaled(value, 2), places: 2 };
  const unit = 10n ** BigInt(value.places - 2);
  return { digits: (2n * value.digits + unit) / (2n * unit), places: 2 };
}

export function text({ digits, places }) {
  const all = String(digits).padStart(places + 1, "0");
  return places ? `${all.slice(0, -places)}.${all.slice(-places)}` : all;
}

/** Without zeros at the end. */
export const short = (value) => (value.places ? text(value).replace(/0+$/, "").replace(/\.$/, "") : text(value));

export const ZERO = { digits: 0n, places: 0 };
