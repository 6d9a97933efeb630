// What to ask before a bid goes out. The server asks the same again; here the bidder learns it before sending.

import { toText, toUnits } from "./money.js";

export const Ask = Object.freeze({ NOTHING: "NONE", HOLD: "HELD", RETYPE: "RETYPED" });

/**
 * How surely the bidder must mean `price`, against `reference` (the price to beat, or the start price). `limits` are the
 * room's: more than `hold_steps` steps or `hold_share` away: hold; `retype_factor` times as much, or as little: type it again.
 */
export function asked({ price, reference, step, limits }) {
  const own = toUnits(price, 2);
  const from = toUnits(reference, 2);
  const by = toUnits(step ?? "0", 2) ?? 0n;
  if (own === null || from === null || from === 0n) return Ask.NOTHING;
  const factor = limits.retype_factor === null ? null : BigInt(limits.retype_factor);
  if (factor !== null && (own >= from * factor || own * factor <= from)) return Ask.RETYPE;
  const away = own > from ? own - from : from - own;
  if (limits.hold_steps !== null && by > 0n && away > by * BigInt(limits.hold_steps)) return Ask.HOLD;
  const share = limits.hold_share === null ? null : toUnits(limits.hold_share, 9);
  return share !== null && away * 1_000_000_000n > from * share ? Ask.HOLD : Ask.NOTHING;
}

/** What is wrong with `price` before it is sent: {code, least} or null. `least` is the least (or greatest) valid price. */
export function problem({ price, nextPrice, step, startPrice, direction, multiples = false }) {
  const own = price === null ? null : toUnits(price, 2);
  if (own === null || own === 0n) return { code: "unreadable", least: nextPrice };
  const next = nextPrice === null ? null : toUnits(nextPrice, 2);
  if (next !== null && direction === "UP" && own < next) return { code: "low", least: nextPrice };
  if (next !== null && direction === "DOWN" && own > next) return { code: "high", least: nextPrice };
  if (multiples && toUnits(step, 2) > 0n) {
    const away = own - toUnits(startPrice, 2);
    if (away % toUnits(step, 2) !== 0n) return { code: "multiple", least: nearestMultiple(own, step, startPrice) };
  }
  return null;
}

function nearestMultiple(own, step, startPrice) {
  const by = toUnits(step, 2);
  const start = toUnits(startPrice, 2);
  return toText(start + ((own - start) / by + 1n) * by, 2);
}

/** `price` moved by `count` steps in the room's direction; null where that is no price any more. */
export function stepped(price, step, count, direction) {
  const units = toUnits(price, 2) + BigInt(count) * toUnits(step, 2) * (direction === "DOWN" ? -1n : 1n);
  return units > 0n ? toText(units, 2) : null;
}
