"""What the writer is asked to do, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec import Struct

from commons.domain.refusals import Refusal
from exchange.rooms.domain.commands import Command
from exchange.rooms.domain.events import Event
from exchange.rooms.domain.model import RoomState
from exchange.rooms.protocol import BidFrame, Receipt, WithdrawFrame


class BidOrder(Struct, eq=False):
    """A bid or a withdrawal as it came in through a socket. `signed` is set by whoever verified the signature first."""

    room_id: int
    participant_id: int
    alias: str
    frame: BidFrame | WithdrawFrame
    canonical: bytes
    received_at: datetime
    public_key: Any
    """A `PublicKey`."""
    reply_to: Any = None
    """Handed back untouched with the verdict."""
    signed: bool | None = None
    asked: bool = False
    """Whether a process that checks signatures was asked about it, and has yet to answer."""


class CommandOrder(Struct, eq=False):
    """A command of the timekeeper or of staff, in the same order of truth as the bids."""

    room_id: int
    command: Command
    actor_ref: str
    reply_to: Any = None


class FrameNote(Struct, eq=False):
    """A frame that was refused before it could become a bid; kept for the record."""

    room_id: int
    alias: str
    person_id: int | None
    code: str
    detail: str
    frame: bytes
    received_at: datetime


Order = BidOrder | CommandOrder


class Outcome(Struct, eq=False):
    """The verdict on an order: a receipt for a bid, a refusal for what was not stored, events for a command."""

    order: Order
    receipt: Receipt | None = None
    refusal: Refusal | None = None
    events: Sequence[Event] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """A room after a commit (or after catching up with another process): where it stands, and what led there."""

    room_id: int
    epoch: str
    seq: int
    state: RoomState
    events: Sequence[Event]


@dataclass(slots=True)
class Committed:
    """What one transaction did."""

    outcomes: list[Outcome] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
