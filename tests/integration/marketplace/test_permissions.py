"""Who gets in where in the supermarket: its addresses × its parties, with a need, a sign-up and entries that are there.

The letters are those of tests/integration/portal/test_permissions.py, whose table holds the same addresses for the
other parties of the house.
"""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from commons.domain.actor import Assurance
from marketplace.entry import services as entries
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.procurement import services as procurements
from marketplace.signups import services as signups
from marketplace.signups.domain.signups import SubscriptionFacts
from tests import cast
from tests.integration.marketplace import story
from tests.integration.portal.test_permissions import filled, letter, walker

pytestmark = pytest.mark.django_db

PARTIES = ("", "owner1", "agency1", "agency2", "agency3", "staff", "host", "finance", "warden", "auditor")
"""The columns. The need is owner1's, the sign-up and the subscription agency1's, the entry in draft agency3's."""
TABLE = Path(__file__).with_name("permissions.txt")


def table() -> dict[tuple[str, str], str]:
    rows = (line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#"))
    return {(method, address[1:]): letters for method, address, letters in rows}


def market() -> dict[str, Any]:
    at = timezone.now()
    item = story.item()
    story.owner()
    one = story.agency("agency1", item)
    story.agency("agency2", item)
    need = story.published(item, at=at)
    subscription = signups.subscribe(actor=cast.actor("agency1"), facts=SubscriptionFacts(item), at=at)
    entries.open_entry(actor=cast.actor("agency3"), kind=EntrantKind.AGENCY, at=at)
    question = procurements.ask_question(actor=cast.actor("agency2"), procurement_id=need, text="几份？", at=at)
    return {
        "item_id": item,
        "entrant_id": one,
        "procurement_id": need,
        "sign_up_id": story.sign("agency1", need, at=at).sign_up_id,
        "subscription_id": subscription,
        "question_id": question,
    }


def walk() -> dict[tuple[str, str], str]:
    facts, rows = market(), {}
    clients = [walker(key) for key in PARTIES]
    for address in sorted({address for _method, address in table()}):
        for method in ("GET", "POST"):
            rows[method, address] = "".join(letter(client, method, filled(address, facts)) for client in clients)
    return rows


def test_every_address_opens_to_those_in_the_table_and_to_nobody_else(settings: Any) -> None:
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value

    assert walk() == table()
