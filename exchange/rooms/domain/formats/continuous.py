"""Bidding against a price that everybody sees: what a bid must beat. Ascending and, mirrored, descending."""

from decimal import Decimal

from commons.domain.money import normal_text
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from exchange.rooms.domain import ladder
from exchange.rooms.domain.commands import PlaceBid
from exchange.rooms.domain.model import Offer, RoomState


class QuantityShrinks(Refusal):
    """A bid binds: the next may ask for as much or more, not for less."""

    code = "ROOM_QUANTITY_SHRINKS"
    message = gettext_noop("Your bid for %(quantity)s stands. A new bid must be for at least as much.")


def price_to_beat(state: RoomState, alias: str) -> Decimal | None:
    """The price that a bid of `alias` must beat by a step; `None` where the start price is enough.

    Indivisible: the top price. Divisible: the bidder's own last price and, where the others alone use up the supply,
    the price of the last one who is served (the marginal price), whichever is harder.
    """
    book = state.book
    if not state.setup.rules.divisible:
        return book.ranking[0].price if book.ranking else None
    own = book.offer(alias)
    marginal = _marginal_price_of_others(state, alias)
    if own is None or marginal is None:
        return own.price if own else marginal
    return own.price if ladder.weaker(state.setup.rules, marginal, own.price) else marginal


def least_price(state: RoomState, alias: str) -> Decimal:
    """The weakest price that would be accepted from `alias` now."""
    beaten = price_to_beat(state, alias)
    rules = state.setup.rules
    return rules.start_price if beaten is None else ladder.beaten_by_a_step(rules, beaten)


def check(state: RoomState, bid: PlaceBid, price: Decimal, quantity: Decimal) -> Decimal:
    """Refuses a bid that beats too little, leaves the ladder of steps, or takes back part of a standing bid.

    A slip of the finger is told from the price to beat, or the start price.
    """
    rules = state.setup.rules
    beaten = price_to_beat(state, bid.alias)
    if beaten is None:
        ladder.check_beats(rules, price, least=rules.start_price, started=False)
    else:
        ladder.check_beats(rules, price, least=ladder.beaten_by_a_step(rules, beaten), started=True)
    reference = rules.start_price if beaten is None else beaten
    ladder.check_on_the_ladder(rules, price, base=reference)
    if rules.divisible:
        own = state.book.offer(bid.alias)
        if own is not None and quantity < own.quantity:
            raise QuantityShrinks(quantity=normal_text(own.quantity))
    return reference


def _marginal_price_of_others(state: RoomState, alias: str) -> Decimal | None:
    left = state.setup.rules.supply
    for offer in state.book.ranking:
        if offer.alias != alias:
            left -= taken(offer, left)
            if left <= 0:
                return offer.price
    return None


def taken(offer: Offer, left: Decimal) -> Decimal:
    """What an offer takes of what is left: all it asks for, the remainder, or nothing below its minimum."""
    part = min(offer.quantity, left)
    return part if part >= offer.minimum else Decimal(0)
