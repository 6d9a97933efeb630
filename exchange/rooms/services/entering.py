"""Getting into a room: tickets for the socket, keys for bidding.

A bidder's certificate vouches once for a fresh key of its browser; that key then signs each bid in a tenth of a
millisecond. Electronic Signature Law (电子签名法) art. 13: the key is under the bidder's control alone.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import Malformed, NotFound, Refusal
from commons.domain.text import gettext_noop
from commons.domain.time import to_milliseconds
from commons.evidence.domain.canonical import JSON, digest
from commons.evidence.services import append_secret
from commons.people import queries as people
from exchange.rooms import policies
from exchange.rooms.broadcast.peers import Viewer
from exchange.rooms.domain.rules import RoomRules
from exchange.rooms.models import Room, RoomKey, RoomParticipant, Voucher
from exchange.rooms.protocol import entry_statement, key_id_of
from exchange.rooms.services.signing import load_key
from exchange.rooms.services.tickets import LIFETIME_MS, Ticket, seal
from signatures.crypto.certificates import facts_of
from signatures.crypto.mixing import require_same
from signatures.crypto.suites import Suite
from signatures.signing.domain.sessions import Fact, Signer
from signatures.signing.kinds import Signed, register_kind
from signatures.signing.services import SessionRef, request_signature

ENTRY = "room-entry"


class EntryNeedsCertificate(Refusal):
    """The rules of the room ask that the bidder's certificate vouches for the room key."""

    code = "ROOM_ENTRY_NEEDS_CERTIFICATE"
    message = gettext_noop("This room asks for your certificate: sign the entry statement, then you can bid.")


class RoomKeyEnded(Refusal):
    """The certificate that vouched for the key was revoked."""

    code = "ROOM_KEY_ENDED"
    message = gettext_noop("The certificate that vouched for this key was revoked. Enter with a new key.")


@dataclass(frozen=True, slots=True)
class Admission:
    """What the page needs to open the socket."""

    ticket: str
    role: Viewer
    alias: str
    participant_id: int | None
    maximum_quantity: Decimal | None
    """The bidder's qualified need; None also where it is not limited."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key that may bid in the room."""

    key_id: str
    alias: str
    entered_at: datetime


def admit(*, actor: Actor, room_id: int, at: datetime) -> Admission:
    """A ticket for the room's socket: as bidder, overseer or watcher. Rooms are public. Refuses `NotFound`."""
    if not Room.objects.filter(pk=room_id).exists():
        raise NotFound()
    epoch = people.socket_epochs([actor.person_id]).get(actor.person_id, 0) if actor.person_id else 0
    return admission(actor=actor, room_id=room_id, socket_epoch=epoch, at=at)


def admission(*, actor: Actor, room_id: int, socket_epoch: int, at: datetime) -> Admission:
    """The same for who has the room at hand and knows the epoch of the actor's sessions (0: nobody signed in)."""
    found = policies.participant_of(actor, room_id)
    participant = found if policies.can_bid(actor, found) else None
    viewer = _viewer(actor, participant)
    ticket = Ticket(
        room_id=room_id,
        viewer=viewer,
        alias=participant.alias if participant else "",
        person_id=actor.person_id,
        socket_epoch=socket_epoch,
        participant_id=participant.pk if participant else None,
        expires_ms=to_milliseconds(at) + LIFETIME_MS,
    )
    need = participant.maximum_quantity if participant else None
    return Admission(seal(ticket), viewer, ticket.alias, ticket.participant_id, need)


def _viewer(actor: Actor, participant: RoomParticipant | None) -> Viewer:
    if participant is not None:
        return Viewer.BIDDER
    return Viewer.STAFF if policies.can_oversee(actor) else Viewer.WATCHER


def enter_room(*, actor: Actor, room_id: int, public_key_spki: bytes, statement: str, at: datetime) -> Entry:
    """Enter with a room key of a qualified bidder; where the rules do not ask for more, the session vouches for it.

    `statement` must be the entry statement of docs/protocol.md for this room, alias and key. The same key again is
    harmless. Refuses `NotFound`, `NotAParticipant`, `AssuranceTooLow`, `Malformed`, `RoomKeyEnded`, a key of another
    suite than the room's (`SuitesMixed`), and `EntryNeedsCertificate` for a fresh key in a room whose rules ask for a
    certificate: see `request_entry`. Robots of a rehearsal or demonstration hold none.
    """
    place = _place(actor, room_id, public_key_spki, statement)
    if (known := place.known) is not None:
        return Entry(known.key_id, place.participant.alias, known.entered_at)
    if place.room.rules.get("entry_certificate") and not actor.system:
        raise EntryNeedsCertificate()
    with transaction.atomic():
        return _vouch(place, actor=actor, voucher=Voucher.SESSION, at=at)


