"""The state of a room: what `evolve` keeps of its events, and `decide` and the views look at.

Every change makes a new state that shares what did not change; a bid costs a copy of one small mapping and one tuple of
the standing offers, never of all bids.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from decimal import Decimal

from exchange.rooms.domain.events import FailReason, Participant, RoomAward
from exchange.rooms.domain.phases import BIDDABLE, OVER, Phase
from exchange.rooms.domain.rules import RoomRules
from exchange.rooms.domain.values import value

__all__ = ["Book", "Clock", "Offer", "Outcome", "Participant", "RoomState", "Setup", "Standing"]


@value
class Setup:
    """What never changes in a room."""

    rules: RoomRules
    participants: Mapping[str, Participant]
    opens_at: datetime
    """As scheduled; a pause before the opening may move it (see `Clock`)."""


@value
class Offer:
    """An accepted bid that stands."""

    alias: str
    price: Decimal
    quantity: Decimal
    minimum: Decimal
    seq: int
    received_at: datetime
    bid_id: str
    key: tuple[Decimal, int]
    """Sorts better offers first: by price, then by `seq`."""


@value
class Standing:
    """One bidder's place in the room: his standing offers (several only in a sealed call) and how often he bid."""

    offers: tuple[Offer, ...] = ()
    quotes: int = 0


NOBODY = Standing()


@value
class Book:
    """All standing offers: by bidder, and best first."""

    bidders: Mapping[str, Standing] = field(default_factory=dict)
    ranking: tuple[Offer, ...] = ()

    def standing(self, alias: str) -> Standing:
        return self.bidders.get(alias, NOBODY)

    def offer(self, alias: str) -> Offer | None:
        """The latest standing offer of a bidder."""
        offers = self.standing(alias).offers
        return offers[-1] if offers else None

    @property
    def best(self) -> Offer | None:
        return self.ranking[0] if self.ranking else None


@value
class Clock:
    """The present phase `[begins_at, closes_at)` and what moves its end."""

    begins_at: datetime
    closes_at: datetime | None
    """Of a scheduled room: when it opens. `None` while paused."""
    latest_close_at: datetime | None = None
    """Beyond which no bid extends."""
    extensions: int = 0
    last_open: tuple[datetime, datetime] | None = None
    """The phase of bidding before this one, to tell what came in time."""
    interrupted: Phase | None = None
    """The phase that a pause interrupted, with `remaining_ms` to go."""
    remaining_ms: int = 0


@value
class Outcome:
    """How the room ended."""

    closed_at: datetime
    fell_at: datetime
    price: Decimal | None = None
    awards: tuple[RoomAward, ...] = ()
    unsold: Decimal | None = None
    failed: FailReason | None = None


@value
class RoomState:
    """A room as of its event `seq`."""

    setup: Setup
    seq: int
    at: datetime
    """When the event `seq` was decided."""
    phase: Phase
    clock: Clock
    book: Book
    accepted: int = 0
    refused: int = 0
    entrants: frozenset[str] | None = None
    """Who may bid in the timed phase; `None`: any participant."""
    outcome: Outcome | None = None
    withdrawn: int = 0
    suspended: frozenset[str] = frozenset()
    """Who may not bid for now."""

    @property
    def rules(self) -> RoomRules:
        return self.setup.rules

    @property
    def closes_at(self) -> datetime | None:
        return self.clock.closes_at

    @property
    def is_over(self) -> bool:
        return self.phase in OVER

    @property
    def is_hidden(self) -> bool:
        """Whether orders are hidden from everybody but their bidders: a sealed call before its hammer."""
        return self.rules.sealed and not self.is_over

    @property
    def shown_seq(self) -> int:
        """How many events anybody may know of: in a sealed call `seq` would tell how many orders there are."""
        return self.seq - (self.accepted + self.refused + self.withdrawn if self.is_hidden else 0)

    @property
    def is_biddable(self) -> bool:
        return self.phase in BIDDABLE

    @property
    def top_price(self) -> Decimal | None:
        """The best standing price (in a sealed call: not to be shown before the hammer)."""
        best = self.book.best
        return best.price if best else None
