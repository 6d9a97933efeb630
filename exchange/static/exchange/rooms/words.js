// Events of the log in the reader's words.

import { grouped } from "./money.js";
import { clockTime, hasText, text } from "./text.js";

/** An event as the tape tells it; the bidder's own are told as such. */
export function describe(event, { divisible = false, ownAlias = null } = {}) {
  const own = ownAlias !== null && event.alias === ownAlias ? "-you" : "";
  const some = divisible && event.quantity ? "-quantity" : "";
  const base = `event-${event.type}`;
  const key = [base + own + some, base + own, base + some, base].find(hasText);
  if (!key) return event.type;
  return text(key, {
    alias: event.alias ?? "",
    price: event.price ? grouped(event.price) : "—",
    quantity: event.quantity ?? "",
    phase: event.phase ? text(`phase-${event.phase}`) : "",
    closes_at: event.closes_at ? clockTime(event.closes_at) : "",
    reason: event.reason ? (hasText(`reason-${event.reason}`) ? text(`reason-${event.reason}`) : event.reason) : "",
  });
}
