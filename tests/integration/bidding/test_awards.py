"""From the notice to the contract, in every sector; and what happens when a winner gives up."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from bidding.awards import queries, services
from bidding.awards.domain.call_offs import FrameworkOver
from bidding.awards.domain.reports import NotTheFirst, ReportLine, SamePerson, StillShown, TooFewValid, VoteMissing
from bidding.awards.domain.states import AwardState
from bidding.awards.models import Award
from bidding.awards.services import AWARD_LETTER, TENDER_CONTRACT
from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from bidding.tenders.domain.failing import ObjectionOpen
from bidding.tenders.domain.states import SectionState
from bidding.tenders.models import Section, Tender
from commons.domain.refusals import Malformed, NotAllowedNow, NotPermitted
from commons.vault import services as vault
from exchange.notices.services import NumberedDecision
from signatures.documents import queries as papers
from tests import cast
from tests.integration.bidding import story
from tests.integration.bidding.story import Told
from tests.integration.bidding.test_pages import client
from tests.integration.exchange.auctions.test_story import signed

pytestmark = pytest.mark.django_db(transaction=True)

BIDDERS = ("builder1", "builder2", "builder3")


def opened(code: str, **options: object) -> tuple[Told, datetime]:
    """A tender whose bids are open; when."""
    bidders = BIDDERS[:1] if code in ("SOE_DIRECT", "GOV_SINGLE_SOURCE", "PROPERTY_AGREEMENT") else BIDDERS
    told = story.published(code, invited=bidders, **options)
    for key in bidders:
        tender_services.take_documents(
            actor=cast.actor(key), tender_id=told.tender_id, at=told.published_at + timedelta(days=1)
        )
    at, host = told.bid_deadline, cast.actor("host")
    terms = tenders.section_terms(told.section_id)
    if terms.profile.has(Switch.SEALED):
        tender_services.begin_opening(actor=host, section_id=told.section_id, at=at)
        tender_services.end_opening(actor=host, section_id=told.section_id, at=at + timedelta(hours=1))
    else:
        tender_services.take_offers(actor=host, section_id=told.section_id, at=at)
    return told, at + timedelta(hours=2)


def lines_of(bidders: tuple[str, ...] = BIDDERS, ranks: tuple[int, ...] = (1, 2, 3)) -> list[ReportLine]:
    return [
        ReportLine(
            cast.organisation(cast.PARTIES[key].organisation).pk,
            rank,
            Decimal(11_000_000 + 100_000 * number),
            Decimal(95 - 5 * number),
            "评标委员会综合评分",
        )
        for number, (key, rank) in enumerate(zip(bidders, ranks, strict=False))
    ]


def entered(told: Told, at: datetime, lines: list[ReportLine], **options: str) -> int:
    document = vault.store(
        actor=cast.actor("tenderee"),
        stream=[b"%PDF-1.7 report"],
        name="report.pdf",
        media_type="application/pdf",
        at=at,
        subject=f"evaluation-report:{told.section_id}",
    )
    return services.enter_report(
        actor=cast.actor("tenderee"),
        section_id=told.section_id,
        lines=lines,
        document_id=document.id,
        at=at,
        **options,
    )


def shown(told: Told, at: datetime, lines: list[ReportLine]) -> datetime:
    """Report, confirmation, candidates; when they have been shown long enough."""
    report_id = entered(told, at, lines)
    services.confirm_report(actor=cast.actor("staff"), report_id=report_id, at=at)
    services.publish_candidates(actor=cast.actor("tenderee"), section_id=told.section_id, at=at + timedelta(hours=1))
    result = queries.public_result(told.section_id)
    assert result is not None
    return result.shown_until


def first_line(section_id: int) -> int:
    report = queries.reports_of(section_id)[0]
    return report.lines.filter(rank__gt=0, award__isnull=True).order_by("rank").first().pk  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "code",
    ["WORKS_OPEN", "GOV_OPEN", "SOE_COMPARISON_OPEN", "SOE_DIRECT", "PROPERTY_OPEN", "LAND_OPEN"],
)
def test_every_sector_runs_from_notice_to_contract(code: str) -> None:
    told, at = opened(code)
    bidders = BIDDERS[:1] if code == "SOE_DIRECT" else BIDDERS
    until = shown(told, at, lines_of(bidders))
    owner = cast.actor("tenderee")

    (award_id,) = services.award_section(
        actor=owner, section_id=told.section_id, line_ids=[first_line(told.section_id)], at=until
    )
    signed(f"award:{award_id}", AWARD_LETTER, {"owner": "tenderee"}, at=until)
    award = Award.objects.get(pk=award_id)
    assert award.state == AwardState.NOTIFIED
    assert award.contract_due_on is not None

    services.draw_contract(actor=owner, award_id=award_id, at=until)
    signed(f"award:{award_id}", TENDER_CONTRACT, {"owner": "tenderee", "winner": "builder1"}, at=until)
    assert tenders.section_terms(told.section_id).state is SectionState.CONTRACTED
    services.close_section(
        actor=owner,
        section_id=told.section_id,
        authority="市住建局",
        number="备〔2026〕9号",
        filed_on=until.date(),
        at=until,
    )
    assert told.row.state == "ENDED"
    kinds = list(told.row.notices.values_list("kind", flat=True))
    assert kinds[-3:] == ["CANDIDATES", "AWARD", "CONTRACT"]


def test_a_report_is_recorded_by_two_persons() -> None:
    told, at = opened("WORKS_OPEN")
    report_id = entered(told, at, lines_of())

    with pytest.raises(SamePerson):
        services.confirm_report(actor=cast.actor("tenderee"), report_id=report_id, at=at)
    with pytest.raises(NotPermitted):
        services.confirm_report(actor=cast.actor("purchaser"), report_id=report_id, at=at)
    services.reject_report(actor=cast.actor("staff"), report_id=report_id, reason="与签字原件不符", at=at)
    assert tenders.section_terms(told.section_id).state is SectionState.OPENED


def test_too_few_valid_bids_fail_a_government_procurement() -> None:
    told, at = opened("GOV_OPEN")

    with pytest.raises(TooFewValid):
        entered(told, at, lines_of(ranks=(1, 2, 0)), competition="两家报价差异明显，竞争充分。")


def test_the_award_waits_for_publicity_and_for_objections_and_goes_to_the_first() -> None:
    told, at = opened("WORKS_OPEN")
    until = shown(told, at, lines_of())
    owner = cast.actor("tenderee")
    first = first_line(told.section_id)

    with pytest.raises(StillShown):
        services.award_section(
            actor=owner, section_id=told.section_id, line_ids=[first], at=until - timedelta(seconds=1)
        )
    objection = tender_services.raise_objection(
        actor=cast.actor("builder2"), section_id=told.section_id, text="第一候选人的业绩不真实，请核查。", at=until
    )
    with pytest.raises(ObjectionOpen):
        services.award_section(actor=owner, section_id=told.section_id, line_ids=[first], at=until)
    tender_services.answer_objection(actor=owner, objection_id=objection, answer="经核查业绩属实，维持结果。", at=until)
    second = queries.reports_of(told.section_id)[0].lines.get(rank=2).pk
    with pytest.raises(NotTheFirst):
        services.award_section(actor=owner, section_id=told.section_id, line_ids=[second], at=until)

    (award_id,) = services.award_section(actor=owner, section_id=told.section_id, line_ids=[first], at=until)
    services.give_up(actor=owner, award_id=award_id, reason="中标人书面放弃中标", at=until)
    assert tenders.section_terms(told.section_id).state is SectionState.PUBLICIZED
    services.award_section(actor=owner, section_id=told.section_id, line_ids=[second], at=until + timedelta(minutes=1))
    assert [award.state for award in queries.awards_of(told.section_id)] == [AwardState.GIVEN_UP, AwardState.AWARDED]
    (standing,) = Client().get("/results/?trade=tender").context["page"]
    assert standing.winner == queries.awards_of(told.section_id)[1].winner


def test_the_last_candidate_gives_up_and_the_section_fails() -> None:
    told, at = opened("SOE_DIRECT")
    until = shown(told, at, lines_of(BIDDERS[:1]))
    owner = cast.actor("tenderee")
    (award_id,) = services.award_section(
        actor=owner, section_id=told.section_id, line_ids=[first_line(told.section_id)], at=until
    )
    services.give_up(actor=owner, award_id=award_id, reason="供应商无法履约", at=until)

    assert Section.objects.get(pk=told.section_id).failure == "NO_CANDIDATE"


def test_each_bidder_is_told_its_own_result_and_no_other() -> None:
    told, at = opened("GOV_OPEN")
    shown(told, at, lines_of())

    own = queries.debrief(cast.actor("builder2"), told.section_id)
    assert (own.rank, own.score, own.bidders) == (2, Decimal(90), 3)
    assert own.reason == "评标委员会综合评分"
    address = f"/sections/{told.section_id}/debrief/"
    paper = client("builder2").post(address)["Location"]
    assert client("builder2").post(address)["Location"] == paper, "the same paper when asked again"
    assert client("builder2").get(paper).status_code == 200
    assert client("builder1").get(paper).status_code in (403, 404)
    assert client("supplier1").post(address).status_code == 404


def test_owners_decide_by_vote_where_their_assembly_tenders() -> None:
    told, at = opened("PROPERTY_OWNERS_ASSEMBLY")
    until = shown(told, at, lines_of())

    with pytest.raises(VoteMissing):
        services.award_section(
            actor=cast.actor("tenderee"), section_id=told.section_id, line_ids=[first_line(told.section_id)], at=until
        )


def test_an_upheld_complaint_sends_the_result_back_to_the_committee() -> None:
    told, at = opened("WORKS_OPEN")
    until = shown(told, at, lines_of())
    document = vault.store(
        actor=cast.actor("regulator"), stream=[b"%PDF-1.7 x"], name="d.pdf", media_type="application/pdf", at=until
    )
    decision = NumberedDecision("市住建局", "佛建诉〔2026〕2号", document.id)
    services.reopen_review(
        actor=cast.actor("tenderee"), section_id=told.section_id, decision=decision, reason="责令重新评审", at=until
    )

    assert queries.public_result(told.section_id) is None
    again = shown(told, until, lines_of(ranks=(2, 1, 3)))
    result = queries.public_result(told.section_id)
    assert result is not None
    assert result.candidates[0].name == cast.organisation(cast.PARTIES["builder2"].organisation).name
    assert again > until


def test_a_framework_is_awarded_to_several_and_called_off() -> None:
    told, at = opened("SOE_FRAMEWORK")
    Section.objects.filter(pk=told.section_id).update(awards=2)
    until = shown(told, at, lines_of())
    owner = cast.actor("tenderee")
    chosen = list(queries.reports_of(told.section_id)[0].lines.filter(rank__in=(1, 2)).values_list("pk", flat=True))
    first, second = services.award_section(actor=owner, section_id=told.section_id, line_ids=chosen, at=until)
    for award_id, winner in ((first, "builder1"), (second, "builder2")):
        signed(f"award:{award_id}", AWARD_LETTER, {"owner": "tenderee"}, at=until)
        services.draw_contract(actor=owner, award_id=award_id, at=until)
        signed(f"award:{award_id}", TENDER_CONTRACT, {"owner": "tenderee", "winner": winner}, at=until)

    assert services.call_off(
        actor=owner, award_id=first, title="第一批订单", amount=Decimal("50000"), at=until,
        reason="供货地点最近，到货最快。",
    ) == 1  # fmt: skip
    with pytest.raises(FrameworkOver):
        services.call_off(
            actor=owner,
            award_id=first,
            title="迟来的订单",
            amount=Decimal(1),
            reason="价格最低。",
            at=until + timedelta(days=3 * 366),
        )
    assert tenders.section_terms(told.section_id).state is SectionState.CONTRACTED


def test_nothing_is_recorded_before_the_opening() -> None:
    told = story.published()

    with pytest.raises(NotAllowedNow):
        entered(told, told.bid_deadline, lines_of())


def test_the_costs_of_the_life_are_entered_with_the_report_and_give_the_order_that_everybody_reads() -> None:
    told, at = opened("SOE_COMPARISON_OPEN")
    given = {"award_method": "life_cycle_cost", "award_parameters": {}}
    Tender.objects.filter(pk=told.tender_id).update(**given)
    lines = lines_of()
    with pytest.raises(Malformed):
        entered(told, at, lines)
    costs = ("400000", "250000.50", "90000")
    found = [replace(line, found={"COST": cost}) for line, cost in zip(lines, costs, strict=True)]
    shown(told, at, found)

    desk = client("tenderee").get(f"/owner/sections/{told.section_id}/result/").content.decode()
    assert "11,290,000.00" in desk, "the dearest price has the least costs with its life"
    assert "评审委员会的排序与定标办法的计算次序不同" in desk
    number = services.draw_debrief(actor=cast.actor("builder3"), section_id=told.section_id, at=at)
    paper = papers.newest(f"debrief:{queries.own_line(cast.actor('builder3'), told.section_id).pk}", services.DEBRIEF)
    assert paper is not None
    assert paper.number == number


def test_an_award_parameter_that_nobody_could_score_with_is_refused_while_drafting() -> None:
    told = story.drafted("SOE_COMPARISON_OPEN")
    choose = {"actor": cast.actor("tenderee"), "tender_id": told.tender_id, "at": told.published_at}
    for method, parameters in (
        ("trimmed_mean", {"above": "much"}),
        ("energy_performance", {"discount_rate": "6"}),
        ("quality_weighted", {"quality_greatest": "1"}),
    ):
        with pytest.raises(Malformed):
            tender_services.choose_award(method=method, parameters=parameters, **choose)  # type: ignore[arg-type]
    tender_services.choose_award(method="quality_weighted", parameters={"quality_greatest": "0.3"}, **choose)  # type: ignore[arg-type]
