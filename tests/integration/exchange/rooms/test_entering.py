"""Entering a room whose rules ask for the bidder's certificate."""

from functools import partial

import pytest
from django.utils import timezone

from commons.domain.refusals import Malformed
from commons.evidence.models import EvidenceEntry
from exchange.rooms import services
from exchange.rooms.client import KeyPair
from exchange.rooms.models import RoomKey, Voucher
from exchange.rooms.protocol import NotAParticipant
from exchange.rooms.services.entering import EntryNeedsCertificate
from signatures.pki.services import verify_signature
from tests.cast import actor
from tests.signing.entering import ask_to_enter, enter_by_certificate, enter_by_session, room_for_entering

pytestmark = pytest.mark.django_db


def test_the_certificate_vouches_for_the_key_and_its_signature_is_kept():
    room_id, key = room_for_entering(certificate=True), KeyPair.generate()
    entry = enter_by_certificate(room_id, key)

    row = RoomKey.objects.get(room_id=room_id, key_id=entry.key_id)
    assert row.vouched_by == Voucher.CERTIFICATE
    status = verify_signature(content=row.statement.encode(), signature=bytes(row.signature), at=timezone.now())
    status.require()


def test_the_session_alone_does_not_open_such_a_room():
    room_id = room_for_entering(certificate=True)

    with pytest.raises(EntryNeedsCertificate):
        enter_by_session(room_id)
    assert not RoomKey.objects.filter(room_id=room_id).exists()


def test_a_key_that_was_asked_for_and_never_signed_does_not_bid():
    room_id, key = room_for_entering(certificate=True), KeyPair.generate()
    ask_to_enter(room_id, key)

    with pytest.raises(EntryNeedsCertificate):
        enter_by_session(room_id, key)


def test_elsewhere_the_session_goes_on_to_vouch():
    room_id = room_for_entering(certificate=False)
    entry = enter_by_session(room_id)

    row = RoomKey.objects.get(room_id=room_id, key_id=entry.key_id)
    assert (row.vouched_by, bytes(row.signature)) == (Voucher.SESSION, b"")


def test_nobody_asks_for_another_bidders_place_or_another_key():
    room_id, key, other = room_for_entering(certificate=True), KeyPair.generate(), KeyPair.generate()
    ask = partial(services.request_entry, room_id=room_id, title="…", return_url="/", at=timezone.now())

    with pytest.raises(NotAParticipant):
        ask(actor=actor("buyer2"), public_key_spki=key.spki, statement=key.statement(room_id, "01"))
    with pytest.raises(Malformed):
        ask(actor=actor("buyer1"), public_key_spki=other.spki, statement=key.statement(room_id, "01"))


def test_the_log_does_not_tell_who_entered():
    before = EvidenceEntry.objects.count()
    enter_by_certificate(room_for_entering(certificate=True))

    fresh = list(EvidenceEntry.objects.order_by("id")[before:])
    assert [entry for entry in fresh if entry.stream.startswith(("signing:", "room-keys:"))] == []
    assert [entry for entry in fresh if b"room-entry" in bytes(entry.payload)] == []
