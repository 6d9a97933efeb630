"""From the plan to the notice: drafting, checking, publishing."""

import io
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from bidding.profiles import queries as profiles
from bidding.profiles import services as profile_services
from bidding.profiles.domain.profile import as_content
from bidding.profiles.domain.refusals import ProfileBackDated, ProfileWeakened
from bidding.profiles.domain.vocabulary import LimitName
from bidding.tenders import queries, services
from bidding.tenders.domain.discrimination import FindingsUnanswered
from bidding.tenders.domain.document import as_content as document_content
from bidding.tenders.domain.document import parse as parse_document
from bidding.tenders.domain.states import SectionState
from bidding.tenders.domain.timetable import TimeTooEarly
from bidding.tenders.models import Tender, TenderNotice
from bidding.tenders.policies import CheckedByYou
from commons.domain.deadlines import local_day
from commons.domain.refusals import NotPermitted
from commons.parameters import services as parameters
from commons.parameters.domain.legality import MethodUnlawful
from signatures.crypto.suites import Suite
from signatures.envelopes import queries as envelopes
from signatures.envelopes.domain.rules import SuiteMixed
from tests import cast
from tests.integration.bidding import story
from tests.integration.bidding.story import AT
from tests.integration.signatures.envelopes.story import ceremony

pytestmark = pytest.mark.django_db

ALL_SECTORS = ["WORKS_OPEN", "GOV_OPEN", "SOE_COMPARISON_OPEN", "PROPERTY_OPEN", "LAND_OPEN"]


@pytest.mark.parametrize("code", ALL_SECTORS)
def test_every_sector_publishes_a_tender_with_its_snapshot(code: str) -> None:
    told = story.published(code)

    terms = queries.section_terms(told.section_id)
    assert terms.state is SectionState.BIDDING
    assert terms.profile == profiles.profile(code, on=local_day(AT)).profile
    assert terms.code.startswith(told.row.code)
    assert len(terms.code) == 25
    assert terms.intake_id is not None
    assert envelopes.intake(terms.intake_id).deadline == told.bid_deadline
    assert terms.document_version == 1
    assert terms.parameters
    assert told.row.legality


def test_a_tender_names_its_algorithms_and_its_officers_hold_keys_of_them() -> None:
    """Chosen in the draft, kept at the publication, said by the notice, followed by every envelope."""
    national = ceremony(at=AT - timedelta(days=40), suite=Suite.SM)
    told = story.drafted()
    choice: dict[str, Any] = {
        "actor": cast.actor(told.owner),
        "tender_id": told.tender_id,
        "at": AT - timedelta(days=30),
    }

    with pytest.raises(SuiteMixed):
        services.choose_roster(roster_id=national.roster_id, **choice)
    with pytest.raises(SuiteMixed):
        services.choose_roster(roster_id=told.row.roster_id or 0, suite=Suite.SM, **choice)
    services.choose_roster(roster_id=national.roster_id, suite=Suite.SM, **choice)
    story.handed_in(told)
    services.publish_tender(actor=cast.actor("staff2"), tender_id=told.tender_id, at=told.published_at)

    intake_id = queries.section_terms(told.section_id).intake_id
    assert intake_id is not None
    assert envelopes.intake(intake_id).suite is Suite.SM
    assert envelopes.terms_published(intake_id)["alg"] == "SM4GCM-STREAM-1"
    assert TenderNotice.objects.get(tender=told.tender_id).body["sealing_suite"] == "SM"


def test_a_later_version_of_a_profile_leaves_published_tenders_alone() -> None:
    told = story.published()
    content = as_content(profiles.profile("WORKS_OPEN", on=local_day(AT)).profile)
    content["limits"]["BID_PERIOD"] = {"count": "30", "unit": "day", "mark": "D", "source": "本市规定"}

    version = profile_services.enter_version(
        actor=cast.actor("staff"), content=content, valid_from=local_day(AT), reason="本市延长", at=AT
    )

    assert version == 2
    assert queries.section_terms(told.section_id).profile.limits[LimitName.BID_PERIOD].count == 20
    assert profiles.profile("WORKS_OPEN", on=local_day(AT)).profile.limits[LimitName.BID_PERIOD].count == 30


