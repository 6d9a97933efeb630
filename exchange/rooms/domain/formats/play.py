"""What a format decides: the questions that `decide` asks it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from exchange.rooms.domain.commands import PlaceBid
from exchange.rooms.domain.events import RoomAward
from exchange.rooms.domain.model import Offer, RoomState


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the hammer leaves: `price` is the lowest price paid (descending: the highest), `None` without a deal."""

    price: Decimal | None
    awards: tuple[RoomAward, ...]
    unsold: Decimal
    explanation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Play:
    """One format. Each question is a pure function of the state."""

    check: Callable[[RoomState, PlaceBid, Decimal, Decimal], Decimal]
    """Refuses a bid whose price or quantity the format does not take; gives the price from which the guard measures."""
    least_price: Callable[[RoomState, str], Decimal]
    """The weakest price that would be accepted from a bidder now."""
    replaced: Callable[[RoomState, PlaceBid], tuple[Offer, ...]]
    """The standing offers of the bidder that this bid takes the place of. May refuse."""
    settle: Callable[[RoomState], Settlement]
    """Who wins what, if the hammer fell now."""


def keeps_one_offer(state: RoomState, bid: PlaceBid) -> tuple[Offer, ...]:
    """In all formats but the sealed call a bidder has one standing offer, the last."""
    return state.book.standing(bid.alias).offers
