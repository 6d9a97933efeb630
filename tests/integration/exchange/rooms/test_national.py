"""Rooms of the national suite: SM2 room keys, vouched for by SM2 certificates; nothing is mixed."""

from functools import partial

import pytest
from django.utils import timezone

from exchange.projects import services as projects
from exchange.projects.domain.trades import TradeType
from exchange.rooms.client import KeyPair, signed_bid
from exchange.rooms.models import Room, RoomKey, Voucher
from exchange.rooms.protocol import BidFrame, canonical_bid, decode
from exchange.rooms.services import reading
from exchange.rooms.services.orders import BidOrder
from exchange.rooms.services.verifying import check
from signatures.crypto import suites
from signatures.crypto.mixing import NationalAsked, SuiteMissing, SuitesMixed
from signatures.crypto.suites import Suite
from signatures.pki import queries as certificates
from signatures.pki.services import verify_signature
from signatures.signing.models import SigningSession
from tests.cast import actor, person
from tests.pki import bound
from tests.signing.entering import ask_to_enter, enter_by_certificate, enter_by_session, room_for_entering

pytestmark = pytest.mark.django_db
OTHER = {Suite.SM: Suite.INTERNATIONAL, Suite.INTERNATIONAL: Suite.SM}
HOLDERS = {Suite.SM: "buyer1-sm", Suite.INTERNATIONAL: "buyer1"}
REFUSALS = {Suite.SM: NationalAsked, Suite.INTERNATIONAL: SuitesMixed}


def room_of(suite: Suite, *, certificate: bool = True) -> int:
    """A room of that suite; buyer1 has a bound certificate of each."""
    room_id = room_for_entering(certificate=certificate, suite=suite)
    bound("buyer1-sm")
    return room_id


def test_a_person_has_a_certificate_of_each_suite_in_use():
    room_of(Suite.SM)

    found = certificates.certificates_of(person("buyer1").pk)
    assert {one.suite for one in found} == {"INTERNATIONAL", "SM"}


def test_an_sm2_certificate_vouches_for_an_sm2_key_that_bids():
    room_id, key = room_of(Suite.SM), KeyPair.generate(Suite.SM)
    entry = enter_by_certificate(room_id, key, holder="buyer1-sm")

    row = RoomKey.objects.get(room_id=room_id, key_id=entry.key_id)
    assert row.vouched_by == Voucher.CERTIFICATE
    status = verify_signature(content=row.statement.encode(), signature=row.signature or b"", at=timezone.now())
    status.require()
    assert status.signer is not None
    assert status.signer.suite is Suite.SM

    order = order_of(room_id, key, "20000.00")
    check(order)
    assert order.signed
    order.canonical = order.canonical.replace(b"20000.00", b"20100.00")
    order.signed = None
    check(order)
    assert not order.signed


def order_of(room_id: int, key: KeyPair, price: str) -> BidOrder:
    """A bid as the socket's endpoint hands it in."""
    frame = decode(signed_bid(room_id, key, price=price).decode())
    assert isinstance(frame, BidFrame), "it was made as one"
    known = reading.room_key(room_id, key.key_id)
    assert known is not None
    return BidOrder(
        room_id=room_id,
        participant_id=known.participant_id,
        alias=known.alias,
        frame=frame,
        canonical=canonical_bid(room_id, frame),
        received_at=timezone.now(),
        public_key=known.public_key,
    )


def test_where_the_session_vouches_the_key_is_of_the_rooms_suite_too():
    room_id = room_of(Suite.SM, certificate=False)

    entry = enter_by_session(room_id, KeyPair.generate(Suite.SM))
    known = reading.room_key(room_id, entry.key_id)
    assert known is not None
    assert known.public_key.suite is Suite.SM


@pytest.mark.parametrize("suite", Suite)
@pytest.mark.parametrize("enter", [enter_by_session, ask_to_enter])
def test_a_key_of_the_other_suite_does_not_enter(suite, enter):
    room_id = room_of(suite)

    with pytest.raises(REFUSALS[suite]) as refusal:
        enter(room_id, KeyPair.generate(OTHER[suite]))
    assert type(refusal.value) is REFUSALS[suite]
    assert not RoomKey.objects.filter(room_id=room_id).exists()


@pytest.mark.parametrize("suite", Suite)
def test_a_certificate_of_the_other_suite_vouches_for_nothing(suite):
    room_id, key = room_of(suite), KeyPair.generate(suite)

    with pytest.raises(REFUSALS[suite]) as refusal:
        enter_by_certificate(room_id, key, holder=HOLDERS[OTHER[suite]])
    assert type(refusal.value) is REFUSALS[suite]
    assert not RoomKey.objects.filter(room_id=room_id).exists()
    assert SigningSession.objects.get().certificate is None
    enter_by_certificate(room_id, key, holder=HOLDERS[suite])


def test_without_the_extra_no_project_can_be_national(monkeypatch):
    facts = projects.ProjectFacts(title="国密出让", region="440600", suite=Suite.SM)
    draft = partial(
        projects.draft_project,
        actor=actor("seller"),
        trade_type=TradeType.EMISSION_RIGHTS,
        facts=facts,
        at=timezone.now(),
    )
    assert draft()

    monkeypatch.delitem(suites._PROVIDERS, Suite.SM)
    with pytest.raises(SuiteMissing):
        draft()


def test_rooms_of_before_name_no_suite_and_are_international():
    room_id = room_of(Suite.INTERNATIONAL, certificate=False)
    room = Room.objects.get(pk=room_id)
    Room.objects.filter(pk=room_id).update(rules={name: rule for name, rule in room.rules.items() if name != "suite"})

    assert enter_by_session(room_id).alias == "01"
