"""Before the price is set: which orders take part, with how much. Limits cut from the lowest bids up."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from commons.domain.text import gettext_noop
from exchange.rooms.domain.clearing.model import NO_LIMITS, ZERO, Call, Order, RefusalCode, RefusedOrder
from exchange.rooms.domain.clearing.sentences import say
from exchange.rooms.domain.rules import PriceRule

_WORDS = {
    RefusalCode.BELOW_RESERVE: gettext_noop("its price %(price)s is below the reserve price"),
    RefusalCode.NOT_WHOLE_LOTS: gettext_noop("its quantity %(quantity)s is not a whole number of lots"),
    RefusalCode.ABOVE_MAXIMUM_SIZE: gettext_noop("its quantity %(quantity)s is above the maximum bid size"),
    RefusalCode.BELOW_MINIMUM_ORDER: gettext_noop("its quantity %(quantity)s is below the minimum order"),
    RefusalCode.CUT_BY_PURCHASE_LIMIT: gettext_noop("the purchase limit"),
    RefusalCode.CUT_BY_HOLDING_LIMIT: gettext_noop("the holding limit"),
    RefusalCode.CUT_BY_GUARANTEE: gettext_noop("the bid guarantee"),
    RefusalCode.CUT_BY_CAP: gettext_noop("the cap on one bidder's or group's share of the offer"),
}


@dataclass(frozen=True, slots=True)
class Screened:
    """The orders that take part, best first, cut to what the limits leave."""

    orders: tuple[Order, ...]
    refused: tuple[RefusedOrder, ...]
    explanation: tuple[str, ...]


def screen(call: Call) -> Screened:
    """Sorts out what takes no part and cuts the rest: per bidder first, then per group."""
    taking: list[Order] = []
    refused: list[RefusedOrder] = []
    words: list[str] = []
    for order in call.orders:
        code = _fault(call, order)
        if code is None:
            taking.append(order)
            continue
        refused.append(RefusedOrder(order, code))
        why = say(_WORDS[code], price=order.price, quantity=order.quantity)
        no_part = gettext_noop("Bid %(bid)s of %(bidder)s takes no part: %(why)s.")
        words.append(say(no_part, bid=order.id, bidder=order.bidder, why=why))
    orders = best_first(taking)
    for code, owner, most in _cuts(call):
        orders, gone, said = _cut(orders, owner, most, code, call.lot_size)
        refused += gone
        words += said
    return Screened(tuple(orders), tuple(refused), tuple(words))


def best_first(orders: Iterable[Order]) -> list[Order]:
    """By price from the highest, then by arrival."""
    return sorted(orders, key=lambda order: (-order.price, order.arrival))


def _fault(call: Call, order: Order) -> RefusalCode | None:
    rule = call.rule
    if rule.reserve is not None and order.price < rule.reserve:
        return RefusalCode.BELOW_RESERVE
    if order.quantity % call.lot_size:
        return RefusalCode.NOT_WHOLE_LOTS
    if rule.maximum_size is not None and order.quantity > rule.maximum_size:
        return RefusalCode.ABOVE_MAXIMUM_SIZE
    if rule.minimum_order is not None and order.quantity < rule.minimum_order:
        return RefusalCode.BELOW_MINIMUM_ORDER
    return None


@dataclass(slots=True)
class Kept:
    """What an owner keeps so far, from the best order down."""

    quantity: Decimal = ZERO
    owed: Decimal = ZERO
    """At the owner's own prices."""
    is_full: bool = False
    """Whether an order was cut: all that is worse falls away."""


Owner = Callable[[Order], Hashable]
Most = Callable[[Kept, Order], Decimal | None]
"""How much of an order its owner may keep beside what he keeps already; `None`: all of it."""


