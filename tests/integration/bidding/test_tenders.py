"""From the plan to the opening: drafting, checking, publishing, taking, asking, objecting, failing, repeating."""

import io
from datetime import UTC, datetime, timedelta

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
from bidding.tenders.domain.eligibility import Bar, Eligibility, MayNotBid
from bidding.tenders.domain.failing import FailureCause, OpeningTooEarly
from bidding.tenders.domain.qualifying import ApplicationsOpen
from bidding.tenders.domain.states import SectionState
from bidding.tenders.domain.timetable import TimeTooEarly
from bidding.tenders.models import DocumentTaking, MediaRelease, Section, Tender, TenderNotice
from bidding.tenders.policies import CheckedByYou
from bidding.tenders.services.prequalifying import applications
from bidding.tenders.services.repeating import NothingFailed
from commons.domain.deadlines import local_day
from commons.domain.refusals import NotAllowedNow, NotPermitted
from commons.domain.time import SHANGHAI
from commons.evidence.models import EvidenceEntry
from commons.inbox.models import InboxMessage
from commons.outbox.models import OutboxMessage
from commons.parameters import services as parameters
from commons.parameters.domain.legality import MethodUnlawful
from exchange.notices.services import NumberedDecision
from exchange.notices.services.publishing import DecisionMissing
from signatures.envelopes import queries as envelopes
from tests import cast
from tests.integration.bidding import story
from tests.integration.bidding.story import AT

pytestmark = pytest.mark.django_db

ALL_SECTORS = ["WORKS_OPEN", "GOV_OPEN", "SOE_COMPARISON_OPEN", "PROPERTY_OPEN", "LAND_OPEN"]


def organisation_of(key: str) -> int:
    return cast.organisation(cast.PARTIES[key].organisation).pk


def told_of(key: str) -> list[str]:
    rows = InboxMessage.objects.order_by("pk")
    return [row.subject_msgid for row in rows if row.party and row.party.organisation_id == organisation_of(key)]


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


def test_takers_stay_secret_until_the_opening() -> None:
    told = story.published()
    services.take_documents(actor=cast.actor("builder1"), tender_id=told.tender_id, at=AT + timedelta(days=1))
    services.take_documents(actor=cast.actor("builder2"), tender_id=told.tender_id, at=AT + timedelta(days=1))

    log = b" ".join(bytes(row.payload) for row in EvidenceEntry.objects.all()).decode()
    streams = set(EvidenceEntry.objects.values_list("stream", flat=True))
    assert "DocumentsTaken" not in set(EvidenceEntry.objects.values_list("type", flat=True))
    assert f"tender-takings:{told.tender_id}" not in streams
    assert f"organisation:{organisation_of('builder1')}" not in log
    raw = DocumentTaking.objects.values_list("party", "facts")
    assert raw.count() == 2

    services.begin_opening(actor=cast.actor("host"), section_id=told.section_id, at=told.bid_deadline)
    revealed = EvidenceEntry.objects.filter(stream=f"tender-takings:{told.tender_id}")
    assert revealed.count() == 2
    assert f"organisation:{organisation_of('builder1')}" in bytes(revealed[0].payload).decode()


def test_only_who_took_the_documents_may_bid_and_the_owner_never() -> None:
    told = story.published()
    at = AT + timedelta(days=1)
    builder = organisation_of("builder1")

    def asked(when: datetime) -> Eligibility:
        return queries.eligibility_of(section_id=told.section_id, organisation_id=builder, at=when)

    assert asked(at).bars == (Bar.DOCUMENTS_NOT_TAKEN,)
    services.take_documents(actor=cast.actor("builder1"), tender_id=told.tender_id, at=at)
    assert asked(at).may_bid
    assert asked(told.bid_deadline).bars == (Bar.DEADLINE_PASSED,)
    with pytest.raises(NotPermitted):
        services.take_documents(actor=cast.actor("tenderee"), tender_id=told.tender_id, at=at)
    own = queries.eligibility_of(section_id=told.section_id, organisation_id=told.row.project.owner_id, at=at)
    assert Bar.IS_OWNER in own.bars


def test_an_invited_tender_is_for_the_invited_only() -> None:
    told = story.published("WORKS_INVITED")
    at = AT + timedelta(days=1)

    services.take_documents(actor=cast.actor("builder1"), tender_id=told.tender_id, at=at)
    with pytest.raises(MayNotBid):
        services.take_documents(actor=cast.actor("supplier1"), tender_id=told.tender_id, at=at)
    assert any("invited to bid" in subject for subject in told_of("builder2"))
    assert told.row.by_invitation
    assert not MediaRelease.objects.exists()


