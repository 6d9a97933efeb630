// What a bid must reach, what to suggest, and from what a slip of the finger is told: the room's rules as the screen needs them.

import { stepped } from "./guard.js";
import { toUnits } from "./money.js";

const harder = (a, b, direction) => ((direction === "DOWN" ? toUnits(a, 2) < toUnits(b, 2) : toUnits(a, 2) > toUnits(b, 2)) ? a : b);

/** The price of the last offer that is served when the others alone use up the supply; null while they do not. */
function marginalOfOthers(state, alias) {
  let left = toUnits(state.supply, 3);
  for (const offer of state.standing ?? []) {
    if (offer.alias === alias) continue;
    left -= toUnits(offer.quantity, 3);
    if (left <= 0n) return offer.price;
  }
  return null;
}

/** The price that a bid of `alias` must beat by a step; null where the start price is enough. */
function toBeat(state, rules, alias, own) {
  if (!rules.divisible) return state.price;
  const marginal = marginalOfOthers(state, alias);
  if (own === null || marginal === null) return own ?? marginal;
  return harder(own, marginal, rules.direction);
}

/** The weakest price that would count now; `own` is the bidder's standing price or null. */
export function leastPrice(state, rules, alias, own) {
  if (rules.sealed || rules.quotes) return rules.start_price;
  if (!rules.divisible) return state.next_price;
  const beaten = toBeat(state, rules, alias, own);
  return beaten === null ? rules.start_price : stepped(beaten, rules.step, 1, rules.direction);
}

/** What stands in the field before the bidder has typed: the weakest price, or in a session of quotes one step above the best. */
export function suggestedPrice(state, rules, alias, own) {
  if (rules.sealed) return null;
  if (rules.quotes) return state.price === null ? rules.start_price : stepped(state.price, rules.step, 1, rules.direction);
  return leastPrice(state, rules, alias, own);
}

/** The price from which the guard measures. */
export function referencePrice(state, rules, alias, own) {
  if (rules.sealed) return rules.start_price;
  if (rules.quotes) return own ?? rules.start_price;
  return toBeat(state, rules, alias, own) ?? rules.start_price;
}
