"""What a viewer may see of a room: the one home of masking. Pure over the state; encoded once per viewer and telling.

Hidden until the hammer in a sealed call: prices, offers, how many bid, and that anybody did: what is not seen is not
counted in `seq` and not told, not even by a frame that says nothing. Refused bids are shown to those who oversee;
bidders learn of their own by receipt. Everybody sees aliases only.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from commons.domain.money import as_text
from exchange.rooms.broadcast.hub import Scene
from exchange.rooms.broadcast.peers import Viewer
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
    RoomVoided,
    WithdrawalRefused,
)
from exchange.rooms.domain.formats.table import PLAYS
from exchange.rooms.domain.instants import to_text
from exchange.rooms.domain.model import Offer, RoomState
from exchange.rooms.domain.phases import Phase
from exchange.rooms.protocol import (
    MOST_EVENTS_IN_STATE,
    MOST_STANDING,
    EventView,
    OrderView,
    RoomView,
    StandingView,
    StateFrame,
    YouFrame,
    encode,
)

ORDERS = (BidAccepted, BidWithdrawn, BidRefused, WithdrawalRefused)
"""What bidders do."""


def render_scene(scene: Scene, viewer: Viewer, full: bool) -> bytes:
    """The `state` frame of a scene for a viewer; nothing where all that happened is hidden."""
    state = scene.state
    assert state is not None, "a scene is shown once it has a state"
    told = [event for event in scene.tape if full or event.seq > scene.told_seq]
    events, since = event_views(state, told, viewer), scene.told_seq
    if state.is_hidden:
        if told and not events and not full:
            return b""
        since = state.shown_seq - len(events)
    frame = StateFrame(
        full=full,
        room=str(scene.room_id),
        epoch=scene.epoch,
        seq=state.shown_seq,
        since=0 if full else since,
        at=to_text(shown_at(state)),
        state=room_view(state, watchers=scene.sockets if viewer is Viewer.STAFF else scene.watchers),
        events=events[-MOST_EVENTS_IN_STATE:],
    )
    return encode(frame)


def shown_at(state: RoomState) -> datetime:
    """When the last event was decided that everybody may know of; in a sealed call, when its phase began."""
    return state.clock.begins_at if state.is_hidden else state.at


def room_view(state: RoomState, *, watchers: int) -> RoomView:
    """Everything that may be known of a room."""
    rules, clock, book = state.rules, state.clock, state.book
    hidden = state.is_hidden
    best = None if hidden else book.best
    return RoomView(
        phase=state.phase.value,
        opens_at=to_text(state.setup.opens_at),
        closes_at=_instant(clock.closes_at),
        paused=state.phase is Phase.PAUSED,
        extensions=clock.extensions,
        divisible=rules.divisible,
        supply=as_text(rules.supply),
        start_price=as_text(rules.start_price),
        step=as_text(rules.step),
        direction="DOWN" if rules.descending else "UP",
        price=_amount(best.price if best else None),
        leader=best.alias if best else None,
        next_price=None if hidden or state.is_over else _amount(PLAYS[rules.format].least_price(state, "")),
        participants=len(state.setup.participants),
        bidders=None if hidden else len(book.bidders),
        bids=None if hidden else state.accepted,
        refused=None if hidden else state.refused,
        watchers=watchers,
        standing=None if hidden else _standing(state),
        outcome=outcome_view(state),
    )


def render_you(state: RoomState, alias: str) -> bytes:
    """The `you` frame of a bidder: its own offer, always; its rank and what it would win where the rules show them."""
    return encode(you_view(state, alias))


def render_own(scene: Scene, alias: str) -> bytes | None:
    """The `you` frame that goes out with a telling; none where the standing shows a bidder all that it is about.

    Sealed orders stand in no public state, and quotes spent on another device are counted nowhere else. In a sealed
    call only those hear who did something: to others a frame would tell that somebody did.
    """
    state = scene.state
    assert state is not None, "a scene is told once it has a state"
    needed = state.rules.sealed or state.rules.quotes_limit is not None
    if state.is_hidden:
        told = (event for event in scene.tape if event.seq > scene.told_seq)
        needed = any(isinstance(event, ORDERS) and event.alias == alias for event in told)
    return render_you(state, alias) if needed else None


def you_view(state: RoomState, alias: str) -> YouFrame:
    standing, offer = state.book.standing(alias), state.book.offer(alias)
    shown = not state.is_hidden
    limit = state.rules.quotes_limit
    participant = state.setup.participants.get(alias)
    return YouFrame(
        seq=state.shown_seq,
        alias=alias,
        price=_amount(offer.price if offer else None),
        quantity=_amount(offer.quantity if offer else None),
        wins=_amount(wins(state).get(offer.bid_id, Decimal(0))) if shown and offer else None,
        rank=_rank(state, alias) if shown and state.rules.rank_visible and offer else None,
        quotes_left=None if limit is None else max(0, limit - standing.quotes),
        maximum_quantity=_amount(participant.maximum_quantity if participant else None),
        orders=[_order_view(order) for order in standing.offers] if state.rules.sealed else None,
    )


def _order_view(order: Offer) -> OrderView:
    return OrderView(bid_id=order.bid_id, price=as_text(order.price), quantity=as_text(order.quantity))


@lru_cache(maxsize=64)
def _wins_by_seq(key: "_Now") -> Mapping[str, Decimal]:
    settlement = PLAYS[key.state.rules.format].settle(key.state)
    return {award.bid_id: award.quantity for award in settlement.awards}


def wins(state: RoomState) -> Mapping[str, Decimal]:
    """What each offer would win if the hammer fell now, by bid_id; worked out once per state."""
    return _wins_by_seq(_Now(state))


class _Now:
    """A state as a key: the same object is the same state."""

    __slots__ = ("state",)

    def __init__(self, state: RoomState) -> None:
        self.state = state

    def __hash__(self) -> int:
        return id(self.state)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Now) and self.state is other.state


def event_views(state: RoomState, events: Iterable[Event], viewer: Viewer) -> list[EventView]:
    """The events that the viewer may see, in their order; in a sealed call they end at the newest, and are counted
    without the orders between them."""
    if state.is_hidden:
        seen = [event for event in events if not isinstance(event, ORDERS)]
        first = state.shown_seq - len(seen) + 1
        return [_plain_view(event, seq) for seq, event in enumerate(seen, start=first)]
    views = (event_view(event, viewer) for event in events)
    return [view for view in views if view is not None]


def event_view(event: Event, viewer: Viewer) -> EventView | None:
    """One event as the viewer may see it where nothing is hidden, or None."""
    return _bid_view(event, viewer) if isinstance(event, ORDERS) else _plain_view(event, event.seq)


def _plain_view(event: Event, seq: int) -> EventView:
    return EventView(seq=seq, at=to_text(event.at), type=event.type, **_facts(event))


def outcome_view(state: RoomState) -> dict[str, Any] | None:
    """How the room ended: the price, who won what, and why not."""
    outcome = state.outcome
    if outcome is None:
        return None
    return {
        "closed_at": to_text(outcome.closed_at),
        "fell_at": to_text(outcome.fell_at),
        "price": _amount(outcome.price),
        "awards": [award.payload() for award in outcome.awards],
        "unsold": _amount(outcome.unsold),
        "failed": outcome.failed.value if outcome.failed else None,
    }


def _bid_view(event: BidAccepted | BidWithdrawn | BidRefused | WithdrawalRefused, viewer: Viewer) -> EventView | None:
    at = to_text(event.at)
    if isinstance(event, BidAccepted):
        price, quantity = as_text(event.price), as_text(event.quantity)
        return EventView(seq=event.seq, at=at, type=event.type, alias=event.alias, price=price, quantity=quantity)
    if isinstance(event, BidWithdrawn):
        return EventView(seq=event.seq, at=at, type=event.type, alias=event.alias)
    if viewer is not Viewer.STAFF:
        return None
    sent = event.bid.price if isinstance(event, BidRefused) else None
    return EventView(seq=event.seq, at=at, type=event.type, alias=event.alias, price=sent, code=event.code)


def _facts(event: Event) -> dict[str, str]:
    match event:
        case PhaseBegan():
            return {"phase": event.phase.value, "closes_at": to_text(event.closes_at)}
        case CloseExtended():
            return {"closes_at": to_text(event.closes_at)}
        case RoomPaused():
            return {"reason": event.reason}
        case RoomResumed():
            return {"phase": event.phase.value, "closes_at": to_text(event.closes_at), "reason": event.reason}
        case HammerFell():
            return {"price": as_text(event.price)}
        case RoomFailed():
            return {"reason": event.reason.value}
        case BidderSuspended() | BidderReadmitted():
            return {"alias": event.alias, "reason": event.reason}
        case RoomVoided():
            return {"reason": event.reason}
    return {}


def _standing(state: RoomState) -> list[StandingView]:
    won = wins(state)
    return [_standing_view(offer, won) for offer in state.book.ranking[:MOST_STANDING]]


def _standing_view(offer: Offer, won: Mapping[str, Decimal]) -> StandingView:
    return StandingView(
        alias=offer.alias,
        price=as_text(offer.price),
        quantity=as_text(offer.quantity),
        seq=offer.seq,
        wins=as_text(won.get(offer.bid_id, Decimal(0))),
    )


def _rank(state: RoomState, alias: str) -> int | None:
    ranking: Sequence[Offer] = state.book.ranking
    return next((place for place, offer in enumerate(ranking, start=1) if offer.alias == alias), None)


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else as_text(amount)


def _instant(at: datetime | None) -> str | None:
    return None if at is None else to_text(at)
