"""What each may see of a room. One home for hiding: a sealed call shows orders to nobody else before its hammer.

Small dicts of JSON values, about 1 kB: amounts as strings, instants as RFC 3339. Only aliases, never names.
"""

from bisect import bisect_left
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from typing import Any, TypeAlias

from commons.domain.money import as_text, normal_text
from exchange.rooms.domain.clearing.engine import top_count
from exchange.rooms.domain.events import (
    BidAccepted,
    BidRefused,
    BidWithdrawn,
    CloseExtended,
    Event,
    WithdrawalRefused,
)
from exchange.rooms.domain.formats.continuous import taken
from exchange.rooms.domain.formats.table import PLAYS
from exchange.rooms.domain.instants import to_text
from exchange.rooms.domain.model import Offer, RoomState
from exchange.rooms.domain.phases import Format, Phase
from exchange.rooms.domain.rules import TieRule

MOST_STANDING = 20

View: TypeAlias = dict[str, Any]


class Viewer(StrEnum):
    """Whose eyes."""

    PUBLIC = "PUBLIC"
    BIDDER = "BIDDER"
    STAFF = "STAFF"


def hides_offers(state: RoomState) -> bool:
    """Whether prices and bidders are still secret from everyone (Guangdong 2017: until the close)."""
    return state.setup.rules.sealed and state.outcome is None


def public(state: RoomState) -> View:
    """What anybody may see."""
    rules, clock, hidden = state.setup.rules, state.clock, hides_offers(state)
    best = state.book.best
    return {
        "phase": state.phase.value,
        "opens_at": to_text(_opens_at(state)),
        "closes_at": to_text(clock.closes_at) if clock.closes_at else None,
        "paused": state.phase is Phase.PAUSED,
        "interrupted": clock.interrupted.value if clock.interrupted else None,
        "remaining_ms": clock.remaining_ms if state.phase is Phase.PAUSED else None,
        "extensions": clock.extensions,
        "divisible": rules.divisible,
        "supply": as_text(rules.supply),
        "start_price": as_text(rules.start_price),
        "step": as_text(rules.step),
        "direction": "DOWN" if rules.descending else "UP",
        "price": None if hidden or best is None else as_text(best.price),
        "leader": None if hidden or best is None else best.alias,
        "next_price": None if state.is_over else as_text(next_price(state)),
        "participants": len(state.setup.participants),
        "bidders": None if hidden else len({offer.alias for offer in state.book.ranking}),
        "bids": None if hidden else state.accepted,
        "refused": state.refused,
        "standing": None if hidden else standing(state),
        "outcome": outcome(state),
    }


def staff(state: RoomState) -> View:
    """What host, regulator and auditor see: the public view and who bid how often, but not in a sealed call."""
    return {**public(state), "accepted_by_alias": None if hides_offers(state) else _counts(state)}


def bidder(state: RoomState, alias: str) -> View:
    """What a bidder sees of his own: his standing, what it would win, what his next bid must reach."""
    rules, book = state.setup.rules, state.book
    participant = state.setup.participants.get(alias)
    own, need = book.offer(alias), participant.maximum_quantity if participant else None
    shown = own is not None and not hides_offers(state)
    wins = _wins_of(state, alias) if shown else None
    return {
        "alias": alias,
        "price": as_text(own.price) if own else None,
        "quantity": as_text(own.quantity) if own else None,
        "wins": None if wins is None else normal_text(wins),
        "rank": _rank(state, own) if own and shown and rules.rank_visible else None,
        "quotes_left": _quotes_left(state, alias),
        "maximum_quantity": None if need is None else as_text(need),
        "least_price": None if state.is_over else as_text(PLAYS[rules.format].least_price(state, alias)),
        "orders": [_order(offer) for offer in book.standing(alias).offers] if rules.sealed else None,
    }


def standing(state: RoomState, *, most: int = MOST_STANDING) -> list[View]:
    """The standing offers, best first, with what each would win if the room closed now."""
    wins = provisional(state)
    return [
        {
            "alias": offer.alias,
            "price": as_text(offer.price),
            "quantity": as_text(offer.quantity),
            "seq": offer.seq,
            "wins": normal_text(wins.get(offer.bid_id, Decimal(0))),
        }
        for offer in state.book.ranking[:most]
    ]