def test_questions_are_anonymous_and_a_late_addendum_moves_the_deadline_and_tells_every_taker() -> None:
    told = story.published()
    services.take_documents(actor=cast.actor("builder1"), tender_id=told.tender_id, at=AT + timedelta(days=1))
    number = services.ask(
        actor=cast.actor("builder1"),
        tender_id=told.tender_id,
        text="第二节清单的单位是否有误？请予澄清。",
        at=AT + timedelta(days=2),
    )
    assert told.row.questions.get().asker == organisation_of("builder1")
    asked = EvidenceEntry.objects.get(type="QuestionAsked")
    assert asked.actor == "system:tenders"

    late = told.bid_deadline - timedelta(days=10)
    services.publish_addendum(
        actor=cast.actor("tenderee"),
        tender_id=told.tender_id,
        text="清单单位更正为立方米。",
        affects_bids=True,
        answers={number: "有误，见本次修改。"},
        content={**told.row.draft},
        at=late,
    )

    moved = told.row.bid_deadline
    assert moved is not None
    assert (moved.astimezone(SHANGHAI).date() - late.astimezone(SHANGHAI).date()).days >= 15
    terms = queries.section_terms(told.section_id)
    assert terms.document_version == 2
    assert envelopes.intake(terms.intake_id or 0).deadline == moved
    assert any("deadline moves" in subject for subject in told_of("builder1"))
    assert not any("deadline moves" in subject for subject in told_of("builder2"))
    notice = TenderNotice.objects.get(tender_id=told.tender_id, kind="ADDENDUM")
    assert str(organisation_of("builder1")) not in str(notice.body.get("answers"))


def test_an_addendum_in_time_or_without_effect_moves_nothing() -> None:
    told = story.published()
    given = {"actor": cast.actor("tenderee"), "tender_id": told.tender_id, "text": "说明踏勘安排。", "answers": {}}
    services.publish_addendum(affects_bids=True, at=told.bid_deadline - timedelta(days=15), **given)  # type: ignore[arg-type]
    services.publish_addendum(affects_bids=False, at=told.bid_deadline - timedelta(days=1), **given)  # type: ignore[arg-type]

    assert told.row.bid_deadline == told.bid_deadline
    with pytest.raises(NotAllowedNow):
        services.publish_addendum(affects_bids=False, at=told.bid_deadline, **given)  # type: ignore[arg-type]


def test_an_objection_stops_the_clock_and_its_answer_moves_the_dates() -> None:
    told = story.published(sections=2)
    raised, answered = AT + timedelta(days=3), AT + timedelta(days=5)
    number = services.raise_objection(
        actor=cast.actor("builder1"), section_id=told.section_id, text="资格条件与项目规模不相适应。", at=raised
    )

    assert set(Section.objects.filter(tender_id=told.tender_id).values_list("state", flat=True)) == {"SUSPENDED"}
    assert queries.due_for_opening(told.bid_deadline) == []
    with pytest.raises(NotAllowedNow):
        services.begin_opening(actor=cast.actor("host"), section_id=told.section_id, at=told.bid_deadline)

    services.answer_objection(
        actor=cast.actor("tenderee"), objection_id=number, answer="条件依据工程规模确定，维持不变。", at=answered
    )
    terms = queries.section_terms(told.section_id)
    assert terms.state is SectionState.BIDDING
    assert terms.bid_deadline == told.bid_deadline + (answered - raised)
    assert envelopes.intake(terms.intake_id or 0).deadline == terms.bid_deadline
    with pytest.raises(NotAllowedNow):
        services.answer_objection(
            actor=cast.actor("tenderee"), objection_id=number, answer="再次答复,仍维持不变。", at=answered
        )


def test_two_objections_keep_the_clock_still_until_both_are_answered() -> None:
    told = story.published()
    given = {"section_id": told.section_id, "at": AT + timedelta(days=3)}
    first = services.raise_objection(actor=cast.actor("builder1"), text="评分标准不够明确，请修改。", **given)  # type: ignore[arg-type]
    second = services.raise_objection(actor=cast.actor("builder2"), text="工期要求明显不合理，请修改。", **given)  # type: ignore[arg-type]

    services.answer_objection(
        actor=cast.actor("tenderee"), objection_id=first, answer="评分标准已经明确列明。", at=AT + timedelta(days=4)
    )
    assert Section.objects.get(pk=told.section_id).state == "SUSPENDED"
    services.withdraw_objection(actor=cast.actor("builder2"), objection_id=second, at=AT + timedelta(days=5))
    assert Section.objects.get(pk=told.section_id).state == "BIDDING"


