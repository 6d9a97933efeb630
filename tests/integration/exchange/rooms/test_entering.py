"""Entering a room whose rules ask for the bidder's certificate."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from commons.domain.refusals import Malformed
from commons.evidence.models import EvidenceEntry
from exchange.rooms import services
from exchange.rooms.client import KeyPair
from exchange.rooms.models import RoomKey, Voucher
from exchange.rooms.protocol import NotAParticipant
from exchange.rooms.services import reading
from exchange.rooms.services.entering import EntryNeedsCertificate, RoomKeyEnded
from signatures.crypto.answers import CertificateRevoked
from signatures.pki import queries as certificates
from signatures.pki.services import require_usable, revoking, verify_signature, watch_revocation
from tests.cast import actor, organisation, person
from tests.dumps import dump, found_in
from tests.pki import authority
from tests.signing.entering import ask_to_enter, enter_by_certificate, enter_by_session, room_for_entering

pytestmark = pytest.mark.django_db


def test_the_certificate_vouches_for_the_key_and_its_signature_is_kept():
    room_id, key = room_for_entering(certificate=True), KeyPair.generate()
    entry = enter_by_certificate(room_id, key)

    row = RoomKey.objects.get(room_id=room_id, key_id=entry.key_id)
    assert row.vouched_by == Voucher.CERTIFICATE
    status = verify_signature(content=row.statement.encode(), signature=row.signature or b"", at=timezone.now())
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
    assert (row.vouched_by, row.signature) == (Voucher.SESSION, None)


def test_nobody_asks_for_another_bidders_place_or_another_key():
    room_id, key, other = room_for_entering(certificate=True), KeyPair.generate(), KeyPair.generate()
    ask = partial(services.request_entry, room_id=room_id, title="…", return_url="/", at=timezone.now())

    with pytest.raises(NotAParticipant):
        ask(actor=actor("buyer2"), public_key_spki=key.spki, statement=key.statement(room_id, "01"))
    with pytest.raises(Malformed):
        ask(actor=actor("buyer1"), public_key_spki=other.spki, statement=key.statement(room_id, "01"))


def test_a_key_ends_with_the_certificate_that_vouched_for_it_and_a_new_one_may_enter():
    room_id, key, other = room_for_entering(certificate=True), KeyPair.generate(), KeyPair.generate()
    elsewhere = room_for_entering(certificate=False)
    enter_by_certificate(room_id, key)
    of_the_session = enter_by_session(elsewhere, key)

    assert ended_by_the_watch() == 0
    authority().revoke("buyer1", at=timezone.now() - timedelta(minutes=1))
    try:
        assert ended_by_the_watch() == 1
        assert ended_by_the_watch() == 0
    finally:
        authority().restore("buyer1")

    assert reading.room_key(room_id, key.key_id) is None
    assert reading.rows_of([room_id, elsewhere]).ended_keys == [(room_id, key.key_id)]
    assert reading.room_key(elsewhere, of_the_session.key_id) is not None
    for enter in (enter_by_session, ask_to_enter):
        with pytest.raises(RoomKeyEnded):
            enter(room_id, key)
    entry = enter_by_certificate(room_id, other)
    assert reading.room_key(room_id, entry.key_id) is not None


def test_a_revocation_that_shows_when_somebody_signs_ends_the_key_too():
    room_id, key = room_for_entering(certificate=True), KeyPair.generate()
    enter_by_certificate(room_id, key)
    (one,) = certificates.certificates_of(person("buyer1").pk)

    authority().revoke("buyer1", at=timezone.now() - timedelta(minutes=1))
    try:
        with pytest.raises(CertificateRevoked):
            require_usable(bound=one, at=timezone.now())
    finally:
        authority().restore("buyer1")

    assert reading.room_key(room_id, key.key_id) is None


def ended_by_the_watch() -> int:
    revoking._last.clear()
    return watch_revocation(timezone.now())


def test_the_log_does_not_tell_who_entered():
    before = EvidenceEntry.objects.count()
    enter_by_certificate(room_for_entering(certificate=True))

    fresh = list(EvidenceEntry.objects.order_by("id")[before:])
    assert [entry for entry in fresh if entry.stream.startswith(("signing:", "room-keys:"))] == []
    assert [entry for entry in fresh if b"room-entry" in bytes(entry.payload)] == []


def test_a_copy_of_the_tables_does_not_tell_who_entered():
    """Neither the key nor the session in which it was signed for: certificates name their holders."""
    room_id, before = room_for_entering(certificate=True), set(dump().splitlines())
    enter_by_certificate(room_id)

    left = [line for line in dump().splitlines() if line not in before]
    someone, company, browser = person("buyer1"), organisation("jinma"), actor("buyer1").session_ref
    names = (someone.name, company.name, company.uscc, f"person:{someone.pk}@", f"organisation:{company.pk}", browser)
    assert [line for line in left if found_in(line, filter(None, names))] == []
    sessions = [line for line in left if line.startswith("signatures_signingsession")]
    assert sessions
    assert not any(f"room:{room_id}" in line or f"/rooms/{room_id}/" in line for line in sessions)
    assert all("signer_id=" in line and "waits_for_id=None" in line for line in sessions)