def provisional(state: RoomState) -> dict[str, Decimal]:
    """What each standing offer would win if the room closed now; after the hammer: what it won."""
    if state.outcome is not None:
        return {award.bid_id: award.quantity for award in state.outcome.awards}
    rules = state.setup.rules
    if rules.tie is TieRule.TIME and rules.cap_share is None:
        return _filled(state)
    return {award.bid_id: award.quantity for award in PLAYS[rules.format].settle(state).awards}


def next_price(state: RoomState) -> Decimal:
    """The weakest price that a newcomer could bid now."""
    return PLAYS[state.setup.rules.format].least_price(state, "")


def outcome(state: RoomState) -> View | None:
    """How the room ended, if it has."""
    if state.outcome is None:
        return None
    ended = state.outcome
    return {
        "closed_at": to_text(ended.closed_at),
        "fell_at": to_text(ended.fell_at),
        "price": None if ended.price is None else as_text(ended.price),
        "unsold": None if ended.unsold is None else as_text(ended.unsold),
        "failed": ended.failed.value if ended.failed else None,
        "awards": [award.payload() for award in ended.awards],
    }


def event(state: RoomState, happened: Event, viewer: Viewer, alias: str = "") -> View | None:
    """An event as a viewer may see it on the tape; `None` where he may not know of it at all."""
    view: View = {"seq": happened.seq, "at": to_text(happened.at), "type": happened.type}
    if isinstance(happened, BidAccepted | BidRefused | BidWithdrawn | WithdrawalRefused):
        own = viewer is Viewer.BIDDER and happened.alias == alias
        if hides_offers(state) and not own:
            return None
        if isinstance(happened, BidRefused | WithdrawalRefused) and not own and viewer is not Viewer.STAFF:
            return None
        return view | _bid_fields(happened)
    if isinstance(happened, CloseExtended) and hides_offers(state):
        return view | {"closes_at": to_text(happened.closes_at)}
    return view | happened.payload()


def _bid_fields(happened: BidAccepted | BidRefused | BidWithdrawn | WithdrawalRefused) -> View:
    fields: View = {"alias": happened.alias, "bid_id": happened.bid_id}
    if isinstance(happened, BidWithdrawn):
        return fields
    if isinstance(happened, WithdrawalRefused):
        return fields | {"code": happened.code, "platform_fault": happened.platform_fault}
    if isinstance(happened, BidAccepted):
        return fields | {"price": as_text(happened.price), "quantity": as_text(happened.quantity)}
    refused = {"price": happened.bid.price, "quantity": happened.bid.quantity, "code": happened.code}
    return fields | refused | {"platform_fault": happened.platform_fault}


def _wins_of(state: RoomState, alias: str) -> Decimal:
    wins = provisional(state)
    return sum((wins.get(offer.bid_id, Decimal(0)) for offer in state.book.standing(alias).offers), Decimal(0))


def _rank(state: RoomState, offer: Offer) -> int:
    return bisect_left(state.book.ranking, offer.key, key=attrgetter("key")) + 1


def _filled(state: RoomState) -> dict[str, Decimal]:
    """Served in order of rank: what the hammer does under plain rules, at a hundredth of the cost of its words."""
    rules, ranking = state.setup.rules, state.book.ranking
    if rules.format is Format.LIMITED_QUOTES and rules.top_share is not None:
        ranking = ranking[: top_count(rules.top_share, len(ranking))]
    left, wins = rules.supply, {}
    for offer in ranking:
        part = taken(offer, left)
        if part > 0:
            wins[offer.bid_id] = part
            left -= part
    return wins


def _quotes_left(state: RoomState, alias: str) -> int | None:
    rules, own = state.setup.rules, state.book.standing(alias)
    if rules.format is Format.LIMITED_QUOTES and rules.quotes_limit is not None:
        return max(0, rules.quotes_limit - own.quotes)
    if rules.sealed and rules.orders_limit is not None and not rules.amendable:
        return max(0, rules.orders_limit - len(own.offers))
    return None


def _opens_at(state: RoomState) -> Any:
    scheduled = state.phase is Phase.SCHEDULED and state.clock.closes_at
    return scheduled or state.setup.opens_at


def _counts(state: RoomState) -> dict[str, int]:
    return {alias: own.quotes for alias, own in state.book.bidders.items()}


def _order(offer: Offer) -> View:
    return {"bid_id": offer.bid_id, "price": as_text(offer.price), "quantity": as_text(offer.quantity)}