def test_a_suspension_needs_a_numbered_decision() -> None:
    told = story.published()
    staff = cast.actor("staff")

    with pytest.raises(DecisionMissing):
        services.suspend_by_decision(
            actor=staff, section_id=told.section_id, decision=NumberedDecision("", "", None), reason="投诉处理", at=AT
        )
    assert Section.objects.get(pk=told.section_id).state == "BIDDING"


def test_nothing_is_opened_before_the_deadline() -> None:
    told = story.published()

    with pytest.raises(OpeningTooEarly):
        services.begin_opening(
            actor=cast.actor("host"), section_id=told.section_id, at=told.bid_deadline - timedelta(milliseconds=1)
        )


def test_a_failed_section_is_repeated_with_its_history() -> None:
    told = story.published(sections=2)
    host = cast.actor("host")
    services.fail_section(actor=host, section_id=told.section_id, cause=FailureCause.TOO_FEW_BIDS, at=told.bid_deadline)

    again = services.repeat_tender(actor=cast.actor("tenderee"), tender_id=told.tender_id, at=told.bid_deadline)

    fresh = Tender.objects.get(pk=again)
    assert (fresh.round, fresh.predecessor_id, fresh.number) == (2, told.tender_id, 2)
    assert [row.predecessor_id for row in fresh.sections.all()] == [told.section_id]
    assert told.row.notices.filter(kind="FAILURE").count() == 1
    assert queries.section_terms(told.section_id).failure == "TOO_FEW_BIDS"
    with pytest.raises(NothingFailed):
        services.repeat_tender(actor=cast.actor("tenderee"), tender_id=told.tender_id, at=told.bid_deadline)


@pytest.mark.parametrize(("qualified", "state"), [(3, "BIDDING"), (2, "FAILED")])
def test_prequalification_decides_who_may_bid(qualified: int, state: str) -> None:
    told = story.published("WORKS_PREQUALIFIED")
    section_id, ends, owner = told.section_id, AT + timedelta(days=14), cast.actor("tenderee")
    facts = services.ApplicationFacts(documents=(), statement="具备市政公用工程施工总承包资质。")
    for key in ("builder1", "builder2", "builder3", "supplier1"):
        services.apply(actor=cast.actor(key), section_id=section_id, facts=facts, at=AT + timedelta(days=2))
    rows = applications(section_id)
    with pytest.raises(ApplicationsOpen):
        services.judge(actor=owner, application_id=rows[0].pk, qualified=True, reason="符合资格条件", at=AT)
    wanted = [organisation_of(key) for key in ("builder1", "builder2", "builder3")][:qualified]
    for row in rows:
        services.judge(
            actor=owner,
            application_id=row.pk,
            qualified=row.organisation_id in wanted,
            reason="按资格预审文件审查",
            at=ends,
        )

    assert services.finish_prequalification(actor=owner, section_id=section_id, at=ends) == (3 if qualified == 3 else 0)
    assert Section.objects.get(pk=section_id).state == state
    if state == "BIDDING":
        services.take_documents(actor=cast.actor("builder1"), tender_id=told.tender_id, at=ends)
        with pytest.raises(MayNotBid):
            services.take_documents(actor=cast.actor("supplier1"), tender_id=told.tender_id, at=ends)
        assert queries.section_terms(section_id).intake_id is not None
    else:
        assert Section.objects.get(pk=section_id).failure == "TOO_FEW_APPLICANTS"


def test_a_notice_leaves_for_each_designated_medium(settings: object, tmp_path: object) -> None:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    story.published()
    release = MediaRelease.objects.get()

    assert OutboxMessage.objects.filter(topic="bidding.release").count() == 1
    services.release_notice(release.pk, at=datetime(2026, 3, 2, 2, tzinfo=UTC))
    services.release_notice(release.pk, at=datetime(2026, 3, 2, 3, tzinfo=UTC))

    release.refresh_from_db()
    assert release.sent_at == datetime(2026, 3, 2, 2, tzinfo=UTC)
    assert len(list(tmp_path.rglob("*.json"))) == 1  # type: ignore[attr-defined]
