"""What a bid leads to: the first rule that it breaks refuses it; else it counts, and may move the close forward."""

from datetime import datetime

from commons.domain.refusals import Refusal
from exchange.rooms.domain import amounts
from exchange.rooms.domain.commands import PlaceBid, WithdrawBid
from exchange.rooms.domain.events import (
    BidAccepted,
    BidRefused,
    BidWithdrawn,
    CloseExtended,
    Event,
    WithdrawalRefused,
)
from exchange.rooms.domain.formats.sealed_call import check_withdrawal
from exchange.rooms.domain.formats.table import PLAYS
from exchange.rooms.domain.guard import check_confirmed
from exchange.rooms.domain.instants import after, floor
from exchange.rooms.domain.model import RoomState
from exchange.rooms.domain.passing import due_changes
from exchange.rooms.domain.phases import ROOM, Phase, Step
from exchange.rooms.domain.timing import DecidedTooLate, check_received, due_at


def place_bid(state: RoomState, bid: PlaceBid, at: datetime) -> tuple[Event, ...]:
    """What was due by `at`, then the verdict, then the extension, if there is one."""
    received_at = floor(bid.received_at)
    at = max(at, received_at)  # Two clocks of one platform: nothing is decided before it came.
    due = due_at(state)
    before: list[Event] = []
    if due is not None and due <= at:
        before, state = due_changes(state, at, at)
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
    if bid.alias in state.suspended:
        raise amounts.BidderIsSuspended()
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


def withdraw(state: RoomState, command: WithdrawBid, at: datetime) -> tuple[Event, ...]:
    """What was due by `at`, then the verdict on the withdrawal of an own order."""
    received_at = floor(command.received_at)
    at = max(at, received_at)
    before, state = due_changes(state, at, at)
    try:
        amounts.participant_of(state, command.alias)
        check_received(state, received_at)
        check_withdrawal(state, command)
        ROOM.fire(state.phase, Step.WITHDRAW)
    except Refusal as refusal:
        fault = refusal.code == DecidedTooLate.code
        return (*before, WithdrawalRefused(state.seq + 1, at, command, refusal.code, refusal.fields, fault))
    return (*before, BidWithdrawn(state.seq + 1, at, command))
