// What to ask before a bid goes out. The server asks the same again; here the bidder learns it before sending.

import { toText, toUnits } from "./money.js";

export const Ask = Object.freeze({ NOTHING: "NONE", HOLD: "HELD", RETYPE: "RETYPED" });

const HOLD_STEPS = 3n;
const HOLD_PERCENT = 5n;
const RETYPE_TIMES = 10n;

/**
 * How surely the bidder must mean `price`, against `reference` (the best price, or the start price):
 * more than 3 steps or 5 % away: hold; ten times as much, or a tenth: type it again.
 */
export function asked({ price, reference, step }) {
  const own = toUnits(price, 2);
  const from = toUnits(reference, 2);
  const by = toUnits(step ?? "0", 2) ?? 0n;
  if (own === null || from === null || from === 0n) return Ask.NOTHING;
  if (own >= from * RETYPE_TIMES || own * RETYPE_TIMES <= from) return Ask.RETYPE;
  const away = own > from ? own - from : from - own;
  if ((by > 0n && away > by * HOLD_STEPS) || away * 100n > from * HOLD_PERCENT) return Ask.HOLD;
  return Ask.NOTHING;
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