def test_staff_add_a_procedure_without_code_but_neither_weaker_nor_back_dated_nor_unlawful() -> None:
    early = AT - timedelta(days=40)
    content = {**as_content(profiles.profile("SOE_NEGOTIATION", on=local_day(early)).profile), "code": "SOE_OWN_RULES"}
    content["limits"] = {**content["limits"], "BID_PERIOD": {**content["limits"]["BID_PERIOD"], "count": "5"}}
    given = {"actor": cast.actor("staff"), "reason": "企业自定", "at": early, "based_on": "SOE_NEGOTIATION"}

    profile_services.enter_version(content=content, valid_from=local_day(early), **given)  # type: ignore[arg-type]
    assert story.published("SOE_OWN_RULES").row.profile_code == "SOE_OWN_RULES"

    lowered = {
        **content,
        "limits": {**content["limits"], "BID_PERIOD": {**content["limits"]["BID_PERIOD"], "count": "4"}},
    }
    with pytest.raises(ProfileWeakened):
        profile_services.enter_version(content=lowered, valid_from=local_day(early), **given)  # type: ignore[arg-type]
    with pytest.raises(ProfileBackDated):
        profile_services.enter_version(
            content=content,
            valid_from=local_day(early) - timedelta(days=1),
            **given,  # type: ignore[arg-type]
        )
    unlawful = as_content(profiles.profile("GOV_OPEN", on=local_day(early)).profile)
    unlawful["switches"]["AWARD_SEPARATION"] = "true"
    with pytest.raises(MethodUnlawful) as refused:
        profile_services.enter_version(
            actor=cast.actor("staff"), content=unlawful, valid_from=local_day(early), reason="评定分离", at=early
        )
    assert "第六十八条" in str(refused.value.fields["article"])
    with pytest.raises(NotPermitted):
        profile_services.enter_version(
            actor=cast.actor("tenderee"), content=content, valid_from=local_day(early), reason="x", at=early
        )


def test_what_becomes_unlawful_before_the_publication_is_refused_then() -> None:
    told = story.handed_in(story.drafted("SOE_DIRECT", invited=("builder1",)))
    parameters.enter_legality(
        actor=cast.actor("staff"),
        method="SINGLE_SOURCE",
        sector="SOE_PROCUREMENT",
        verdict="BARRED",
        article="市国资委〔2026〕1号",
        mark="D",
        valid_from=local_day(AT),
        reason="试验",
        at=AT,
    )

    with pytest.raises(MethodUnlawful) as refused:
        services.publish_tender(actor=cast.actor("staff2"), tender_id=told.tender_id, at=AT)
    assert refused.value.fields["article"] == "市国资委〔2026〕1号"
    assert told.row.state == "CHECKED"


def test_who_checked_does_not_publish_and_the_owner_publishes_nothing() -> None:
    told = story.handed_in(story.drafted())

    with pytest.raises(CheckedByYou):
        services.publish_tender(actor=cast.actor("staff"), tender_id=told.tender_id, at=AT)
    with pytest.raises(NotPermitted):
        services.publish_tender(actor=cast.actor("tenderee"), tender_id=told.tender_id, at=AT)


def test_nineteen_days_are_too_few() -> None:
    told = story.handed_in(story.drafted())
    Tender.objects.filter(pk=told.tender_id).update(
        bid_deadline=AT + timedelta(days=19), documents_until=AT + timedelta(days=7)
    )

    with pytest.raises(TimeTooEarly):
        services.publish_tender(actor=cast.actor("staff2"), tender_id=told.tender_id, at=AT)


def test_a_discriminatory_clause_is_answered_in_public_or_changed() -> None:
    told = story.drafted()
    owner = cast.actor("tenderee")
    content = document_content(parse_document(told.row.draft))
    clause = next(row for row in content["clauses"] if row["chapter"] == "QUALIFICATION")
    plain, clause["text"] = clause["text"], "投标人须在本市注册并设有分公司。"
    given = {"actor": owner, "tender_id": told.tender_id}
    services.save_document(content=content, version=told.row.version, at=AT, **given)  # type: ignore[arg-type]

    with pytest.raises(FindingsUnanswered):
        services.submit_tender(at=AT, **given)  # type: ignore[arg-type]

    found = told.row.findings.get()
    services.answer_finding(
        actor=owner, finding_id=found.pk, answer="应急抢险须在半小时内到场，故须有本地驻点。", at=AT
    )
    story.handed_in(told)
    services.publish_tender(actor=cast.actor("staff2"), tender_id=told.tender_id, at=AT)
    notice = TenderNotice.objects.get(tender_id=told.tender_id, kind="TENDER")
    assert notice.body["findings"][0]["answer"].startswith("应急抢险")
    assert "第三十二条" in notice.body["findings"][0]["article"]

    other = story.drafted(at=AT + timedelta(hours=1), officers=told.officers)
    services.save_document(actor=owner, tender_id=other.tender_id, content=content, version=other.row.version, at=AT)
    clause["text"] = plain
    services.save_document(actor=owner, tender_id=other.tender_id, content=content, version=other.row.version, at=AT)
    assert not other.row.findings.filter(gone_at=None).exists()
    services.submit_tender(actor=owner, tender_id=other.tender_id, at=AT)


def test_a_bill_of_quantities_comes_from_a_workbook() -> None:
    told = story.drafted()
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(["序号", "项目编码", "项目名称", "项目特征", "计量单位", "工程量"])
    sheet.append([1, "040101001", "挖一般土方", "三类土", "m³", 1250.5])
    sheet.append([2, "040203006", "沥青混凝土", "厚8cm", "m²", 8600])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)

    count = services.import_bill(
        actor=cast.actor("tenderee"), section_id=told.section_id, file=file, name="清单.xlsx", at=AT
    )

    assert count == 2
    lines = parse_document(told.row.draft).bills[1]
    assert [(line.code, str(line.quantity)) for line in lines] == [("040101001", "1250.5"), ("040203006", "8600")]
