"""What a recorded room would have given under another rule: the same bids, at the same instants, decided again."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from commons.domain.money import normal_text
from commons.domain.refusals import Malformed, Refusal
from commons.domain.text import gettext_noop
from exchange.rooms.domain.clearing.engine import clear
from exchange.rooms.domain.clearing.json_form import result_json, rule_of
from exchange.rooms.domain.clearing.model import Call
from exchange.rooms.domain.commands import Command, Pause, Readmit, Resume, Suspend, Tick
from exchange.rooms.domain.decide import advance
from exchange.rooms.domain.events import (
    BidAccepted,
    BidderReadmitted,
    BidderSuspended,
    BidRefused,
    BidWithdrawn,
    Event,
    RoomPaused,
    RoomResumed,
    RoomScheduled,
    WithdrawalRefused,
)
from exchange.rooms.domain.evolve import begin, replay
from exchange.rooms.domain.formats.selling import call_of, clearing_rule
from exchange.rooms.domain.instants import to_text
from exchange.rooms.domain.model import RoomState
from exchange.rooms.domain.rules import RoomRules
from exchange.rooms.domain.timing import due_at


@dataclass(frozen=True, slots=True)
class Replay:
    """Both sides: as recorded, and as the other rules give it."""

    recorded: dict[str, Any]
    other: dict[str, Any]

    @property
    def same(self) -> bool:
        return bool(self.recorded["result"] == self.other["result"])


def under_other_rules(events: Sequence[Event], changes: Mapping[str, Any]) -> Replay:
    """Every recorded bid decided again under the rules with `changes`. Refuses `Malformed` and `UnsoundRules`."""
    first = _first(events)
    rules = RoomRules.from_json({**first.rules.to_json(), **changes})
    state = begin(RoomScheduled(1, first.at, first.opens_at, rules, first.participants))
    for event in events[1:]:
        command = _command_of(event)
        if command is not None:
            state = _after(state, command, event)
    due = due_at(state)
    while due is not None:
        _, state = advance(state, Tick(), due)
        due = due_at(state)
    return Replay(_side(replay(events)), _side(state))


def under_other_clearing(
    events: Sequence[Event], changes: Mapping[str, Any], translate: Callable[[str], str] = str
) -> Replay:
    """The offers that stood at the hammer, cleared by another rule (the `rule` of `clear`). Refuses `Malformed`."""
    state = replay(events)
    if state.setup.rules.descending:
        raise Malformed(
            field="clearing", reason=gettext_noop("a descending room pays each its own price; give other “rules”")
        )
    call = call_of(state)
    rule = rule_of(dict(changes), over=clearing_rule(state.setup.rules))
    other = clear(Call(call.supply, call.lot_size, rule, call.orders))
    cleared = result_json(other, translate)
    result = {
        "price": cleared["price"],
        "awards": _awards((award.order.bidder, award.quantity, award.price) for award in other.awards),
    }
    return Replay(_side(state), {**_side(state), "result": result, "clearing": cleared})


def _first(events: Sequence[Event]) -> RoomScheduled:
    first = events[0]
    if not isinstance(first, RoomScheduled):
        raise Malformed(field="events[0]", reason="a room begins with RoomScheduled")
    return first


def _after(state: RoomState, command: Command, event: Event) -> RoomState:
    try:
        return advance(state, command, event.at)[1]
    except Refusal:
        # Under the other rules there was nothing to pause or resume.
        return advance(state, Tick(), event.at)[1]


def _command_of(event: Event) -> Command | None:
    if isinstance(event, BidAccepted | BidRefused):
        return event.bid
    if isinstance(event, BidWithdrawn | WithdrawalRefused):
        return event.withdrawal
    if isinstance(event, BidderSuspended):
        return Suspend(event.alias, event.reason, event.reference)
    if isinstance(event, BidderReadmitted):
        return Readmit(event.alias, event.reason, event.reference)
    if isinstance(event, RoomPaused):
        return Pause(event.reason, event.reference, event.paused_at)
    return Resume(event.reason, event.reference, event.resumes_at) if isinstance(event, RoomResumed) else None


def _side(state: RoomState) -> dict[str, Any]:
    ended = state.outcome
    return {
        "phase": state.phase.value,
        "accepted": str(state.accepted),
        "refused": str(state.refused),
        "extensions": str(state.clock.extensions),
        "closed_at": to_text(ended.closed_at) if ended else None,
        "result": _result(state),
    }


def _result(state: RoomState) -> dict[str, Any]:
    ended = state.outcome
    if ended is None or ended.price is None:
        return {"price": None, "awards": []}
    awards = _awards((award.alias, award.quantity, award.price) for award in ended.awards)
    return {"price": normal_text(ended.price), "awards": awards}


def _awards(awards: Iterable[tuple[str, Decimal, Decimal]]) -> list[dict[str, str]]:
    return [
        {"bidder": bidder, "quantity": normal_text(quantity), "price": normal_text(price)}
        for bidder, quantity, price in awards
    ]
