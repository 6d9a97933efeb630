"""The hammer of the formats that sell: the standing offers go through the clearing of the rules."""

from exchange.rooms.domain.clearing.engine import clear
from exchange.rooms.domain.clearing.model import Call, Order, Rule
from exchange.rooms.domain.events import RoomAward
from exchange.rooms.domain.formats.play import Settlement
from exchange.rooms.domain.model import Offer, RoomState
from exchange.rooms.domain.phases import Format
from exchange.rooms.domain.rules import PriceRule, RoomRules


def clear_at_the_hammer(state: RoomState) -> Settlement:
    """Who wins what, were the hammer to fall on what stands now."""
    cleared = clear(call_of(state))
    awards = tuple(
        RoomAward(award.order.bidder, award.order.id, award.quantity, award.price, award.amount)
        for award in cleared.awards
    )
    return Settlement(cleared.price, awards, cleared.unsold, cleared.explanation)


def call_of(state: RoomState) -> Call:
    """The standing offers as a call: arrival is the place in the room's order of truth."""
    rules = state.setup.rules
    return Call(
        supply=rules.supply,
        lot_size=rules.lot_size,
        rule=clearing_rule(rules),
        orders=tuple(_order(state, offer) for offer in state.book.ranking),
    )


def clearing_rule(rules: RoomRules) -> Rule:
    """The part of a room's rules that the clearing looks at."""
    return Rule(
        price=PriceRule.TOP_SHARE if rules.format is Format.LIMITED_QUOTES else rules.price,
        tie=rules.tie,
        shortfall=rules.shortfall,
        reserve=rules.start_price,
        cap_share=rules.cap_share,
        top_share=rules.top_share,
        seed=rules.seed,
    )


def _order(state: RoomState, offer: Offer) -> Order:
    return Order(
        id=offer.bid_id,
        bidder=offer.alias,
        quantity=offer.quantity,
        price=offer.price,
        arrival=offer.seq,
        minimum=offer.minimum,
        group=state.setup.participants[offer.alias].group,
    )
