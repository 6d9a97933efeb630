"""When bids count: received inside a phase of bidding, and decided before its hammer."""

from datetime import datetime

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from exchange.rooms.domain.instants import after, to_text
from exchange.rooms.domain.model import RoomState
from exchange.rooms.domain.phases import BIDDABLE, Phase


class NotOpen(Refusal):
    """Bidding has not begun, or not again."""

    code = "ROOM_NOT_OPEN"
    message = gettext_noop("Bidding is not open yet. It begins at %(opens_at)s; send your bid then.")


class Paused(Refusal):
    code = "ROOM_PAUSED"
    message = gettext_noop("The room is paused. The remaining time will be given back; wait for the resumption.")


class Closed(Refusal):
    code = "ROOM_CLOSED"
    message = gettext_noop("Bidding closed at %(closed_at)s; your bid came at %(received_at)s and does not count.")


class DecidedTooLate(Refusal):
    """The bid came in time, but the platform decided it only after the hammer: its own fault, which alarms."""

    code = "ROOM_DECIDED_TOO_LATE"
    message = gettext_noop(
        "Your bid came in time (%(received_at)s), but the platform reached it only after the hammer. It does not "
        "count; this is recorded as a fault of the platform. Contact the trading centre and name your bid number."
    )


def due_at(state: RoomState) -> datetime | None:
    """When the next tick matters: the end of the phase, after bidding with the grace; `None` if time changes none."""
    closes_at = state.clock.closes_at
    if closes_at is None or state.is_over:
        return None
    return after(closes_at, state.setup.rules.closing_grace_ms) if state.phase in BIDDABLE else closes_at


def check_received(state: RoomState, received_at: datetime) -> None:
    """Refuses (`NotOpen`, `Paused`, `Closed`, `DecidedTooLate`) what did not come inside the phase of bidding."""
    clock = state.clock
    closes_at = clock.closes_at
    if state.phase in BIDDABLE and closes_at is not None and clock.begins_at <= received_at < closes_at:
        return
    raise _out_of_time(state, received_at)


def _out_of_time(state: RoomState, received_at: datetime) -> Refusal:
    clock = state.clock
    if clock.last_open and clock.last_open[0] <= received_at < clock.last_open[1]:
        return DecidedTooLate(received_at=to_text(received_at), closed_at=to_text(clock.last_open[1]))
    if state.phase is Phase.PAUSED:
        return Paused()
    if state.is_over or (state.phase in BIDDABLE and clock.closes_at and received_at >= clock.closes_at):
        assert clock.closes_at is not None, "a room that is over has closed"
        return Closed(closed_at=to_text(clock.closes_at), received_at=to_text(received_at))
    opens_at = clock.begins_at if state.phase in BIDDABLE else clock.closes_at
    assert opens_at is not None, "a running phase has an end"
    return NotOpen(opens_at=to_text(opens_at))
