"""Pages for what happens rarely: decisions recorded by the centre, applications taken back, call-offs."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bidding.awards import queries, services
from bidding.awards.services import AWARD_LETTER, TENDER_CONTRACT
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from bidding.tenders.domain.states import SectionState
from bidding.tenders.queries import pages
from bidding.tenders.services import ApplicationFacts
from tests import cast
from tests.integration.bidding import story
from tests.integration.bidding.test_awards import first_line, lines_of, opened, shown
from tests.integration.bidding.test_pages import client, now
from tests.integration.exchange.auctions.test_story import signed

pytestmark = pytest.mark.django_db(transaction=True)


def decision(**more: str) -> dict[str, object]:
    paper = SimpleUploadedFile("d.pdf", b"%PDF-1.7 d", "application/pdf")
    return {"body": "市住建局", "number": "佛建〔2026〕1号", "reason": "收到举报，暂停核查", "file": paper, **more}


def test_the_centre_records_a_suspension_a_resumption_and_an_end_and_nobody_else_does() -> None:
    told = story.published(at=now() - timedelta(days=3))
    address = f"/centre/sections/{told.section_id}/decision/"

    for key in ("tenderee", "builder1", "regulator"):
        assert client(key).get(address).status_code == 403
        assert client(key).post(address, decision(act="suspend")).status_code == 403
    for act, state in (
        ("suspend", SectionState.SUSPENDED),
        ("resume", SectionState.BIDDING),
        ("terminate", SectionState.TERMINATED),
    ):
        assert client("staff").post(address, decision(act=act)).status_code == 302
        assert tenders.section_terms(told.section_id).state is state
    assert list(told.row.notices.values_list("kind", flat=True))[-3:] == ["SUSPENSION", "RESUMPTION", "TERMINATION"]
    assert "佛建〔2026〕1号" in client("").get(f"/tenders/{told.tender_id}/").content.decode()


def test_an_application_is_taken_back_on_its_page() -> None:
    told = story.published("WORKS_PREQUALIFIED", at=now() - timedelta(days=3))
    actor = cast.actor("builder1")
    facts = ApplicationFacts(documents=(), statement="具备相应资质与业绩。")
    tender_services.apply(actor=actor, section_id=told.section_id, facts=facts, at=now())
    browser = client("builder1")
    withdraw = f"/sections/{told.section_id}/apply/withdraw/"

    assert withdraw in browser.get(f"/sections/{told.section_id}/apply/").content.decode()
    assert browser.post(withdraw).status_code == 302
    own = pages.own_application(actor, told.section_id)
    assert own is not None
    assert own.state == "WITHDRAWN"
    assert withdraw not in browser.get(f"/sections/{told.section_id}/apply/").content.decode()


def test_a_framework_is_called_off_on_its_page_and_read_by_both_sides() -> None:
    told, at = opened("SOE_FRAMEWORK")
    until = shown(told, at, lines_of())
    owner = cast.actor("tenderee")
    (award_id,) = services.award_section(
        actor=owner, section_id=told.section_id, line_ids=[first_line(told.section_id)], at=until
    )
    signed(f"award:{award_id}", AWARD_LETTER, {"owner": "tenderee"}, at=until)
    services.draw_contract(actor=owner, award_id=award_id, at=until)
    signed(f"award:{award_id}", TENDER_CONTRACT, {"owner": "tenderee", "winner": "builder1"}, at=until)
    address = f"/awards/{award_id}/call-offs/"

    placed = {"title": "第一批电缆", "amount": "50000"}
    assert client("builder1").post(address, placed).status_code == 403
    assert client("tenderee").post(address, placed).status_code == 302
    assert "第一批电缆" in client("builder1").get(address).content.decode()
    assert client("builder2").get(address).status_code == 403
    assert queries.awards_of(told.section_id)[0].amount == Decimal(11_000_000)
    desk = client("tenderee").get(f"/owner/sections/{told.section_id}/result/").content.decode()
    close = f"/owner/sections/{told.section_id}/close/"
    assert close in desk
    filed = {"authority": "国资委", "number": "备1号", "filed_on": until.date().isoformat()}
    assert client("tenderee").post(close, filed).status_code == 302
    assert tenders.section_terms(told.section_id).state is SectionState.CLOSED


def test_a_result_goes_back_to_the_committee_or_fails_on_the_owners_pages() -> None:
    told, at = opened("WORKS_OPEN")
    shown(told, at, lines_of())
    base = f"/owner/sections/{told.section_id}/"

    assert client("builder1").get(base + "review-again/").status_code == 403
    assert client("tenderee").post(base + "review-again/", decision()).status_code == 302
    assert tenders.section_terms(told.section_id).state is SectionState.OPENED
    assert client("tenderee").post(base + "fail/", {"cause": "TOO_FEW_VALID"}).status_code == 400, "without a paper"
    assert client("tenderee").post(base + "fail/", {**decision(), "cause": "TOO_FEW_VALID"}).status_code == 302
    assert tenders.section_terms(told.section_id).failure == "TOO_FEW_VALID"
