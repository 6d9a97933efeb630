"""The clearing of a call: {uniform, pay as bid, lowest bid, top share} × tie × shortfall (DESIGN §5, RULES §15).

    screen (reserve, sizes) → trims (limits, cap) → valves (extra supply, withheld) → who gets what → price → checks

Pure and exact: numbers in, numbers and sentences out. The order of arrival and the seed decide everything else.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext

from commons.domain.money import normal_text, round_money
from exchange.rooms.domain.clearing.allocation import Allocation, allocate, in_turn
from exchange.rooms.domain.clearing.model import (
    ZERO,
    Award,
    Call,
    Clearing,
    Order,
    RefusalCode,
    RefusedOrder,
    Rule,
)
from exchange.rooms.domain.clearing.supply import Offer, after_valves
from exchange.rooms.domain.clearing.trims import Screened, screen
from exchange.rooms.domain.rules import PriceRule, ShortfallRule

DIGITS = 100
"""Enough for every product of amounts below a trillion with 9 places to be exact."""

_WORDS = {
    RefusalCode.SUPPLY_USED_UP: "the supply was used up by better bids",
    RefusalCode.BELOW_ITS_MINIMUM: "what was left is less than it takes",
    RefusalCode.BEYOND_TOP_SHARE: "its bidder is not among the best share of bidders",
    RefusalCode.CANCELLED: "the sale is cancelled",
}


def clear(call: Call) -> Clearing:
    """Who wins how much at which price, who gets nothing, and why, in words."""
    with localcontext(prec=DIGITS):
        return _clear(call)


def _clear(call: Call) -> Clearing:
    rule, screened = call.rule, screen(call)
    demand = sum((order.quantity for order in screened.orders), ZERO)
    if demand < call.supply and rule.shortfall is ShortfallRule.CANCEL:
        why = f"Valid bids for {normal_text(demand)} do not reach the supply of {normal_text(call.supply)}"
        return _cancelled(call, screened, f"{why}: the sale is cancelled.")
    orders, beyond, words = _winners_by_share(screened.orders, rule)
    offer = after_valves(call.supply, orders, rule, lambda supply: _lowest(call, orders, supply))
    allocation = _given_out(call, orders, offer.supply)
    price = _price(rule, orders, allocation, offer, short=demand < offer.supply)
    if rule.secret_reserve is not None and price is not None and price < rule.secret_reserve:
        why = f"The price would be {normal_text(price)}, below the secret reserve price: the sale is cancelled."
        return _cancelled(call, screened, why)
    said = (*screened.explanation, *words, *offer.explanation, *allocation.explanation)
    return _result(call, screened, orders, beyond, allocation, offer, price, said, short=demand < offer.supply)


def _given_out(call: Call, orders: Sequence[Order], supply: Decimal) -> Allocation:
    if call.rule.price is PriceRule.TOP_SHARE:
        return in_turn(orders, supply, call.lot_size)
    return allocate(orders, supply, call.lot_size, call.rule)


def _lowest(call: Call, orders: Sequence[Order], supply: Decimal) -> Decimal | None:
    """The price of the last bid that a supply serves."""
    quantities = _given_out(call, orders, supply).quantities
    return min((order.price for order in orders if order.id in quantities), default=None)


def _price(rule: Rule, orders: Sequence[Order], allocation: Allocation, offer: Offer, *, short: bool) -> Decimal | None:
    """What all pay; where each pays its own, the lowest price paid."""
    lowest = min((order.price for order in orders if order.id in allocation.quantities), default=None)
    if lowest is not None and offer.held_at is not None and rule.price is PriceRule.UNIFORM and not short:
        return offer.held_at
    return lowest


def top_count(share: Decimal, bidders: int) -> int:
    """How many bidders are the best `share` of them: rounded half up (Wuyi 2021)."""
    return int((share * bidders).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _winners_by_share(orders: tuple[Order, ...], rule: Rule) -> tuple[tuple[Order, ...], tuple[Order, ...], list[str]]:
    """The orders of the best share of the bidders, half up, ties to the earlier (Wuyi 2021); and the others."""
    if rule.price is not PriceRule.TOP_SHARE:
        return orders, (), []
    assert rule.top_share is not None, "a top share is given"
    bidders = list(dict.fromkeys(order.bidder for order in orders))
    count = top_count(rule.top_share, len(bidders))
    best = set(bidders[:count])
    share = normal_text(rule.top_share * 100)
    words = [
        f"The best {share} % of {len(bidders)} bidders, rounded half up, are {count}: {', '.join(bidders[:count])}."
    ]
    winners = tuple(order for order in orders if order.bidder in best)
    return winners, tuple(order for order in orders if order.bidder not in best), words if bidders else []


def _result(
    call: Call,
    screened: Screened,
    orders: Sequence[Order],
    beyond: Sequence[Order],
    allocation: Allocation,
    offer: Offer,
    price: Decimal | None,
    said: tuple[str, ...],
    *,
    short: bool,
) -> Clearing:
    one_price = price if _pays_one_price(call.rule, short=short) else None
    awards = tuple(
        _award(order, allocation.quantities[order.id], one_price)
        for order in orders
        if order.id in allocation.quantities
    )
    left_out = [
        RefusedOrder(
            order,
            RefusalCode.BELOW_ITS_MINIMUM if order.id in allocation.below_minimum else RefusalCode.SUPPLY_USED_UP,
        )
        for order in orders
        if order.id not in allocation.quantities
    ]
    left_out += [RefusedOrder(order, RefusalCode.BEYOND_TOP_SHARE) for order in beyond]
    sold = sum((award.quantity for award in awards), ZERO)
    words = [
        *said,
        *_price_words(call.rule, one_price, price),
        *map(_award_words, awards),
        *map(_refusal_words, left_out),
    ]
    words.append(f"Sold {normal_text(sold)} of {normal_text(offer.supply)}.")
    refused = _in_order(call, (*screened.refused, *left_out))
    return Clearing(price, sold, offer.supply - sold, False, awards, refused, tuple(words))


def _pays_one_price(rule: Rule, *, short: bool) -> bool:
    if short and rule.shortfall is ShortfallRule.LOWEST_BID:
        return True
    return rule.price in (PriceRule.UNIFORM, PriceRule.LOWEST_BID)


def _award(order: Order, quantity: Decimal, one_price: Decimal | None) -> Award:
    price = order.price if one_price is None else one_price
    return Award(order, quantity, price, round_money(quantity * price))


def _cancelled(call: Call, screened: Screened, why: str) -> Clearing:
    left_out = tuple(RefusedOrder(order, RefusalCode.CANCELLED) for order in screened.orders)
    refused = _in_order(call, (*screened.refused, *left_out))
    words = (*screened.explanation, why)
    return Clearing(None, ZERO, call.supply, True, (), refused, words)


def _in_order(call: Call, refused: Sequence[RefusedOrder]) -> tuple[RefusedOrder, ...]:
    """As the orders were given, each once."""
    place = {order.id: index for index, order in enumerate(call.orders)}
    return tuple(sorted(refused, key=lambda entry: place[entry.order.id]))


def _price_words(rule: Rule, one_price: Decimal | None, price: Decimal | None) -> list[str]:
    if price is None:
        return ["No valid bid is served."]
    if one_price is None:
        return [f"Each pays its own price; the lowest is {normal_text(price)}."]
    if rule.price in (PriceRule.UNIFORM, PriceRule.LOWEST_BID):
        return [f"All pay {normal_text(one_price)}."]
    return [f"Less was bid for than offered: all pay the lowest valid bid, {normal_text(one_price)}."]


def _award_words(award: Award) -> str:
    order = award.order
    got = normal_text(award.quantity) + (
        "" if award.quantity == order.quantity else f" of the {normal_text(order.quantity)} it asked for"
    )
    return (
        f"Bid {order.id} of {order.bidder} at {normal_text(order.price)} wins {got} "
        f"at {normal_text(award.price)}: {normal_text(award.amount)}."
    )


def _refusal_words(entry: RefusedOrder) -> str:
    order = entry.order
    return f"Bid {order.id} of {order.bidder} at {normal_text(order.price)} gets nothing: {_WORDS[entry.code]}."
