"""Rehearsals: a room of one's own in which robots bid, under the same rules and through the same engine as everybody.

Robots are moved by the timekeeper once a second. What they do follows from the room's log alone (its `seq` seeds their
choices), so a rehearsal needs no memory of its own; only their keys live in this process, and a new one is as good.
"""

import hashlib
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from commons.domain.actor import Actor, Assurance, Role, require_role, system_actor
from commons.domain.money import as_text
from commons.people.services.rehearsal_parties import rehearsal_party
from exchange.rooms.broadcast.news import announce
from exchange.rooms.client import KeyPair, new_bid_id, signed_bid
from exchange.rooms.domain.formats.table import PLAYS
from exchange.rooms.domain.model import RoomState
from exchange.rooms.domain.phases import BIDDABLE, Format
from exchange.rooms.domain.rules import PriceRule, RoomRules
from exchange.rooms.models import Room, RoomKey, RoomParticipant
from exchange.rooms.protocol import BidFrame, canonical_bid, decode
from exchange.rooms.queries.pages import rehearsal_of
from exchange.rooms.services.creating import ParticipantSpec, create_room
from exchange.rooms.services.engine import Engine
from exchange.rooms.services.orders import BidOrder
from exchange.rooms.services.signing import load_key

HOST = system_actor("rehearsal")
OPENS_IN = timedelta(seconds=20)
ROBOTS = ("R1", "R2", "R3")
PATIENCE_S = 12
"""How long a robot waits at most before it answers."""
DARING = 25
"""How many steps beyond the start price a robot goes at most."""

_keys: dict[tuple[int, str], KeyPair] = {}


def rules_of(format: str) -> RoomRules:
    """The rules of a rehearsal: those of a real room, with short times."""
    phased: dict[str, Any] = {
        "free_ms": 60_000,
        "waiting_ms": 10_000,
        "timed_ms": 40_000,
        "extension_ms": 30_000,
        "total_cap_ms": 600_000,
    }
    tonnes, price, step = Decimal("1.680"), Decimal("20000.00"), Decimal("100.00")
    if format == "DIVISIBLE":
        return RoomRules(
            format=Format.ENGLISH, supply=Decimal("4.048"), start_price=price, step=step, divisible=True, **phased
        )
    if format == Format.LIMITED_QUOTES:
        return RoomRules(
            format=Format.LIMITED_QUOTES,
            supply=tonnes,
            start_price=price,
            step=step,
            session_ms=120_000,
            quotes_limit=10,
            top_share=Decimal("0.7"),
            price=PriceRule.TOP_SHARE,
        )
    if format == Format.SEALED_CALL:
        return RoomRules(
            format=Format.SEALED_CALL,
            supply=Decimal("60"),
            start_price=Decimal("16.09"),
            session_ms=120_000,
            divisible=True,
            lot_size=Decimal("1"),
            amendable=True,
            price=PriceRule.UNIFORM,
        )
    kind = Format.DESCENDING if format == Format.DESCENDING else Format.ENGLISH
    return RoomRules(format=kind, supply=tonnes, start_price=price, step=step, **phased)


@transaction.atomic
def begin(*, actor: Actor, format: str, robots: int, at: datetime) -> int:
    """A rehearsal for the actor's organisation, opening in 20 seconds; its id, or that of the one still running.

    Refuses `NotPermitted` and `AssuranceTooLow`.
    """
    require_role(actor, Role.BIDDER, assurance=Assurance.REAL_NAME).require()
    assert actor.organisation_id is not None, "bidders act for an organisation"
    running = rehearsal_of(actor.person_id)
    if running is not None:
        return running
    rules = rules_of(format)
    need = rules.supply if rules.divisible else None
    specs = [ParticipantSpec(actor.organisation_id, "07", need)]
    for number, alias in enumerate(ROBOTS[:robots], start=1):
        specs.append(ParticipantSpec(rehearsal_party(number=number, at=at), alias, need))
    return create_room(
        actor=HOST,
        subject=f"rehearsal:{actor.person_id}",
        lot_id=None,
        rules=rules,
        participants=specs,
        opens_at=at + OPENS_IN,
        at=at,
    )


