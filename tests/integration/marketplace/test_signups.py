"""From the published need to the opened quotes: sealed, counted once, closed at the deadline."""

from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commons.evidence.models import EvidenceEntry
from commons.people.models import Organisation
from marketplace.entry import queries as entry
from marketplace.entry.domain.eligibility import NotEligible
from marketplace.procurement import queries as procurements
from marketplace.procurement import services as procurement_services
from marketplace.procurement.domain.methods import Method
from marketplace.procurement.domain.needs import Criterion
from marketplace.procurement.domain.quotes import QuoteNeeded, QuoteOutOfRange
from marketplace.procurement.domain.states import ProcurementCommand, ProcurementState
from marketplace.signups import queries, services
from marketplace.signups.domain.signups import AlreadySignedUp, Commitment, SignUpClosed, StillOpen, StillSealed
from marketplace.signups.models import SignUp
from tests import cast, dumps
from tests.integration.marketplace import story
from tests.integration.marketplace.story import AT

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_need():
    item = story.item()
    story.owner()
    story.agency("agency1", item)
    story.agency("agency2", item)
    return story.published(item)


def begin_selection(procurement_id, at):
    row = procurement_services.locked_procurement(procurement_id)
    procurement_services.move_procurement(row, ProcurementCommand.BEGIN_SELECTION, actor=cast.actor("host"), at=at)


def ends_of(procurement_id: int) -> datetime:
    """Until when sign-ups are taken."""
    until = procurements.procurement(procurement_id).sign_up_until
    assert until is not None
    return until


def test_sealed_quotes_are_read_by_nobody_until_the_selection_and_then_by_everybody(open_need):
    story.sign("agency1", open_need, quote="150000.00")
    receipt = story.sign("agency2", open_need, quote="149999.99")
    found = procurements.procurement(open_need)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM marketplace_signup")
        stored = [row[0] for row in cursor.fetchall()]
    logged = b"".join(bytes(entry.payload) for entry in EvidenceEntry.objects.all())

    assert queries.visible_sign_ups(found) == []
    assert queries.count_shown(found) is None
    assert not any("149999" in text for text in stored)
    assert b"149999" not in logged

    closes = ends_of(open_need)
    assert services.close_signups(procurement_id=open_need, at=closes)
    with pytest.raises(StillSealed):
        services.reveal_quotes(procurement_id=open_need, actor=cast.actor("host"), at=closes)
    begin_selection(open_need, closes)
    opened = services.reveal_quotes(procurement_id=open_need, actor=cast.actor("host"), at=closes)

    assert [one.quote for one in opened] == [Decimal("150000.00"), Decimal("149999.99")]
    said = opened[1]
    rebuilt = Commitment(found.code, 1, said.agency_uscc, "2026-11-23T02:00:00.000Z", said.quote, "", said.salt)
    assert rebuilt.digest() == said.commitment == receipt.commitment


def test_a_copy_of_the_database_does_not_tell_who_signed_up_before_the_deadline(open_need):
    agency, organisation = cast.actor("agency1"), cast.organisation(cast.PARTIES["agency1"].organisation)
    item = procurements.procurement(open_need).need.item_id
    merit = story.published(item, method=Method.PROPOSAL_MERIT, criteria=(Criterion("方案", 60), Criterion("报价", 40)))
    before = set(dumps.dump().splitlines())

    plain = story.sign("agency1", open_need)
    proposal = services.attach_proposal(actor=agency, procurement_id=merit, stream=BytesIO(PDF), at=AT)
    services.sign_up(
        actor=agency, procurement_id=merit, at=AT, key=organisation.name, quote=Decimal("120000"), proposal=proposal
    )
    fresh = sorted(set(dumps.dump().splitlines()) - before)

    assert sum(line.startswith("marketplace_signup:") for line in fresh) == 2
    assert any(line.startswith("commons_document:") for line in fresh)
    telling = (organisation.name, organisation.uscc, f"organisation:{organisation.pk}", agency.ref)
    columns = ("agency_id", "organisation_id", "stored_by_id", "person_id")
    assert [line for line in fresh if dumps.found_in(line, telling)] == []
    assert [line for line in fresh for name in columns if f" {name}=" in line and f" {name}=None" not in line] == []
    parties = [row.party for row in queries.own_sign_ups(agency)]
    assert parties == [(merit, organisation.pk), (open_need, organisation.pk)]
    with pytest.raises(AlreadySignedUp):
        story.sign("agency1", open_need, at=AT + timedelta(hours=1))
    services.withdraw(actor=agency, sign_up_id=plain.sign_up_id, at=AT + timedelta(hours=1))
    services.close_signups(procurement_id=merit, at=ends_of(merit))
    row = SignUp.objects.select_related("agency").get(procurement_id=merit)
    assert row.agency is not None
    assert row.agency.organisation_id == organisation.pk, "from the closing on, everybody may know"


