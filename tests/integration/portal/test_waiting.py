"""What waits is told to whose work it is, with its name and its place; nobody is told "nothing" who has work."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from bidding.tenders import services as tenders
from commons.domain.actor import Actor, Role
from commons.evidence.models import EvidenceEntry
from marketplace import waiting as supermarket
from marketplace.credit import services as crediting
from marketplace.credit.domain.listing import ListColour
from marketplace.credit.domain.ratings import Side
from marketplace.procurement import queries as procurement_queries
from marketplace.procurement import services as procurements
from marketplace.procurement.models import Procurement
from portal.views.workspace import what_waits
from tests import cast
from tests.integration.bidding import story as bidding
from tests.integration.bidding.opening import story as openings
from tests.integration.marketplace import story as market
from tests.integration.marketplace.test_fulfilling import STARS, finished, won
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


def test_each_side_is_asked_for_its_rating_until_it_is_given_or_its_day_is_over() -> None:
    engagement_id, agencies, at = won()
    owner, agency = cast.actor("owner1"), agencies[1]
    finished(engagement_id, agencies, at)
    title = Procurement.objects.get().title

    assert ("Rate the agency", title) in told(owner, at)
    assert ("Rate the owner", title) in told(agency, at)
    assert not {"Rate the agency", "Rate the owner"} & titles(owner, at + timedelta(days=60))
    crediting.rate(actor=owner, engagement_id=engagement_id, side=Side.OWNER, stars=STARS, at=at)
    assert "Rate the agency" not in titles(owner, at)
    assert "Rate the owner" in titles(agency, at)


def test_hearings_appeals_and_entries_of_a_list_wait_for_agency_and_authority() -> None:
    engagement_id, agencies, at = won()
    finished(engagement_id, agencies, at)
    poor = {**STARS, "QUALITY": 1}
    rating = crediting.rate(
        actor=cast.actor("owner1"),
        engagement_id=engagement_id,
        side=Side.OWNER,
        stars=poor,
        words="成果有误，多次返工。",
        at=at,
    )
    crediting.appeal(actor=agencies[1], rating_id=rating, words="返工由业主变更需求引起，请复核。", at=at)
    warden, agency_id = cast.actor("warden"), agencies[1].organisation_id or 0
    reason = "提供虚假材料，经查证属实。"
    crediting.propose_listing(actor=warden, agency_id=agency_id, colour=ListColour.BLACK, reason=reason, at=at)

    assert "Decide an appeal against a rating" in titles(warden, at)
    assert "Speak before you are put on the black list" in titles(agencies[1], at)
    assert "Decide a proposed entry of the red or black list" not in titles(warden, at), "the agency is heard first"
    assert "Decide a proposed entry of the red or black list" in titles(warden, at + timedelta(days=30))


def test_an_agency_learns_a_month_before_that_its_papers_and_its_entry_end() -> None:
    item = market.item()
    held = replace(market.CERTIFICATE, valid_until=(market.AT + timedelta(days=20)).date())
    market.agency("agency1", item, held, licence_until=(market.AT + timedelta(days=10)).date())
    agency = cast.actor("agency1")

    found = {one.title: one for one in what_waits(agency, market.AT)}
    assert found["Renew a qualification: without it new sign-ups are blocked"].hint == held.number
    licence = found["Renew the business licence: without it new sign-ups are blocked"]
    assert (licence.url, licence.is_overdue(market.AT)) == ("/supermarket/agency/entry/", False)
    later = {one.title: one for one in what_waits(agency, market.AT + timedelta(days=300))}
    assert "Make the yearly re-check: without it new sign-ups are blocked" in later
    assert not [one for one in what_waits(agency, market.AT - timedelta(days=30)) if "blocked" in one.title]


def test_who_signed_up_before_an_amendment_is_asked_to_sign_up_again() -> None:
    item = market.item()
    market.owner()
    market.agency("agency1", item)
    need, agency, owner = market.published(item), cast.actor("agency1"), cast.actor("owner1")
    market.sign("agency1", need)
    changed = replace(procurement_queries.procurement(need).need, content="放线测量、复测及成果报告")
    procurements.propose_amendment(actor=owner, procurement_id=need, need=changed, reason="补充复测内容", at=market.AT)
    assert "The notice changed: sign up again" not in titles(agency, market.AT)

    procurements.publish_amendment(actor=cast.actor("staff"), procurement_id=need, at=market.AT)
    assert "The notice changed: sign up again" in titles(agency, market.AT)
    market.sign("agency1", need, at=market.AT + timedelta(hours=1))
    assert "The notice changed: sign up again" not in titles(agency, market.AT + timedelta(hours=1))


def test_the_supermarket_and_the_intake_are_asked_in_one_statement_each(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    engagement_id, agencies, at = won()
    finished(engagement_id, agencies, at)
    everybody = replace(cast.actor("owner1"), roles=frozenset(Role) - {Role.AGENCY})

    with django_assert_num_queries(2):
        assert list(supermarket.of_anybody(everybody, at))


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
