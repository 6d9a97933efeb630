"""What a command leads to. `decide(state, command, at)` gives events; `evolve` (its own module) gives the next state.

Time decides, not the tick: before anything else is judged, every change of phase that was due by then happens, at the
instant that the rules give. So a tick that comes late, or never, changes nothing but when a change is announced.
A bid or withdrawal always gets a verdict as an event (`BidAccepted`, `BidRefused`, …); staff's commands raise their
refusal.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from exchange.rooms.domain.bidding import place_bid, withdraw
from exchange.rooms.domain.commands import Command, Pause, PlaceBid, Readmit, Resume, Suspend, Tick, Void, WithdrawBid
from exchange.rooms.domain.conducting import pause, readmit, resume, suspend, void
from exchange.rooms.domain.events import Event, Participant, RoomScheduled
from exchange.rooms.domain.evolve import evolve
from exchange.rooms.domain.instants import floor
from exchange.rooms.domain.model import RoomState
from exchange.rooms.domain.passing import tick
from exchange.rooms.domain.rules import RoomRules, UnsoundRules


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


_DECISIONS: dict[type[Command], Callable[[RoomState, Any, datetime], tuple[Event, ...]]] = {
    PlaceBid: place_bid,
    WithdrawBid: withdraw,
    Tick: tick,
    Pause: pause,
    Resume: resume,
    Void: void,
    Suspend: suspend,
    Readmit: readmit,
}
