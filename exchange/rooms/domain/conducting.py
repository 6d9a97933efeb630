"""What is done to a room from outside: paused, resumed, set aside; bidders suspended and readmitted."""

from datetime import datetime, timedelta

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from exchange.rooms.domain.amounts import NotQualified
from exchange.rooms.domain.commands import Pause, Readmit, Resume, Suspend, Void
from exchange.rooms.domain.events import (
    BidderReadmitted,
    BidderSuspended,
    Event,
    RoomPaused,
    RoomResumed,
    RoomVoided,
)
from exchange.rooms.domain.instants import after, floor, to_text
from exchange.rooms.domain.model import RoomState
from exchange.rooms.domain.passing import due_changes
from exchange.rooms.domain.phases import BIDDABLE, RESUMING, ROOM, Phase, Step

MILLISECOND = timedelta(milliseconds=1)


class DecisionMissing(Refusal):
    """The centre voids nothing by itself (平台办法)."""

    code = "ROOM_DECISION_MISSING"
    message = gettext_noop("Voiding needs the seller's or regulator's decision: who decided, under which number.")


class ClosedAlready(Refusal):
    """Between the close and the hammer there is no time left to give back."""

    code = "ROOM_CLOSED_ALREADY"
    message = gettext_noop("Bidding closed at %(closed_at)s and the hammer is falling; there is nothing left to pause.")


class BegunAlready(Refusal):
    code = "ROOM_BEGUN_ALREADY"
    message = gettext_noop("Bidding in this room has begun; it is decided by its own rules now.")


class ResumesInThePast(Refusal):
    code = "ROOM_RESUMES_IN_THE_PAST"
    message = gettext_noop("The room cannot resume before now (%(at)s). Choose a later time.")


def pause(state: RoomState, command: Pause, at: datetime) -> tuple[Event, ...]:
    """The clock stopped. Refuses `NotAllowedNow` and `ClosedAlready`."""
    since = at if command.since is None else min(floor(command.since), at)
    before, state = due_changes(state, since, at)
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


def resume(state: RoomState, command: Resume, at: datetime) -> tuple[Event, ...]:
    """The clock running on with the remaining time. Refuses `NotAllowedNow` and `ResumesInThePast`."""
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


def void(state: RoomState, command: Void, at: datetime) -> tuple[Event, ...]:
    """The room set aside. Refuses `NotAllowedNow`, `DecisionMissing` and, where asked, `BegunAlready`."""
    before, state = due_changes(state, at, at)
    if command.only_unopened and Phase.SCHEDULED not in (state.phase, state.clock.interrupted):
        raise BegunAlready()
    ROOM.fire(state.phase, Step.VOID)
    if not (command.decided_by and command.decision_no):
        raise DecisionMissing()
    given = (command.reason, command.decided_by, command.decision_no, command.document)
    return (*before, RoomVoided(state.seq + 1, at, *given))


def suspend(state: RoomState, command: Suspend, at: datetime) -> tuple[Event, ...]:
    """The bidder without the right to bid; nothing where it has none already. Refuses `NotAllowedNow`, `NotQualified`.

    Its offers stand and can win: a bid binds, and prices that others answered are not taken from under them.
    """
    before, state = due_changes(state, at, at)
    ROOM.fire(state.phase, Step.SUSPEND_BIDDER)
    if command.alias not in state.setup.participants:
        raise NotQualified()
    if command.alias in state.suspended:
        return tuple(before)
    return (*before, BidderSuspended(state.seq + 1, at, command.alias, command.reason, command.reference))


def readmit(state: RoomState, command: Readmit, at: datetime) -> tuple[Event, ...]:
    """The bidder with its right again; nothing where it has it. Refuses `NotAllowedNow`."""
    before, state = due_changes(state, at, at)
    ROOM.fire(state.phase, Step.READMIT_BIDDER)
    if command.alias not in state.suspended:
        return tuple(before)
    return (*before, BidderReadmitted(state.seq + 1, at, command.alias, command.reason, command.reference))
