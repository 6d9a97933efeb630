"""Getting into a room: tickets for the socket, keys for bidding."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import Malformed, NotFound
from commons.domain.time import to_milliseconds
from commons.evidence.services import append_secret
from commons.people import queries as people
from exchange.rooms import policies
from exchange.rooms.broadcast.peers import Viewer
from exchange.rooms.models import Room, RoomKey, RoomParticipant
from exchange.rooms.protocol import entry_statement, key_id_of
from exchange.rooms.services.signing import load_key
from exchange.rooms.services.tickets import LIFETIME_MS, Ticket, seal


@dataclass(frozen=True, slots=True)
class Admission:
    """What the page needs to open the socket."""

    ticket: str
    role: Viewer
    alias: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A key that may bid in the room."""

    key_id: str
    alias: str
    entered_at: datetime


def admit(*, actor: Actor, room_id: int, at: datetime) -> Admission:
    """A ticket for the room's socket: as bidder, overseer or watcher. Rooms are public. Refuses `NotFound`."""
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        raise NotFound()
    participant = policies.participant_of(actor, room) if policies.can_bid(actor, room) else None
    viewer = _viewer(actor, room, participant)
    epoch = people.session_epochs([actor.person_id]).get(actor.person_id, 0) if actor.person_id else 0
    ticket = Ticket(
        room_id=room_id,
        viewer=viewer,
        alias=participant.alias if participant else "",
        person_id=actor.person_id,
        session_epoch=epoch,
        participant_id=participant.pk if participant else None,
        expires_ms=to_milliseconds(at) + LIFETIME_MS,
    )
    return Admission(seal(ticket), viewer, ticket.alias)


def _viewer(actor: Actor, room: Room, participant: RoomParticipant | None) -> Viewer:
    if participant is not None:
        return Viewer.BIDDER
    return Viewer.STAFF if policies.can_oversee(actor, room) else Viewer.WATCHER


def enter_room(*, actor: Actor, room_id: int, public_key_spki: bytes, statement: str, at: datetime) -> Entry:
    """Register a fresh room key of a qualified bidder; the signed-in session vouches for it (CRYPTO §1).

    `statement` must be the entry statement of docs/protocol.md for this room, alias and key. The same key again is
    harmless. Refuses `NotFound`, `NotAParticipant`, `AssuranceTooLow` and `Malformed`.
    """
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        raise NotFound()
    policies.can_bid(actor, room).require()
    participant = policies.participant_of(actor, room)
    assert participant is not None, "the policy found the participant"
    load_key(public_key_spki)
    key_id = key_id_of(public_key_spki)
    if statement != entry_statement(room_id=room_id, alias=participant.alias, key_id=key_id):
        raise Malformed(field="statement", reason="not the entry statement of this room, alias and key")
    with transaction.atomic():
        key, is_new = RoomKey.objects.get_or_create(
            room=room,
            key_id=key_id,
            defaults={
                "participant": participant,
                "person_id": actor.person_id,
                "public_key": public_key_spki,
                "statement": statement,
                "session_ref": actor.session_ref,
                "entered_at": at,
            },
        )
        if key.participant_id != participant.pk:
            raise Malformed(field="public_key", reason="another bidder entered with this key")
        if is_new:
            # It names a person beside an alias: nobody reads it before the result of the room is public.
            append_secret(
                stream=f"room-keys:{room_id}",
                type="RoomKeyVouchedFor",
                actor=actor,
                payload={"statement": statement, "public_key": public_key_spki.hex(), "vouched_by": "session"},
                decided_at=at,
                idempotency_key=key_id,
            )
    return Entry(key_id, participant.alias, key.entered_at)