def advance_rehearsals(at: datetime) -> int:
    """Let the robots of every rehearsal that is open do what they would now; the number of their bids."""
    open_phases = [phase.value for phase in BIDDABLE]
    rows = Room.objects.filter(subject__startswith="rehearsal:", ended_at__isnull=True, phase__in=open_phases)
    return sum(_move(room_id, at) for room_id in list(rows.values_list("pk", flat=True)[:50]))


def _move(room_id: int, at: datetime) -> int:
    engine = Engine(clock=lambda: at)
    engine.catch_up([room_id])
    loaded = engine.rooms.get(room_id)
    order = None if loaded is None else _order(room_id, loaded.state, at)
    if order is None:
        return 0
    committed = engine.commit([order])
    announce({moved.room_id: moved.seq for moved in committed.moved})
    return 1


def _order(room_id: int, state: RoomState, at: datetime) -> BidOrder | None:
    """The bid that one of the robots makes now, if any does."""
    willing = [alias for alias in state.setup.participants if alias in ROBOTS and _is_willing(state, alias)]
    quiet_s = (at - max(state.at, state.clock.begins_at)).total_seconds()
    if not willing or quiet_s < 2 + _chance(state, "when", PATIENCE_S - 2):
        return None
    alias = willing[_chance(state, "who", len(willing))]
    price = _price(state, alias)
    if price is None:
        return None
    quantity = as_text(_quantity(state, alias)) if state.rules.divisible else None
    return _signed(room_id, alias, price, quantity, at)


def _is_willing(state: RoomState, alias: str) -> bool:
    """Nobody outbids himself, and a robot's quotes are soon spent."""
    best, standing = state.book.best, state.book.standing(alias)
    if state.rules.sealed or state.rules.format is Format.LIMITED_QUOTES:
        return standing.quotes < (1 if state.rules.sealed else 5)
    return best is None or best.alias != alias


def _price(state: RoomState, alias: str) -> str | None:
    rules = state.rules
    if rules.sealed:
        return as_text(rules.start_price + Decimal(_chance(state, "price", 200)) / 100)
    if rules.format is Format.LIMITED_QUOTES:
        return as_text(rules.start_price + rules.step * _chance(state, "price", 12))
    least = PLAYS[rules.format].least_price(state, alias)
    return None if abs(least - rules.start_price) > rules.step * DARING else as_text(least)


def _quantity(state: RoomState, alias: str) -> Decimal:
    """A fifth to a half of the supply, and never less than before."""
    shares = state.rules.supply / state.rules.lot_size
    wanted = state.rules.lot_size * max(1, int(shares * (20 + _chance(state, "share", 30)) / 100))
    own = state.book.offer(alias)
    return wanted if own is None else max(wanted, own.quantity)


def _chance(state: RoomState, what: str, below: int) -> int:
    """A number in [0, below) that follows from the log."""
    digest = hashlib.sha256(f"{what}:{state.seq}:{state.setup.opens_at.timestamp()}".encode()).digest()
    return int.from_bytes(digest[:4]) % below


def _signed(room_id: int, alias: str, price: str, quantity: str | None, at: datetime) -> BidOrder:
    participant = RoomParticipant.objects.select_related("room").get(room_id=room_id, alias=alias)
    key = _key(participant, at)
    sent = signed_bid(room_id, key, price=price, quantity=quantity, confirm="HELD", bid_id=new_bid_id())
    frame = decode(sent.decode())
    assert isinstance(frame, BidFrame), "it was made as one"
    return BidOrder(
        room_id=room_id,
        participant_id=participant.pk,
        alias=alias,
        frame=frame,
        canonical=canonical_bid(room_id, frame),
        received_at=at,
        public_key=load_key(key.spki),
        signed=True,
    )


def _key(participant: RoomParticipant, at: datetime) -> KeyPair:
    """The robot's room key, entered like a bidder's."""
    place = (participant.room_id, participant.alias)
    if place not in _keys:
        if len(_keys) > 500:
            _keys.clear()
        rules = RoomRules.from_json(participant.room.rules)
        key = _keys[place] = KeyPair.generate(rules.suite)
        RoomKey.objects.create(
            room_id=participant.room_id,
            participant=participant,
            key_id=key.key_id,
            public_key=key.spki,
            statement=key.statement(participant.room_id, participant.alias),
            entered_at=at,
        )
    return _keys[place]
