"""From the notice to the opening: taking, asking, objecting, pausing, failing, repeating, prequalifying."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bidding.tenders import queries, services
from bidding.tenders.domain.eligibility import Bar, Eligibility, MayNotBid
from bidding.tenders.domain.failing import FailureCause, OpeningTooEarly
from bidding.tenders.domain.qualifying import ApplicationsOpen
from bidding.tenders.domain.states import SectionState
from bidding.tenders.models import DocumentTaking, MediaRelease, Section, Tender, TenderNotice
from bidding.tenders.services.prequalifying import applications
from bidding.tenders.services.repeating import NothingFailed
from commons.domain.refusals import NotAllowedNow, NotPermitted
from commons.domain.time import SHANGHAI
from commons.evidence.models import EvidenceEntry
from commons.inbox.models import InboxMessage
from commons.outbox.models import OutboxMessage
from commons.vault import services as vault
from exchange.notices.services import NumberedDecision
from exchange.notices.services.publishing import DecisionMissing
from signatures.envelopes import queries as envelopes
from tests import cast
from tests.integration.bidding import story
from tests.integration.bidding.story import AT
from tests.integration.bidding.test_pages import client

pytestmark = pytest.mark.django_db


def organisation_of(key: str) -> int:
    return cast.organisation(cast.PARTIES[key].organisation).pk


def told_of(key: str) -> list[str]:
    rows = InboxMessage.objects.order_by("pk")
    return [row.subject_msgid for row in rows if row.party and row.party.organisation_id == organisation_of(key)]


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


def test_a_section_that_stood_still_alone_ends_later_and_the_other_one_does_not() -> None:
    told = story.published(sections=2)
    first, second = told.section_ids
    services.take_documents(actor=cast.actor("builder1"), tender_id=told.tender_id, at=AT + timedelta(days=1))
    stopped, resumed = AT + timedelta(days=3), AT + timedelta(days=8)
    by_decision(services.suspend_by_decision, first, stopped)
    by_decision(services.resume_by_decision, first, resumed)

    later = told.bid_deadline + timedelta(days=5)
    assert told.row.bid_deadline == told.bid_deadline
    assert [queries.section_terms(one).bid_deadline for one in (first, second)] == [later, told.bid_deadline]
    intakes = [queries.section_terms(one).intake_id or 0 for one in (first, second)]
    assert [envelopes.intake(one).deadline for one in intakes] == [later, told.bid_deadline]
    assert queries.due_for_opening(told.bid_deadline) == [second]
    page = client("builder1").get(f"/tenders/{told.tender_id}/").content.decode()
    assert "第 1 标段:投标截止与开标" in page

    services.begin_opening(actor=cast.actor("host"), section_id=second, at=told.bid_deadline)
    with pytest.raises(OpeningTooEarly):
        services.begin_opening(actor=cast.actor("host"), section_id=first, at=told.bid_deadline)
    services.publish_addendum(
        actor=cast.actor("tenderee"), tender_id=told.tender_id, text="第一标段的清单有更正。", affects_bids=True,
        answers={}, at=told.bid_deadline + timedelta(days=1),
    )  # fmt: skip
    moved = queries.section_terms(first).bid_deadline
    assert moved is not None
    assert moved > later
    assert envelopes.intake(intakes[0]).deadline == moved
    assert queries.section_terms(second).bid_deadline == told.bid_deadline, "what was opened keeps its deadline"
    takings = EvidenceEntry.objects.filter(stream=f"tender-takings:{told.tender_id}")
    assert not takings.exists(), "who may bid for the first section stays secret until that is opened"
    services.begin_opening(actor=cast.actor("host"), section_id=first, at=moved)
    assert takings.count() == 1


def test_a_section_whose_deadline_passed_before_it_was_suspended_resumes_without_a_new_one() -> None:
    told = story.published()
    by_decision(services.suspend_by_decision, told.section_id, told.bid_deadline + timedelta(seconds=2))
    by_decision(services.resume_by_decision, told.section_id, told.bid_deadline + timedelta(days=1))
    assert queries.section_terms(told.section_id).bid_deadline == told.bid_deadline
    assert queries.due_for_opening(told.bid_deadline) == [told.section_id]


def by_decision(step: Callable[..., None], section_id: int, at: datetime) -> None:
    """A numbered decision of somebody else, which the centre records."""
    staff = cast.actor("staff")
    paper = vault.store(actor=staff, stream=[b"%PDF-1.7 d"], name="d.pdf", media_type="application/pdf", at=at)
    decision = NumberedDecision("市住建局", f"佛建〔2026〕{at:%d}号", paper.id)
    step(actor=staff, section_id=section_id, decision=decision, reason="处理投诉期间", at=at)