def _cuts(call: Call) -> list[tuple[RefusalCode, Owner, Most]]:
    """The cuts in their order. Each keeps, of an owner's orders, the best quantity up to a limit."""
    rule = call.rule
    each_its_own = rule.price in (PriceRule.PAY_AS_BID, PriceRule.TOP_SHARE)

    def purchase(kept: Kept, order: Order) -> Decimal | None:
        own = call.limits.get(order.bidder, NO_LIMITS).purchase
        limits = [limit for limit in (own, rule.purchase_limit) if limit is not None]
        return min(limits) - kept.quantity if limits else None

    def holding(kept: Kept, order: Order) -> Decimal | None:
        room = call.limits.get(order.bidder, NO_LIMITS).holding
        return None if room is None else room - kept.quantity

    def guarantee(kept: Kept, order: Order) -> Decimal | None:
        most = call.limits.get(order.bidder, NO_LIMITS).guarantee
        if most is None or order.price == 0:
            return None
        if each_its_own:
            return _whole_division(most - kept.owed, order.price, call.lot_size)
        # At one price for all, the bidder owes price × everything bid at that price or above, whichever price it is.
        return _whole_division(most, order.price, call.lot_size) - kept.quantity

    def cap(kept: Kept, _order: Order) -> Decimal | None:
        return None if rule.cap_share is None else rule.cap_share * call.supply - kept.quantity

    return [
        (RefusalCode.CUT_BY_PURCHASE_LIMIT, lambda order: order.bidder, purchase),
        (RefusalCode.CUT_BY_HOLDING_LIMIT, lambda order: order.bidder, holding),
        (RefusalCode.CUT_BY_GUARANTEE, lambda order: order.bidder, guarantee),
        (RefusalCode.CUT_BY_CAP, lambda order: order.owner, cap),
    ]


def _cut(
    orders: list[Order], owner: Owner, most: Most, code: RefusalCode, lot_size: Decimal
) -> tuple[list[Order], list[RefusedOrder], list[str]]:
    """One limit applied to all owners: of each, the best lots are kept and the rest falls away, the lowest first."""
    kept: dict[Hashable, Kept] = {}
    result: list[Order] = []
    refused: list[RefusedOrder] = []
    words: list[str] = []
    for order in orders:
        so_far = kept.setdefault(owner(order), Kept())
        quantity = _kept_of(order, so_far, most, lot_size)
        if quantity < order.quantity:
            so_far.is_full = True
            words.append(_said(order, quantity, code))
        if quantity <= 0 or quantity < order.minimum:
            refused.append(RefusedOrder(order, code))
            continue
        so_far.quantity += quantity
        so_far.owed += quantity * order.price
        result.append(order if quantity == order.quantity else replace(order, quantity=quantity))
    return result, refused, words


def _kept_of(order: Order, so_far: Kept, most: Most, lot_size: Decimal) -> Decimal:
    room = ZERO if so_far.is_full else most(so_far, order)
    if room is None or room >= order.quantity:
        return order.quantity
    return max(ZERO, room // lot_size * lot_size)


def _said(order: Order, quantity: Decimal, code: RefusalCode) -> str:
    words = gettext_noop("Bid %(bid)s of %(bidder)s is cut from %(asked)s to %(kept)s by %(limit)s.")
    if quantity <= 0:
        words = gettext_noop("Bid %(bid)s of %(bidder)s is cut away whole by %(limit)s.")
    elif quantity < order.minimum:
        words = gettext_noop(
            "Bid %(bid)s of %(bidder)s is cut from %(asked)s to %(kept)s by %(limit)s, less than the %(least)s it "
            "takes at least: it falls away."
        )
    return say(
        words,
        bid=order.id,
        bidder=order.bidder,
        asked=order.quantity,
        kept=quantity,
        limit=say(_WORDS[code]),
        least=order.minimum,
    )


def _whole_division(amount: Decimal, price: Decimal, lot_size: Decimal) -> Decimal:
    """How many lots `amount` pays for at `price`, as a quantity; exact, where a quotient of decimals may not be."""
    (top, bottom), (a, b), (c, d) = amount.as_integer_ratio(), price.as_integer_ratio(), lot_size.as_integer_ratio()
    lots = (top * b * d) // (bottom * a * c)
    return lots * lot_size
