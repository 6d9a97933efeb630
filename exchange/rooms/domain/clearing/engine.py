"""The clearing of a call: {uniform, pay as bid, lowest bid, top share} × tie × shortfall.

    screen (reserve, sizes) → trims (limits, cap) → valves (extra supply, withheld) → who gets what → price → checks

Pure and exact: numbers in, numbers and sentences out. The order of arrival and the seed decide everything else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from commons.domain.money import round_money
from commons.domain.text import gettext_noop
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
from exchange.rooms.domain.clearing.sentences import say
from exchange.rooms.domain.clearing.supply import Offer, after_valves
from exchange.rooms.domain.clearing.trims import Screened, screen
from exchange.rooms.domain.rules import PriceRule, ShortfallRule

DIGITS = 100
"""Enough for every product of amounts below a trillion with 9 places to be exact."""

_WORDS = {
    RefusalCode.SUPPLY_USED_UP: say(gettext_noop("the supply was used up by better bids")),
    RefusalCode.BELOW_ITS_MINIMUM: say(gettext_noop("what was left is less than it takes")),
    RefusalCode.BEYOND_TOP_SHARE: say(gettext_noop("its bidder is not among the best share of bidders")),
}


def clear(call: Call) -> Clearing:
    """Who wins how much at which price, who gets nothing, and why, in words."""
    with localcontext(prec=DIGITS):
        return _clear(call)


def _clear(call: Call) -> Clearing:
    sale = _sale(call)
    rule = call.rule
    if sale.demand < call.supply and rule.shortfall is ShortfallRule.CANCEL:
        words = gettext_noop("Valid bids for %(bid)s do not reach the supply of %(supply)s: the sale is cancelled.")
        return _cancelled(sale, say(words, bid=sale.demand, supply=call.supply))
    offer = after_valves(call.supply, sale.orders, rule, lambda supply: _lowest(sale, supply))
    allocation = _given_out(sale, offer.supply)
    price = _price(sale, allocation, offer)
    if rule.secret_reserve is not None and price is not None and price < rule.secret_reserve:
        words = gettext_noop("The price would be %(price)s, below the secret reserve price: the sale is cancelled.")
        return _cancelled(sale, say(words, price=price))
    return _result(sale, allocation, offer, price)


@dataclass(frozen=True, slots=True)
class Sale:
    """A call after its screening: the orders that may win, those beyond the top share, and what was said so far."""

    call: Call
    screened: Screened
    orders: tuple[Order, ...]
    beyond: tuple[Order, ...]
    words: tuple[str, ...]

    @property
    def demand(self) -> Decimal:
        return sum((order.quantity for order in self.screened.orders), ZERO)


def _sale(call: Call) -> Sale:
    screened = screen(call)
    if call.rule.price is not PriceRule.TOP_SHARE:
        return Sale(call, screened, screened.orders, (), screened.explanation)
    return _best_share(call, screened)


def _best_share(call: Call, screened: Screened) -> Sale:
    """Only the best share of the bidders may win, ties at the cut-off to the earlier (Wuyi 2021)."""
    assert call.rule.top_share is not None, "a top share is given"
    bidders = list(dict.fromkeys(order.bidder for order in screened.orders))
    best = bidders[: top_count(call.rule.top_share, len(bidders))]
    words = say(
        gettext_noop("The best %(share)s %% of %(bidders)s bidders, rounded half up, are %(best)s: %(names)s."),
        share=call.rule.top_share * 100,
        bidders=len(bidders),
        best=len(best),
        names=", ".join(best),
    )
    chosen = set(best)
    return Sale(
        call,
        screened,
        tuple(order for order in screened.orders if order.bidder in chosen),
        tuple(order for order in screened.orders if order.bidder not in chosen),
        (*screened.explanation, words),
    )


def top_count(share: Decimal, bidders: int) -> int:
    """How many bidders are the best `share` of them: rounded half up (Wuyi 2021)."""
    return int((share * bidders).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _given_out(sale: Sale, supply: Decimal) -> Allocation:
    call = sale.call
    if call.rule.price is PriceRule.TOP_SHARE:
        return in_turn(sale.orders, supply, call.lot_size)
    return allocate(sale.orders, supply, call.lot_size, call.rule)


def _lowest(sale: Sale, supply: Decimal) -> Decimal | None:
    """The price of the last bid that a supply serves."""
    return _lowest_served(sale, _given_out(sale, supply))


def _lowest_served(sale: Sale, allocation: Allocation) -> Decimal | None:
    return min((order.price for order in sale.orders if order.id in allocation.quantities), default=None)


def _price(sale: Sale, allocation: Allocation, offer: Offer) -> Decimal | None:
    """What all pay; where each pays its own, the lowest price paid."""
    lowest = _lowest_served(sale, allocation)
    if lowest is not None and offer.held_at is not None and sale.call.rule.price is PriceRule.UNIFORM:
        return offer.held_at
    return lowest


def _result(sale: Sale, allocation: Allocation, offer: Offer, price: Decimal | None) -> Clearing:
    rule, won = sale.call.rule, allocation.quantities
    one_price = price if _pays_one_price(rule, short=sale.demand < offer.supply) else None
    awards = tuple(_award(order, won[order.id], one_price) for order in sale.orders if order.id in won)
    left_out = _left_out(sale, allocation)
    sold = sum((award.quantity for award in awards), ZERO)
    words = (
        *sale.words,
        *offer.explanation,
        *allocation.explanation,
        *_price_words(rule, one_price, price),
        *map(_award_words, awards),
        *map(_refusal_words, left_out),
        say(gettext_noop("Sold %(sold)s of %(supply)s."), sold=sold, supply=offer.supply),
    )
    refused = _in_order(sale.call, (*sale.screened.refused, *left_out))
    return Clearing(price, sold, offer.supply - sold, False, awards, refused, words)


def _left_out(sale: Sale, allocation: Allocation) -> list[RefusedOrder]:
    """The valid orders that get nothing, and why."""
    declined, used_up = RefusalCode.BELOW_ITS_MINIMUM, RefusalCode.SUPPLY_USED_UP
    left_out = [
        RefusedOrder(order, declined if order.id in allocation.below_minimum else used_up)
        for order in sale.orders
        if order.id not in allocation.quantities
    ]
    return left_out + [RefusedOrder(order, RefusalCode.BEYOND_TOP_SHARE) for order in sale.beyond]


def _pays_one_price(rule: Rule, *, short: bool) -> bool:
    if short and rule.shortfall is ShortfallRule.LOWEST_BID:
        return True
    return rule.price in (PriceRule.UNIFORM, PriceRule.LOWEST_BID)


def _award(order: Order, quantity: Decimal, one_price: Decimal | None) -> Award:
    price = order.price if one_price is None else one_price
    return Award(order, quantity, price, round_money(quantity * price))


def _cancelled(sale: Sale, why: str) -> Clearing:
    left_out = tuple(RefusedOrder(order, RefusalCode.CANCELLED) for order in sale.screened.orders)
    refused = _in_order(sale.call, (*sale.screened.refused, *left_out))
    return Clearing(None, ZERO, sale.call.supply, True, (), refused, (*sale.screened.explanation, why))


def _in_order(call: Call, refused: Sequence[RefusedOrder]) -> tuple[RefusedOrder, ...]:
    """As the orders were given, each once."""
    place = {order.id: index for index, order in enumerate(call.orders)}
    return tuple(sorted(refused, key=lambda entry: place[entry.order.id]))


def _price_words(rule: Rule, one_price: Decimal | None, price: Decimal | None) -> list[str]:
    if price is None:
        return [say(gettext_noop("No valid bid is served."))]
    if one_price is None:
        return [say(gettext_noop("Each pays its own price; the lowest is %(price)s."), price=price)]
    if rule.price in (PriceRule.UNIFORM, PriceRule.LOWEST_BID):
        return [say(gettext_noop("All pay %(price)s."), price=one_price)]
    words = gettext_noop("Less was bid for than offered: all pay the lowest valid bid, %(price)s.")
    return [say(words, price=one_price)]


def _award_words(award: Award) -> str:
    order = award.order
    whole = gettext_noop("Bid %(bid)s of %(bidder)s at %(price)s wins %(got)s at %(pays)s: %(amount)s.")
    part = gettext_noop(
        "Bid %(bid)s of %(bidder)s at %(price)s wins %(got)s of the %(asked)s it asked for at %(pays)s: %(amount)s."
    )
    return say(
        whole if award.quantity == order.quantity else part,
        bid=order.id,
        bidder=order.bidder,
        price=order.price,
        got=award.quantity,
        asked=order.quantity,
        pays=award.price,
        amount=award.amount,
    )


def _refusal_words(entry: RefusedOrder) -> str:
    order = entry.order
    words = gettext_noop("Bid %(bid)s of %(bidder)s at %(price)s gets nothing: %(why)s.")
    return say(words, bid=order.id, bidder=order.bidder, price=order.price, why=_WORDS[entry.code])
