"""What a command leads to. `decide(state, command, at)` gives events; `evolve` (its own module) gives the next state.

Time decides, not the tick: before anything else is judged, every change of phase that was due by then happens, at the
instant that the rules give. So a tick that comes late, or never, changes nothing but when a change is announced.
A bid always gets a verdict as an event (`BidAccepted`, `BidRefused`); staff's commands raise their refusal.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from exchange.rooms.domain import amounts
from exchange.rooms.domain.commands import Command, Pause, PlaceBid, Resume, Tick, Void, WithdrawBid
from exchange.rooms.domain.events import (
    BidAccepted,
    BidRefused,
    BidWithdrawn,
    CloseExtended,
    Event,
    FailReason,
    HammerFell,
    Participant,
    PhaseBegan,
    RoomFailed,
    RoomPaused,
    RoomResumed,
    RoomScheduled,
    RoomVoided,
)
from exchange.rooms.domain.evolve import evolve
from exchange.rooms.domain.formats.sealed_call import check_withdrawal
from exchange.rooms.domain.formats.table import PLAYS
from exchange.rooms.domain.guard import check_confirmed
from exchange.rooms.domain.instants import after, floor, to_text
from exchange.rooms.domain.model import RoomState
from exchange.rooms.domain.phases import BEGINNING, BIDDABLE, RESUMING, ROOM, Phase, Step
from exchange.rooms.domain.rules import RoomRules, SingleBidder, UnsoundRules
from exchange.rooms.domain.timing import DecidedTooLate, check_received, due_at

__all__ = ["advance", "decide", "due_at", "schedule"]

MILLISECOND = timedelta(milliseconds=1)


class DecisionMissing(Refusal):
    """The centre voids nothing by itself (RULES §19)."""

    code = "ROOM_DECISION_MISSING"
    message = gettext_noop("Voiding needs the seller's or regulator's decision: who decided, under which number.")


class ClosedAlready(Refusal):
    """Between the close and the hammer there is no time left to give back."""

    code = "ROOM_CLOSED_ALREADY"
    message = gettext_noop("Bidding closed at %(closed_at)s and the hammer is falling; there is nothing left to pause.")


class ResumesInThePast(Refusal):
    code = "ROOM_RESUMES_IN_THE_PAST"
    message = gettext_noop("The room cannot resume before now (%(at)s). Choose a later time.")


def schedule(
    rules: RoomRules, participants: Sequence[Participant], *, opens_at: datetime, at: datetime
) -> RoomScheduled:
    """The first event of a room. Refuses `UnsoundRules` when two participants share an alias."""
    if len({entry.alias for entry in participants}) != len(participants):
        raise UnsoundRules(reason="two participants share an alias")
    return RoomScheduled(1, floor(at), floor(opens_at), rules, tuple(participants))


def decide(state: RoomState, command: Command, at: datetime) -> tuple[Event, ...]:
    """The events that `command` leads to at `at`, those of time first.

    Raises `NotAllowedNow` and the refusals of staff's commands; a bid's refusal is an event.
    """
    at = floor(at)
    at = max(at, state.at)
    return _DECISIONS[type(command)](state, command, at)


def advance(state: RoomState, command: Command, at: datetime) -> tuple[tuple[Event, ...], RoomState]:
    """The events and the state after them."""
    events = decide(state, command, at)
    for event in events:
        state = evolve(state, event)
    return events, state


# --- time -----------------------------------------------------------------------------------------------------------


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


def _due_changes(state: RoomState, until: datetime, at: datetime) -> tuple[list[Event], RoomState]:
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


def _tick(state: RoomState, command: Tick, at: datetime) -> tuple[Event, ...]:
    return tuple(_due_changes(state, at, at)[0])


# --- bids -----------------------------------------------------------------------------------------------------------


def _place_bid(state: RoomState, bid: PlaceBid, at: datetime) -> tuple[Event, ...]:
    received_at = floor(bid.received_at)
    at = max(at, received_at)  # Two clocks of one platform: nothing is decided before it came.
    due = due_at(state)
    before: list[Event] = []
    if due is not None and due <= at:
        before, state = _due_changes(state, at, at)
    try:
        accepted = _judged(state, bid, received_at, at)
    except Refusal as refusal:
        fault = refusal.code == DecidedTooLate.code
        return (*before, BidRefused(state.seq + 1, at, bid, refusal.code, refusal.fields, fault))
    extension = _extension(state, bid.bid_id, received_at, at)
    return (*before, accepted, extension) if extension else (*before, accepted)


def _judged(state: RoomState, bid: PlaceBid, received_at: datetime, at: datetime) -> BidAccepted:
    """The acceptance of a bid. Raises the refusal of the first rule that it breaks."""
    rules = state.setup.rules
    participant = amounts.participant_of(state, bid.alias)
    check_received(state, received_at)
    price = amounts.price_of(rules, bid)
    quantity = amounts.quantity_of(rules, participant, bid)
    minimum = amounts.minimum_of(rules, bid, quantity)
    play = PLAYS[rules.format]
    replaced = play.replaced(state, bid)
    reference = play.check(state, bid, price, quantity)
    check_confirmed(rules, price, reference=reference, confirm=bid.confirm)
    superseded = replaced[0].bid_id if replaced and rules.sealed else ""
    return BidAccepted(state.seq + 1, at, bid, price, quantity, minimum, superseded)


def _extension(state: RoomState, bid_id: str, received_at: datetime, at: datetime) -> CloseExtended | None:
    """The close moved forward by a bid of the timed phase or session; it never moves back, nor beyond the cap."""
    rules, clock = state.setup.rules, state.clock
    if not rules.extension_ms or state.phase is Phase.FREE:
        return None
    before, closes_at = clock.closes_at, after(received_at, rules.extension_ms)
    assert before is not None, "a bid was accepted in a phase with an end"
    if clock.latest_close_at is not None:
        closes_at = min(closes_at, clock.latest_close_at)
    return CloseExtended(state.seq + 2, at, bid_id, before, closes_at) if closes_at > before else None


def _withdraw(state: RoomState, command: WithdrawBid, at: datetime) -> tuple[Event, ...]:
    received_at = floor(command.received_at)
    at = max(at, received_at)
    before, state = _due_changes(state, at, at)
    amounts.participant_of(state, command.alias)
    check_received(state, received_at)
    check_withdrawal(state, command)
    ROOM.fire(state.phase, Step.WITHDRAW)
    return (*before, BidWithdrawn(state.seq + 1, at, command.bid_id, command.alias, received_at))


# --- staff ----------------------------------------------------------------------------------------------------------


def _pause(state: RoomState, command: Pause, at: datetime) -> tuple[Event, ...]:
    since = at if command.since is None else min(floor(command.since), at)
    before, state = _due_changes(state, since, at)
    ROOM.fire(state.phase, Step.PAUSE)
    clock = state.clock
    assert clock.closes_at is not None, "a running phase has an end"
    if state.phase in BIDDABLE and since >= clock.closes_at:
        raise ClosedAlready(closed_at=to_text(clock.closes_at))
    if state.phase is not Phase.SCHEDULED:
        # Bids that were accepted show that bidding was possible until then.
        since = max(since, clock.begins_at, *(offer.received_at + MILLISECOND for offer in state.book.ranking))
    remaining_ms = max(0, (clock.closes_at - since) // MILLISECOND)
    event = RoomPaused(state.seq + 1, at, since, remaining_ms, command.reason, command.reference)
    return (*before, event)


def _resume(state: RoomState, command: Resume, at: datetime) -> tuple[Event, ...]:
    clock, phase = state.clock, state.clock.interrupted
    ROOM.fire(state.phase, RESUMING[phase] if phase else Step.RESUME_SESSION)
    assert phase is not None, "a paused room knows what was interrupted"
    resumes_at = at if command.resumes_at is None else floor(command.resumes_at)
    if resumes_at < at:
        raise ResumesInThePast(at=to_text(at))
    closes_at = after(resumes_at, clock.remaining_ms)
    if phase is Phase.SCHEDULED:
        # Before the opening there is no time to give back: it opens as announced, or when resumed.
        closes_at = max(after(clock.begins_at, clock.remaining_ms), resumes_at)
    return (RoomResumed(state.seq + 1, at, phase, resumes_at, closes_at, command.reason, command.reference),)


def _void(state: RoomState, command: Void, at: datetime) -> tuple[Event, ...]:
    before, state = _due_changes(state, at, at)
    ROOM.fire(state.phase, Step.VOID)
    if not (command.decided_by and command.decision_no):
        raise DecisionMissing()
    given = (command.reason, command.decided_by, command.decision_no, command.document)
    return (*before, RoomVoided(state.seq + 1, at, *given))


_DECISIONS: dict[type[Command], Callable[[RoomState, Any, datetime], tuple[Event, ...]]] = {
    PlaceBid: _place_bid,
    WithdrawBid: _withdraw,
    Tick: _tick,
    Pause: _pause,
    Resume: _resume,
    Void: _void,
}
