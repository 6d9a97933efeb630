"""Descending continuous bidding 反向竞价: the mirror of the extension English; the lowest price wins."""

from commons.domain.money import round_money
from exchange.rooms.domain.events import RoomAward
from exchange.rooms.domain.formats.continuous import check, least_price, taken
from exchange.rooms.domain.formats.play import Play, Settlement, keeps_one_offer
from exchange.rooms.domain.model import RoomState


def settle(state: RoomState) -> Settlement:
    """The need is filled from the lowest price up; at equal prices the earlier bid comes first."""
    left = state.setup.rules.supply
    awards: list[RoomAward] = []
    for offer in state.book.ranking:
        part = taken(offer, left)
        if part > 0:
            amount = round_money(part * offer.price)
            awards.append(RoomAward(offer.alias, offer.bid_id, part, offer.price, amount))
            left -= part
    return Settlement(price=awards[-1].price if awards else None, awards=tuple(awards), unsold=left)


PLAY = Play(
    check=check,
    least_price=least_price,
    replaced=keeps_one_offer,
    settle=settle,
)
