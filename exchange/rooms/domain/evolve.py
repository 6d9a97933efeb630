"""From events to states. Trusts the events: they were decided. Old state + events = fresh state, always."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from exchange.rooms.domain.events import (
    BidAccepted,
    BidderReadmitted,
    BidderSuspended,
    BidRefused,
    BidWithdrawn,
    CloseExtended,
    Event,
    HammerFell,
    PhaseBegan,
    RoomFailed,
    RoomPaused,
    RoomResumed,
    RoomScheduled,
    RoomVoided,
    WithdrawalRefused,
)
from exchange.rooms.domain.instants import after
from exchange.rooms.domain.model import NOBODY, Book, Clock, Offer, Outcome, RoomState, Setup, Standing
from exchange.rooms.domain.phases import BIDDABLE, Phase
from exchange.rooms.domain.rules import TimedEntry

_key: Final = attrgetter("key")


def begin(event: RoomScheduled) -> RoomState:
    """The state after the first event of a room."""
    assert event.seq == 1, "a room begins with being scheduled"
    setup = Setup(event.rules, {entry.alias: entry for entry in event.participants}, event.opens_at)
    clock = Clock(begins_at=event.at, closes_at=event.opens_at)
    return RoomState(setup, 1, event.at, Phase.SCHEDULED, clock, Book())


def evolve(state: RoomState, event: Event) -> RoomState:
    """The state after `event`, which takes the next `seq`."""
    assert event.seq == state.seq + 1, f"event {event.seq} does not follow {state.seq}"
    return _STEPS[type(event)](state, event)


def replay(events: Iterable[Event]) -> RoomState:
    """The state after all events of a room, the first included."""
    iterator = iter(events)
    first = next(iterator)
    assert isinstance(first, RoomScheduled), "a room begins with being scheduled"
    state = begin(first)
    for event in iterator:
        state = evolve(state, event)
    return state


def _bid_accepted(state: RoomState, event: BidAccepted) -> RoomState:
    return _moved(state, event, book=_booked(state, event), accepted=state.accepted + 1)


def _bid_refused(state: RoomState, event: BidRefused | WithdrawalRefused) -> RoomState:
    return _moved(state, event, refused=state.refused + 1)


def _bid_withdrawn(state: RoomState, event: BidWithdrawn) -> RoomState:
    standing = state.book.standing(event.alias)
    gone = next(offer for offer in standing.offers if offer.bid_id == event.bid_id)
    offers = tuple(offer for offer in standing.offers if offer is not gone)
    bidders = {**state.book.bidders, event.alias: Standing(offers, standing.quotes)}
    ranking = list(state.book.ranking)
    _drop(ranking, gone)
    return _moved(state, event, book=Book(bidders, tuple(ranking)), withdrawn=state.withdrawn + 1)


def _close_extended(state: RoomState, event: CloseExtended) -> RoomState:
    was = state.clock
    clock = Clock(was.begins_at, event.closes_at, was.latest_close_at, was.extensions + 1, was.last_open)
    return _moved(state, event, clock=clock)


def _phase_began(state: RoomState, event: PhaseBegan) -> RoomState:
    rules, was = state.setup.rules, state.clock
    cap = rules.total_cap_ms if event.phase in (Phase.TIMED, Phase.OPEN) else None
    clock = Clock(
        begins_at=event.begins_at,
        closes_at=event.closes_at,
        latest_close_at=None if cap is None else after(event.begins_at, cap),
        extensions=was.extensions,
        last_open=_closed_span(state),
    )
    entrants = state.entrants
    if event.phase is Phase.TIMED and rules.timed_entry is TimedEntry.QUOTERS:
        entrants = frozenset(state.book.bidders)
    return replace(state, seq=event.seq, at=event.at, phase=event.phase, clock=clock, entrants=entrants)


def _room_paused(state: RoomState, event: RoomPaused) -> RoomState:
    clock = replace(
        state.clock,
        begins_at=event.paused_at,
        closes_at=None,
        interrupted=state.phase,
        remaining_ms=event.remaining_ms,
    )
    return replace(state, seq=event.seq, at=event.at, phase=Phase.PAUSED, clock=clock)


def _room_resumed(state: RoomState, event: RoomResumed) -> RoomState:
    was = state.clock
    latest = was.latest_close_at
    clock = replace(
        was,
        begins_at=event.resumes_at,
        closes_at=event.closes_at,
        latest_close_at=None if latest is None else latest + (event.resumes_at - was.begins_at),
        interrupted=None,
        remaining_ms=0,
    )
    return replace(state, seq=event.seq, at=event.at, phase=event.phase, clock=clock)


def _hammer_fell(state: RoomState, event: HammerFell) -> RoomState:
    outcome = Outcome(event.closed_at, event.fell_at, event.price, event.awards, event.unsold)
    return _ended(state, event, Phase.ENDED, outcome)


def _room_failed(state: RoomState, event: RoomFailed) -> RoomState:
    outcome = Outcome(event.closed_at, event.fell_at, unsold=state.setup.rules.supply, failed=event.reason)
    return _ended(state, event, Phase.FAILED, outcome)


def _room_voided(state: RoomState, event: RoomVoided) -> RoomState:
    clock = state.clock if state.outcome else replace(state.clock, closes_at=event.at)
    return replace(state, seq=event.seq, at=event.at, phase=Phase.VOIDED, clock=clock)


def _bidder_suspended(state: RoomState, event: BidderSuspended) -> RoomState:
    return replace(state, seq=event.seq, at=event.at, suspended=state.suspended | {event.alias})


def _bidder_readmitted(state: RoomState, event: BidderReadmitted) -> RoomState:
    return replace(state, seq=event.seq, at=event.at, suspended=state.suspended - {event.alias})


def _ended(state: RoomState, event: HammerFell | RoomFailed, phase: Phase, outcome: Outcome) -> RoomState:
    clock = replace(state.clock, last_open=_closed_span(state))
    return replace(state, seq=event.seq, at=event.at, phase=phase, clock=clock, outcome=outcome)


def _closed_span(state: RoomState) -> tuple[datetime, datetime] | None:
    """The phase of bidding that ends now, else the one before."""
    clock = state.clock
    if state.phase not in BIDDABLE or clock.closes_at is None:
        return clock.last_open
    return clock.begins_at, clock.closes_at


def _moved(
    state: RoomState,
    event: Event,
    *,
    clock: Clock | None = None,
    book: Book | None = None,
    accepted: int | None = None,
    refused: int | None = None,
    withdrawn: int | None = None,
) -> RoomState:
    """`dataclasses.replace` for what every bid does, at a fifth of its cost."""
    return RoomState(
        state.setup,
        event.seq,
        event.at,
        state.phase,
        clock or state.clock,
        book or state.book,
        state.accepted if accepted is None else accepted,
        state.refused if refused is None else refused,
        state.entrants,
        state.outcome,
        state.withdrawn if withdrawn is None else withdrawn,
        state.suspended,
    )


def _booked(state: RoomState, event: BidAccepted) -> Book:
    """The book with the new offer in place of those that it replaces."""
    bid, book, price = event.bid, state.book, event.price
    key = (price if state.setup.rules.descending else -price, event.seq)
    offer = Offer(bid.alias, price, event.quantity, event.minimum, event.seq, bid.received_at, bid.bid_id, key)
    was = book.bidders.get(bid.alias, NOBODY)
    sealed = state.setup.rules.sealed
    ranking = list(book.ranking)
    kept: tuple[Offer, ...] = ()
    for old in was.offers:
        if not sealed or event.replaces == old.bid_id:
            _drop(ranking, old)
        else:
            kept += (old,)
    insort(ranking, offer, key=_key)
    bidders = dict(book.bidders)
    bidders[bid.alias] = Standing((*kept, offer), was.quotes + 1)
    return Book(bidders, tuple(ranking))


def _drop(ranking: list[Offer], offer: Offer) -> None:
    del ranking[bisect_left(ranking, offer.key, key=_key)]


_STEPS: dict[type[Event], Callable[[RoomState, Any], RoomState]] = {
    PhaseBegan: _phase_began,
    BidAccepted: _bid_accepted,
    BidRefused: _bid_refused,
    BidWithdrawn: _bid_withdrawn,
    WithdrawalRefused: _bid_refused,
    CloseExtended: _close_extended,
    RoomPaused: _room_paused,
    RoomResumed: _room_resumed,
    HammerFell: _hammer_fell,
    RoomFailed: _room_failed,
    RoomVoided: _room_voided,
    BidderSuspended: _bidder_suspended,
    BidderReadmitted: _bidder_readmitted,
}
