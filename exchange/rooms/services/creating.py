"""Rooms come into being: their rules, their bidders, and their first event."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.time import to_text
from commons.evidence.domain import chain
from commons.evidence.services import append_prepared
from commons.secrecy.fields import Party
from exchange.rooms import policies, records
from exchange.rooms.domain.events import Participant, RoomScheduled
from exchange.rooms.domain.evolve import begin
from exchange.rooms.domain.instants import floor
from exchange.rooms.domain.rules import RoomRules
from exchange.rooms.models import Room, RoomParticipant


@dataclass(frozen=True, slots=True)
class ParticipantSpec:
    """A qualified bidder as the auction's flow hands it over."""

    organisation_id: int
    alias: str
    maximum_quantity: Decimal | None = None
    group: str = ""


@transaction.atomic
def create_room(
    *,
    actor: Actor,
    subject: str,
    lot_id: int | None,
    rules: RoomRules,
    participants: Sequence[ParticipantSpec],
    opens_at: datetime,
    at: datetime,
) -> int:
    """Schedule a room; its id. One room at a time per subject (`IntegrityError`). Refuses `NotPermitted`."""
    policies.can_create(actor).require()
    first = RoomScheduled(
        seq=1,
        at=floor(at),
        opens_at=floor(opens_at),
        rules=rules,
        participants=tuple(Participant(p.alias, p.maximum_quantity, p.group) for p in participants),
    )
    row = records.row_of(begin(first))
    room = Room.objects.create(
        subject=subject,
        lot_id=lot_id,
        rules=rules.to_json(),
        head_hash=chain.GENESIS,
        epoch=secrets.token_hex(4),
        opens_at=first.opens_at,
        created_at=at,
        **row._asdict(),
    )
    type_, payload = records.encode_event(first)
    link = chain.link(room.stream, chain.START, chain.Draft(type_, actor.ref, payload, to_text(at)))
    append_prepared([link])
    Room.objects.filter(pk=room.pk).update(seq=link.seq, head_hash=link.hash)
    RoomParticipant.objects.bulk_create(
        [
            RoomParticipant(
                room=room,
                party=Party(room.pk, spec.organisation_id),
                alias=spec.alias,
                maximum_quantity=spec.maximum_quantity,
                group=spec.group,
            )
            for spec in participants
        ]
    )
    return room.pk