@transaction.atomic
def request_entry(
    *, actor: Actor, room_id: int, public_key_spki: bytes, statement: str, title: str, return_url: str, at: datetime
) -> SessionRef:
    """Have the bidder sign the entry statement with its certificate, which then vouches for the room key.

    A certificate of another suite than the room's is refused there. Refuses `NotFound`, `NotAParticipant`,
    `AssuranceTooLow`, `Malformed`, `SuitesMixed` and `RoomKeyEnded`.
    """
    place = _place(actor, room_id, public_key_spki, statement)
    assert actor.person_id is not None, "bidders are persons"
    return request_signature(
        actor=actor,
        kind=ENTRY,
        subject=f"room:{room_id}",
        title=title,
        content=statement.encode(),
        signer=Signer(actor.person_id, actor.organisation_id),
        role=gettext_noop("Bidder"),
        facts=[
            Fact(gettext_noop("Bidder number"), place.participant.alias),
            Fact(gettext_noop("Key of this browser"), place.key_id),
        ],
        context={"room": str(room_id), "public_key": public_key_spki.hex()},
        return_url=return_url,
        suite=suite_of(place.room),
        at=at,
    )


def suite_of(room: Room) -> Suite:
    """The algorithms of a room, by its rules."""
    return RoomRules.from_json(room.rules).suite


def _entered(signed: Signed) -> None:
    """The bidder's certificate has vouched: the key may bid. Called in the transaction that stores the signature."""
    context, statement = signed.order.context, signed.order.content.decode()
    place = _place(signed.actor, int(context["room"]), bytes.fromhex(context["public_key"]), statement)
    _vouch(place, actor=signed.actor, voucher=Voucher.CERTIFICATE, signed=signed, at=signed.at)


# Who enters a room is nobody's to know before its result.
register_kind(ENTRY, label=gettext_noop("Entry into a live room"), done=_entered, secret=True)


@dataclass(frozen=True, slots=True)
class _Place:
    """A bidder's place in a room, with the key and the statement that were checked to belong together."""

    room: Room
    participant: RoomParticipant
    spki: bytes
    key_id: str
    statement: str
    known: RoomKey | None
    """The row of the key, once it has entered."""


def _place(actor: Actor, room_id: int, spki: bytes, statement: str) -> _Place:
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        raise NotFound()
    participant = policies.participant_of(actor, room_id)
    policies.can_bid(actor, participant).require()
    assert participant is not None, "the policy found the participant"
    require_same(load_key(spki).suite, asked=suite_of(room))
    key_id = key_id_of(spki)
    if statement != entry_statement(room_id=room_id, alias=participant.alias, key_id=key_id):
        raise Malformed(field="statement", reason="not the entry statement of this room, alias and key")
    known = RoomKey.objects.filter(room=room, key_id=key_id, participant=participant).first()
    if known is not None and known.ended_at is not None:
        raise RoomKeyEnded()
    return _Place(room, participant, spki, key_id, statement, known)


def _vouch(place: _Place, *, actor: Actor, voucher: Voucher, at: datetime, signed: Signed | None = None) -> Entry:
    """Store the key and the evidence of who vouched for it; the caller holds the transaction."""
    key, is_new = RoomKey.objects.get_or_create(
        room=place.room,
        key_id=place.key_id,
        defaults={
            "participant": place.participant,
            "person_id": actor.person_id,
            "public_key": place.spki,
            "statement": place.statement,
            "session_ref": actor.session_ref,
            "vouched_by": voucher,
            "signature": signed.finished.cms if signed else None,
            "certificate": facts_of(signed.order.certificate).fingerprint if signed else "",
            "entered_at": at,
        },
    )
    if key.participant_id != place.participant.pk:
        raise Malformed(field="public_key", reason="another bidder entered with this key")
    if is_new:
        payload: dict[str, JSON] = {
            "statement": place.statement,
            "public_key": place.spki.hex(),
            "vouched_by": voucher.lower(),
        }
        if signed is not None:
            payload |= {"signing": signed.session, "signature_sha256": digest(signed.finished.cms)}
        # It names a person beside an alias: nobody reads it before the result of the room is public.
        append_secret(
            stream=f"room-keys:{place.room.pk}",
            type="RoomKeyVouchedFor",
            actor=actor,
            payload=payload,
            decided_at=at,
            idempotency_key=place.key_id,
        )
    return Entry(place.key_id, place.participant.alias, key.entered_at)
