"""What the front page shows of the trading floor, asked of exchange."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class BoardRoom:
    """A room that is open or opens soon."""

    title: str
    url: str
    phase: str
    price: str
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class BoardNotice:
    """A notice whose registration is open."""

    title: str
    url: str
    seller: str
    registration_ends_at: datetime | None


def live_rooms(now: datetime) -> Sequence[BoardRoom]:
    """Rooms that are open now or open within a day, soonest close first."""
    return ()


def current_notices(now: datetime) -> Sequence[BoardNotice]:
    """Notices whose registration is open, soonest end first."""
    return ()
