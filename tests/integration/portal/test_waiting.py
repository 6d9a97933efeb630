"""What waits is told to whose work it is, with its name and its place; nobody is told "nothing" who has work."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone, translation

from bidding.tenders import services as tenders
from commons.domain.actor import Actor
from commons.evidence.models import EvidenceEntry
from marketplace.procurement import services as procurements
from marketplace.procurement.models import Procurement
from portal.views.workspace import what_waits
from tests import cast
from tests.integration.bidding import story as bidding
from tests.integration.bidding.opening import story as openings
from tests.integration.marketplace import story as market
from tests.integration.marketplace.test_fulfilling import won
from tests.integration.signatures.guarantees import story as guarantees

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def told(actor: Actor, at: datetime) -> set[tuple[str, str]]:
    return {(one.title, one.hint) for one in what_waits(actor, at)}


def titles(actor: Actor, at: datetime) -> set[str]:
    return {title for title, _ in told(actor, at)}


def test_owner_and_agency_learn_their_next_step_by_the_name_of_the_need() -> None:
    _, agencies, at = won()
    title = Procurement.objects.get().title

    assert ("Compose the contract", title) in told(cast.actor("owner1"), at)
    assert not {one for one in told(agencies[0], at) if one[1] == title}


def test_the_centre_learns_of_needs_and_the_owner_of_questions() -> None:
    item = market.item()
    market.owner()
    market.agency("agency1", item)
    draft = procurements.start_draft(actor=cast.actor("owner1"), need=market.need(item), at=market.AT)
    procurements.submit(actor=cast.actor("owner1"), procurement_id=draft, at=market.AT)
    assert "1 need to audit" in titles(cast.actor("staff"), market.AT)

    procurements.publish(actor=cast.actor("staff"), procurement_id=draft, at=market.AT)
    assert "1 need to audit" not in titles(cast.actor("staff"), market.AT)
    procurements.ask_question(actor=cast.actor("agency1"), procurement_id=draft, text="能否延期？", at=market.AT)
    assert "Answer a question" in titles(cast.actor("owner1"), market.AT)
    assert EvidenceEntry.objects.get(type="QuestionAsked").actor.startswith("system:"), "the log does not name who asks"


def test_who_took_the_documents_learns_of_the_deadline_and_nobody_else() -> None:
    published = bidding.published()
    at = published.published_at + timedelta(hours=1)
    assert "Prepare your bid" not in titles(cast.actor("builder1"), at)

    tenders.take_documents(actor=cast.actor("builder1"), tender_id=published.tender_id, at=at)

    found = [one for one in what_waits(cast.actor("builder1"), at) if one.title == "Prepare your bid"]
    assert [one.due_at for one in found] == [published.row.bid_deadline]
    assert "Prepare your bid" not in titles(cast.actor("builder2"), at)


def test_an_opening_in_session_waits_for_its_bidders_and_its_host() -> None:
    openings.listed("buyer1", "buyer2", "buyer3")

    assert "Your bid is being opened" in titles(openings.bidder("buyer1"), openings.LISTED)
    assert "An opening is in session" in titles(cast.actor("host"), openings.LISTED)
    assert "Your bid is being opened" not in titles(openings.bidder("supplier1"), openings.LISTED)


def test_an_application_waits_for_the_underwriter_and_then_for_the_manager() -> None:
    ref = guarantees.ask(guarantees.city()["bank"])
    assert "Assess an application" in titles(cast.actor("underwriter"), guarantees.ASKED)

    guarantees.assessed(ref)
    assert "Assess an application" not in titles(cast.actor("underwriter"), guarantees.ASKED)
    assert "Sign or decline a guarantee" in titles(cast.actor("manager"), guarantees.ASKED)


def test_whoever_is_new_is_told_that_nothing_waits() -> None:
    assert what_waits(cast.actor("agency2"), timezone.now()) == []