def test_an_agency_signs_up_once_and_the_same_request_is_the_same_sign_up(open_need):
    actor = cast.actor("agency1")
    first = services.sign_up(actor=actor, procurement_id=open_need, at=AT, key="k", quote=Decimal("120000"))
    again = services.sign_up(actor=actor, procurement_id=open_need, at=AT, key="k", quote=Decimal("120000"))
    late = AT + timedelta(days=30)
    after = services.sign_up(actor=actor, procurement_id=open_need, at=late, key="k", quote=Decimal("120000"))

    assert first == again == after
    with pytest.raises(AlreadySignedUp):
        services.sign_up(actor=actor, procurement_id=open_need, at=AT, key="other", quote=Decimal("120000"))
    assert SignUp.objects.count() == 1


def test_what_arrives_at_the_deadline_is_late_and_before_it_can_be_withdrawn(open_need):
    until = ends_of(open_need)
    last = until - timedelta(milliseconds=1)

    with pytest.raises(SignUpClosed):
        story.sign("agency1", open_need, at=until)
    made = story.sign("agency1", open_need, at=last)
    services.withdraw(actor=cast.actor("agency1"), sign_up_id=made.sign_up_id, at=last)
    story.sign("agency1", open_need, at=last - timedelta(seconds=1), quote="110000")
    with pytest.raises(StillOpen):
        services.close_signups(procurement_id=open_need, at=last)

    assert services.advance_due(until + timedelta(seconds=1)) == 0
    assert services.advance_due(until + timedelta(seconds=2)) == 1
    assert [one.agency_uscc for one in queries.sign_ups_of(open_need)] == [cast.uscc("lvyuan")]


def test_a_quote_is_asked_for_and_stays_in_its_span(open_need):
    with pytest.raises(QuoteNeeded):
        story.sign("agency1", open_need, quote=None)
    for wrong in ("99999.99", "200000.01", "150000.001"):
        with pytest.raises(QuoteOutOfRange):
            story.sign("agency1", open_need, quote=wrong)


def test_too_few_sign_ups_fail_the_round(open_need):
    assert not services.close_signups(procurement_id=open_need, at=ends_of(open_need))
    assert procurements.procurement(open_need).state is ProcurementState.FAILED


def test_a_sign_up_takes_a_handful_of_statements(open_need):
    story.sign("agency1", open_need)
    actor = cast.actor("agency2")

    with CaptureQueriesContext(
        connection,
    ) as captured:
        story.sign(actor, open_need)

    assert len(captured) <= 14, "\n".join(one["sql"][:120] for one in captured)


def test_eligible_agencies_are_one_query(open_need):
    found = procurements.procurement(open_need)

    with CaptureQueriesContext(connection) as captured:
        able = [row.pk for row in entry.eligible_agencies(found.demand, at=AT)]

    assert (len(able), len(captured)) == (2, 1)


def test_a_related_agency_is_refused(open_need):
    Organisation.objects.filter(uscc=cast.uscc("lvyuan")).update(legal_representative="邓清")

    with pytest.raises(NotEligible) as refused:
        story.sign("agency1", open_need)
    assert refused.value.fields["bar"] == "RELATED"
