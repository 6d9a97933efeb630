"""A copy of the database before the room is over: nobody reads from it who registered, paid a deposit or will bid."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from commons.domain.identifiers import LARGEST
from commons.inbox.models import InboxMessage
from commons.people.models import Organisation, Person
from commons.secrecy.fields import Party
from exchange.auctions import services as auctions
from exchange.auctions.models import Registration
from exchange.auctions.services.deciding import _numbered
from exchange.deposits import services as money
from exchange.deposits.models import BankEntry, MoneyExpectation, PayoutLeg
from exchange.permits.domain.groups import Control, related
from exchange.rooms import services as rooms
from exchange.rooms.client import KeyPair
from exchange.rooms.models import RoomKey, RoomParticipant
from tests.cast import LONG_AGO, PARTIES, actor, uscc
from tests.dumps import dump
from tests.integration.exchange.auctions import story

pytestmark = pytest.mark.django_db

BUYERS = {"buyer1": "1.680", "buyer2": "1.680"}
FAR = 700_100_000
"""Numbers of the buyers' organisations and people that occur nowhere else by chance."""
KNOWN_WITHOUT = (
    "commons_organisation",
    "commons_person",
    "commons_membership",
    "commons_personsession",
    "exchange_payeeaccount",
    "exchange_permit",
    "exchange_permitlimit",
)
"""The company library, permits and allow-list name companies whether or not they take part in anything …"""
LIBRARY = ("stream=permit:", "stream=payee:", "stream=permits:", "stream=document:")
"""… and so does the part of the log that records them."""


@pytest.fixture(autouse=True)
def _far_numbers() -> None:
    """The buyers exist before the story, under numbers that can be searched for."""
    for number, key in enumerate(BUYERS, start=1):
        party = PARTIES[key].organisation
        Organisation.objects.filter(uscc=uscc(party)).delete()
        Organisation.objects.create(
            pk=FAR + number,
            uscc=uscc(party),
            name=f"秘密竞买企业{number}号",
            region="440600",
            registered_at=LONG_AGO,
        )
        Person.objects.create(pk=FAR + 50 + number, username=key, name=f"秘密竞买人{number}")


def needles(key: str) -> list[str]:
    """In what forms somebody would find a buyer: name, code, permit, people, account, numbers and references."""
    company, person = story.company(key), actor(key)
    return [
        company.name,
        company.uscc,
        story.account_of(key),
        str(company.pk),
        str(person.person_id),
        "李工",
        "0757-11111111",
    ]


def assert_silent(found: str) -> None:
    lines = [line for line in found.splitlines() if not any(stream in line for stream in LIBRARY)]
    for key in BUYERS:
        for needle in needles(key):
            line = next((line for line in lines if needle in line), "")
            assert not line, f"{needle} of {key} can be read: {line[:200]}"


def test_registrations_and_deposits_name_nobody() -> None:
    story.bank(*BUYERS)
    lot, _ = story.registered_lot(BUYERS)
    assert lot.registration_starts_at is not None
    for key in BUYERS:
        story.pay_deposit(lot, key, at=lot.registration_starts_at + timedelta(days=1))

    assert (Registration.objects.count(), MoneyExpectation.objects.count(), BankEntry.objects.count()) == (2, 2, 2)
    assert InboxMessage.objects.exists()
    assert_silent(dump(without=KNOWN_WITHOUT))


def test_withdrawn_registration_and_its_refund_name_nobody() -> None:
    story.bank(*BUYERS)
    lot, registrations = story.registered_lot(BUYERS)
    assert lot.registration_starts_at is not None
    at = lot.registration_starts_at + timedelta(days=1)
    story.pay_deposit(lot, "buyer1", at=at)
    auctions.withdraw_registration(
        actor=actor("buyer1"), registration_id=registrations["buyer1"], at=at + timedelta(hours=1)
    )
    leg = PayoutLeg.objects.get()
    money.propose_batch(
        actor=actor("finance"),
        leg_ids=[leg.pk],
        execute_on=(at + timedelta(days=1)).date(),
        reason="withdrawn",
        at=at + timedelta(hours=2),
    )

    assert PayoutLeg.objects.get().payee_account == story.account_of("buyer1")
    assert_silent(dump(without=KNOWN_WITHOUT))


def test_rooms_name_nobody_before_the_hammer() -> None:
    lot = story.qualified_lot(BUYERS)
    assert lot.room_id is not None
    row = RoomParticipant.objects.get(party=Party(lot.room_id, story.company("buyer1").pk))
    key = KeyPair.generate()
    rooms.enter_room(
        actor=actor("buyer1"),
        room_id=lot.room_id,
        public_key_spki=key.spki,
        statement=key.statement(lot.room_id, row.alias),
        at=lot.opens_at - timedelta(minutes=5),
    )

    assert RoomKey.objects.get().person_id == actor("buyer1").person_id
    assert_silent(dump(without=KNOWN_WITHOUT))


def test_same_company_cannot_be_recognised_from_lot_to_lot() -> None:
    one, other = MoneyExpectation(party=Party(1, 7)), MoneyExpectation(party=Party(2, 7))

    field = MoneyExpectation._meta.get_field("party")
    assert field.get_prep_value(one.party) != field.get_prep_value(other.party)
    assert field.get_prep_value(Party(1, 7)) == field.get_prep_value(one.party)


def test_without_the_key_a_reference_does_not_open(settings: Any, tmp_path: Path) -> None:
    lot, _ = story.registered_lot({"buyer1": "1.680"})
    settings.PLATFORM_KEYS_DIR = tmp_path

    with pytest.raises(InvalidTag):
        list(Registration.objects.filter(lot=lot))


def test_numbers_in_addresses_and_on_accounts_tell_neither_how_many_nor_in_which_order() -> None:
    _, registrations = story.registered_lot({"buyer1": "0.500", "buyer2": "0.500", "buyer3": "0.500"})

    numbers = list(registrations.values())
    assert all(10**15 <= number <= LARGEST for number in numbers)
    money_rows = list(MoneyExpectation.objects.order_by("expected_at", "id"))
    serials = [int(row.reference[2:10]) for row in money_rows]
    assert len({later - earlier for earlier, later in pairwise(serials)}) > 1
    assert all(row.pk >= 10**15 for row in money_rows)
    assert len({row.sub_account_no for row in money_rows}) == 3


def test_groups_of_related_bidders_have_no_name_that_leads_to_a_company() -> None:
    named = related([Control(FAR + 1, "A", "", "C"), Control(FAR + 2, "B", "", "C")])

    assert set(named.values()) == {f"g{FAR + 1}"}
    assert set(_numbered(named).values()) == {"g1"}


def test_platform_itself_still_finds_everybody() -> None:
    lot, registrations = story.registered_lot(BUYERS)

    row = Registration.objects.get(party=Party(lot.pk, story.company("buyer1").pk))
    assert (row.pk, row.organisation.name) == (registrations["buyer1"], story.company("buyer1").name)
    assert row.permit_no == story.permit_no("buyer1")
