"""Consortia: shares, signatures of every member, and nobody bids twice; nobody else learns of it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from bidding.bids import services
from bidding.bids.domain.consortium import (
    AgreementInvalid,
    AgreementUnsigned,
    ConsortiumChanged,
    InAnotherConsortium,
    MemberBidsAlone,
)
from bidding.bids.queries.consortia import own_agreements
from bidding.bids.services.consortia import Said, require_whole
from bidding.tenders import services as tender_services
from bidding.tenders.models import Tender
from bidding.tenders.services import ApplicationFacts
from commons.domain.refusals import NotFound
from tests import cast
from tests.integration.bidding import story
from tests.integration.bidding.test_bonds import number
from tests.integration.bidding.test_pages import client, now
from tests.signing import sign_as

pytestmark = pytest.mark.django_db(transaction=True)


def of(key: str, share: str, role: str = "道路工程施工") -> Said:
    return Said(cast.uscc(cast.PARTIES[key].organisation), Decimal(share), role)


def test_every_member_signs_before_the_lead_hands_in_and_no_member_bids_alone() -> None:
    told = story.published()
    at = told.published_at + timedelta(days=1)
    for key in ("builder1", "builder2", "builder3"):
        tender_services.take_documents(actor=cast.actor(key), tender_id=told.tender_id, at=at)
    lead, member, section_id = cast.actor("builder1"), cast.actor("builder2"), told.section_id
    for said in (
        [of("builder1", "100")],
        [of("builder1", "60"), of("builder2", "39.9")],
        [of("builder1", "60"), of("builder1", "40")],
        [of("builder2", "60"), of("builder3", "40")],
        [of("builder1", "60"), of("tenderee", "40")],
    ):
        with pytest.raises(AgreementInvalid):
            services.propose_consortium(actor=lead, section_id=section_id, said=said, at=at)
    agreement = services.propose_consortium(
        actor=lead, section_id=section_id, said=[of("builder1", "60"), of("builder2", "40")], at=at
    )
    with pytest.raises(AgreementUnsigned):
        require_whole(section_id, number("builder1"))
    require_whole(section_id, number("builder2"))
    with pytest.raises(NotFound):
        services.request_agreement(actor=cast.actor("builder3"), agreement_id=agreement, at=at)

    for key, actor in (("builder1", lead), ("builder2", member)):
        sign_as(key, services.request_agreement(actor=actor, agreement_id=agreement, at=at), at=at)
    require_whole(section_id, number("builder1"))
    with pytest.raises(MemberBidsAlone):
        require_whole(section_id, number("builder2"))
    require_whole(section_id, number("builder3"))
    second = services.propose_consortium(
        actor=cast.actor("builder3"), section_id=section_id, said=[of("builder3", "50"), of("builder2", "50")], at=at
    )
    with pytest.raises(InAnotherConsortium):
        services.request_agreement(actor=member, agreement_id=second, at=at)

    secrets = (told.row.code, told.row.title, f"/sections/{section_id}/", "道路工程施工")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM bidding_consortiumagreement")
        agreements = str(cursor.fetchall())
        # A signature names its signer; for which tender it was given, its record does not tell.
        cursor.execute("SELECT * FROM signatures_signingsession")
        sessions = str(cursor.fetchall())
    assert all(canary not in agreements for canary in (*secrets, cast.uscc("luqiao")))
    assert all(canary not in sessions for canary in secrets)
    assert len(own_agreements(member, section_id)) == 2
    assert own_agreements(cast.actor("tenderee"), section_id) == []
    services.propose_consortium(
        actor=lead, section_id=section_id, said=[of("builder1", "70"), of("builder2", "30")], at=at
    )
    with pytest.raises(AgreementUnsigned):
        require_whole(section_id, number("builder1"))
    services.dissolve_consortium(actor=lead, section_id=section_id, at=at)
    require_whole(section_id, number("builder2"))


def test_the_page_of_a_consortium_is_for_its_members() -> None:
    told = story.published(at=now() - timedelta(days=3))
    for key in ("builder1", "builder2"):
        tender_services.take_documents(actor=cast.actor(key), tender_id=told.tender_id, at=now())
    address = f"/sections/{told.section_id}/bid/consortium/"
    roads = "市政公用工程施工总承包"
    lead = {"0-uscc": cast.uscc("luqiao"), "0-share": "60", "0-role": "主体工程", "0-licence": f"{roads}一级"}
    other = {"1-uscc": cast.uscc("shuili"), "1-share": "40", "1-role": "绿化工程", "1-licence": f"{roads}三级"}

    assert cast.uscc("luqiao") in client("builder1").get(address).content.decode(), "the lead's row names it"
    assert client("builder1").post(address, {"rows": "3", **lead, "1-uscc": cast.uscc("shuili")}).status_code == 400
    more = client("builder1").post(address, {"rows": "3", "step": "more", **lead, **other}).content.decode()
    assert 'name="3-uscc"' in more
    assert "绿化工程" in more
    assert own_agreements(cast.actor("builder1"), told.section_id) == []
    assert client("builder1").post(address, {"rows": "4", **lead, **other}).status_code == 302
    assert f"{roads}三级<br>" in client("builder1").get(address).content.decode(), "the lowest grade counts"
    composer = client("builder1").get(f"/sections/{told.section_id}/bid/").content.decode()
    assert cast.uscc("shuili") in composer
    assert cast.uscc("shuili") not in client("builder3").get(f"/sections/{told.section_id}/bid/").content.decode()
    assert "绿化工程" in client("builder2").get(address).content.decode()
    assert "绿化工程" not in client("builder3").get(address).content.decode()
    assert client("staff").get(address).status_code == 403
    ((row, _),) = own_agreements(cast.actor("builder2"), told.section_id)
    assert client("builder2").get(f"/bids/consortium/{row.pk}/")["Location"] == address
    assert client("builder3").get(f"/bids/consortium/{row.pk}/").status_code == 404


def test_nobody_joins_or_leaves_a_consortium_after_the_prequalification() -> None:
    told = story.published("WORKS_PREQUALIFIED")
    at, section_id, owner = told.published_at + timedelta(days=1), told.section_id, cast.actor("tenderee")
    together = {"builder1": (number("supplier1"),), "builder2": (), "builder3": ()}
    applied = [
        tender_services.apply(
            actor=cast.actor(key), section_id=section_id, at=at,
            facts=ApplicationFacts(documents=(), statement="具备相应资质与业绩。", consortium=others),
        )
        for key, others in together.items()
    ]  # fmt: skip
    ends = told.row.applications_end_at
    assert ends is not None
    for one in applied:
        tender_services.judge(actor=owner, application_id=one, qualified=True, reason="资质业绩符合", at=ends)
    tender_services.finish_prequalification(actor=owner, section_id=section_id, at=ends)
    for key in together:
        tender_services.take_documents(actor=cast.actor(key), tender_id=told.tender_id, at=ends)

    for lead, said in (
        ("builder1", [of("builder1", "60"), of("builder3", "40")]),
        ("builder1", [of("builder1", "50"), of("supplier1", "30"), of("builder3", "20")]),
        ("builder2", [of("builder2", "60"), of("supplier1", "40")]),
    ):
        with pytest.raises(ConsortiumChanged):
            services.propose_consortium(actor=cast.actor(lead), section_id=section_id, said=said, at=ends)
    with pytest.raises(ConsortiumChanged):
        require_whole(section_id, number("builder1"))
    require_whole(section_id, number("builder2"))
    said = [of("builder1", "60"), of("supplier1", "40")]
    assert services.propose_consortium(actor=cast.actor("builder1"), section_id=section_id, said=said, at=ends)
    with pytest.raises(AgreementUnsigned):
        require_whole(section_id, number("builder1"))


def test_an_application_names_the_members_on_its_page_and_the_owner_reads_them_afterwards() -> None:
    told = story.published("WORKS_PREQUALIFIED", at=now() - timedelta(days=3))
    other = cast.organisation(cast.PARTIES["supplier1"].organisation)
    address, code, name = f"/sections/{told.section_id}/apply/", other.uscc, other.name
    browser = client("builder1")
    said = {"statement": "具备相应资质与业绩。", "member_1": "91440600MA4UNKNOWN"}
    assert browser.post(address, said).status_code == 400
    more = browser.post(address, {**said, "rows": "2", "step": "more"}).content.decode()
    assert "member_3" in more
    assert "91440600MA4UNKNOWN" in more, "what was filled in is kept"
    assert browser.post(address, {**said, "member_1": "", "member_3": code, "rows": "3"}).status_code == 302
    assert code in browser.get(address).content.decode()
    desk = f"/owner/tenders/{told.tender_id}/prequalification/"
    assert name not in client("tenderee").get(desk).content.decode()
    Tender.objects.filter(pk=told.tender_id).update(applications_end_at=now() - timedelta(seconds=1))
    assert name in client("tenderee").get(desk).content.decode()
