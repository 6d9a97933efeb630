"""What time does: phases end and hammers fall at the instants that the rules give, however late anybody looks."""

from datetime import datetime

from exchange.rooms.domain.commands import Tick
from exchange.rooms.domain.events import Event, FailReason, HammerFell, PhaseBegan, RoomFailed
from exchange.rooms.domain.evolve import evolve
from exchange.rooms.domain.formats.table import PLAYS
from exchange.rooms.domain.instants import after
from exchange.rooms.domain.model import RoomState
from exchange.rooms.domain.phases import BEGINNING, ROOM, Phase, Step
from exchange.rooms.domain.rules import SingleBidder
from exchange.rooms.domain.timing import due_at


def tick(state: RoomState, command: Tick, at: datetime) -> tuple[Event, ...]:
    """Whatever was due by `at`."""
    return tuple(due_changes(state, at, at)[0])


def time_event(state: RoomState, at: datetime) -> Event:
    """The change that is due at the end of the present phase."""
    phase, closes_at, rules = state.phase, state.clock.closes_at, state.setup.rules
    assert closes_at is not None, "a phase that ends has an end"
    if phase is Phase.SCHEDULED:
        length = rules.free_ms or rules.session_ms
        return _phase_begins(state, at, rules.first_phase, closes_at, length)
    if phase is Phase.WAITING:
        return _phase_begins(state, at, Phase.TIMED, closes_at, rules.timed_ms)
    bidders = sum(1 for standing in state.book.bidders.values() if standing.offers)
    if bidders == 0:
        return _failed(state, at, FailReason.NO_BIDS)
    if bidders == 1 and phase is not Phase.TIMED and rules.single_bidder is SingleBidder.FAIL:
        return _failed(state, at, FailReason.SINGLE_BIDDER)
    if bidders > 1 and phase is Phase.FREE:
        # Waiting is never shorter than the grace, so that no bid of the timed phase comes before its event.
        return _phase_begins(state, at, Phase.WAITING, closes_at, max(rules.waiting_ms, rules.closing_grace_ms))
    return _hammer(state, at)


def due_changes(state: RoomState, until: datetime, at: datetime) -> tuple[list[Event], RoomState]:
    """Every change of phase that was due by `until`, decided at `at`, and the state after them."""
    events: list[Event] = []
    due = due_at(state)
    while due is not None and due <= until:
        event = time_event(state, at)
        events.append(event)
        state = evolve(state, event)
        due = due_at(state)
    return events, state


def _phase_begins(state: RoomState, at: datetime, phase: Phase, begins_at: datetime, length_ms: int) -> PhaseBegan:
    ROOM.fire(state.phase, BEGINNING[phase])
    return PhaseBegan(state.seq + 1, at, phase, begins_at, after(begins_at, length_ms))


def _hammer(state: RoomState, at: datetime) -> Event:
    settlement = PLAYS[state.setup.rules.format].settle(state)
    if settlement.price is None:
        return _failed(state, at, FailReason.NOT_CLEARED)
    ROOM.fire(state.phase, Step.HAMMER)
    closed_at, fell_at = _fall(state)
    price, awards, unsold = settlement.price, settlement.awards, settlement.unsold
    return HammerFell(state.seq + 1, at, closed_at, fell_at, price, awards, unsold)


def _failed(state: RoomState, at: datetime, reason: FailReason) -> RoomFailed:
    ROOM.fire(state.phase, Step.FAIL)
    closed_at, fell_at = _fall(state)
    return RoomFailed(state.seq + 1, at, closed_at, fell_at, reason)


def _fall(state: RoomState) -> tuple[datetime, datetime]:
    """When the room closed and when its hammer falls."""
    closes_at, fell_at = state.clock.closes_at, due_at(state)
    assert closes_at is not None, "a hammer falls on a close"
    assert fell_at is not None, "a hammer falls on a close"
    return closes_at, fell_at
