"""What lies between opening and report: rounds of offers, a live room; and the first of two stages before it."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from bidding.awards import queries, services
from bidding.awards.domain.reports import ReportInvalid
from bidding.awards.domain.rounds import (
    AboveCeiling,
    FinalPriceNeeded,
    NotInRound,
    RoundClosed,
    RoundKind,
    RoundOpen,
    RoundsOver,
    TooFewRemain,
)
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from bidding.tenders.domain.eligibility import Bar, MayNotBid
from bidding.tenders.domain.qualifying import ClarifyFirst, PriceInProposal, ProposalMissing
from bidding.tenders.domain.states import SectionState
from bidding.tenders.services import ApplicationFacts
from commons.vault import services as vault
from tests import cast
from tests.integration.bidding import story
from tests.integration.bidding.story import Told
from tests.integration.bidding.test_awards import BIDDERS, entered, lines_of, opened
from tests.integration.bidding.test_bonds import number
from tests.integration.bidding.test_pages import client
from tests.integration.marketplace.test_live_selecting import bid, hammer

pytestmark = pytest.mark.django_db(transaction=True)


def begin(told: Told, kind: RoundKind, at: datetime) -> int:
    services.open_round(
        actor=cast.actor("tenderee"), section_id=told.section_id, kind=kind, words="就技术方案与价格进行谈判。",
        closes_at=at + timedelta(hours=1), at=at,
    )  # fmt: skip
    return queries.rounds_of(told.section_id)[-1].pk


def offer(key: str, round_id: int, price: str | None, at: datetime) -> None:
    amount = Decimal(price) if price else None
    services.hand_in_offer(actor=cast.actor(key), round_id=round_id, price=amount, words="响应全部要求。", at=at)


def test_everybody_who_remains_has_the_same_round_and_the_last_offer_counts() -> None:
    told, at = opened("GOV_NEGOTIATION")
    terms = tenders.section_terms(told.section_id)
    first = begin(told, RoundKind.TALK, at)
    with pytest.raises(RoundOpen):
        begin(told, RoundKind.FINAL, at)
    with pytest.raises(NotInRound):
        offer("supplier1", first, None, at)
    offer("builder1", first, None, at)
    later = at + timedelta(hours=1)
    with pytest.raises(RoundClosed):
        offer("builder2", first, None, later)
    with pytest.raises(ReportInvalid):
        entered(told, later, lines_of())

    final = begin(told, RoundKind.FINAL, later)
    with pytest.raises(FinalPriceNeeded):
        offer("builder1", final, None, later)
    with pytest.raises(AboveCeiling):
        offer("builder1", final, "11800000.01", later)
    for key, price in zip(BIDDERS, ("11000000", "11100000", "11200000"), strict=True):
        offer(key, final, price, later)
    offer("builder3", final, "10900000", later + timedelta(minutes=1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM bidding_roundoffer")
        assert "10900000" not in str(cursor.fetchall())
    row = queries.rounds_of(told.section_id)[-1]
    assert queries.offers_of(row, terms, at=later) == []
    assert queries.ranking(terms, at=later) is None

    over = later + timedelta(hours=1)
    ranking = queries.ranking(terms, at=over)
    assert ranking is not None
    assert [(one.organisation_id, one.rank, one.price) for one in ranking.lines] == [
        (number("builder3"), 1, Decimal(10_900_000)),
        (number("builder1"), 2, Decimal(11_000_000)),
        (number("builder2"), 3, Decimal(11_100_000)),
    ]
    assert ranking.steps
    with pytest.raises(RoundsOver):
        begin(told, RoundKind.FINAL, over)
    assert services.close_rounds(over) == 2
    assert services.close_rounds(over) == 0
    with pytest.raises(ReportInvalid):
        entered(told, over, lines_of())
    page = client("tenderee").get(f"/owner/sections/{told.section_id}/rounds/")
    assert page.status_code == 200
    assert client("builder1").get(f"/sections/{told.section_id}/offer/").status_code == 200
    assert client("supplier1").get(f"/sections/{told.section_id}/offer/").status_code == 403


def test_who_is_excluded_makes_no_more_offers_and_too_few_are_not_negotiated_with() -> None:
    told, at = opened("GOV_CONSULTATION")
    services.exclude(
        actor=cast.actor("tenderee"), section_id=told.section_id, organisation_id=number("builder3"),
        reason="不满足实质性要求", at=at,
    )  # fmt: skip

    with pytest.raises(TooFewRemain):
        begin(told, RoundKind.FINAL, at)


def test_reverse_bidding_finds_the_price_of_an_enterprise_purchase_in_a_room() -> None:
    told = story.published("SOE_REVERSE_BIDDING")
    for key in BIDDERS:
        at = told.published_at + timedelta(days=1)
        tender_services.take_documents(actor=cast.actor(key), tender_id=told.tender_id, at=at)
    deadline = told.bid_deadline
    opens = deadline + timedelta(minutes=10)
    plan = services.RoomPlan(opens, Decimal("1000"), 1_800_000, 120_000)
    room_id = services.open_price_room(actor=cast.actor("host"), section_id=told.section_id, plan=plan, at=deadline)
    assert room_id is not None
    hammer(opens)
    assert bid(room_id, "01", "11700000.00", opens) == ""
    assert bid(room_id, "02", "11600000.00", opens + timedelta(seconds=2)) == ""
    assert services.take_room_results(opens) == 0
    with pytest.raises(ReportInvalid):
        entered(told, opens, lines_of())

    after = opens + timedelta(hours=2)
    hammer(after)
    assert services.take_room_results(after) == 1
    room = queries.room_of(told.section_id)
    assert room is not None
    assert [one.price for one in queries.ranked_prices(room)] == [Decimal(11_600_000), Decimal(11_700_000)]
    assert "11,600,000" in client("tenderee").get(f"/owner/sections/{told.section_id}/result/").content.decode()


def test_a_room_with_too_few_suppliers_is_not_opened_and_the_section_fails() -> None:
    told = story.published("SOE_REVERSE_BIDDING")
    at = told.published_at + timedelta(days=1)
    tender_services.take_documents(actor=cast.actor("builder1"), tender_id=told.tender_id, at=at)
    plan = services.RoomPlan(told.bid_deadline + timedelta(minutes=5), Decimal(1000), 600_000, 60_000)

    assert services.open_price_room(
        actor=cast.actor("tenderee"), section_id=told.section_id, plan=plan, at=told.bid_deadline
    ) is None  # fmt: skip
    assert tenders.section_terms(told.section_id).failure == "TOO_FEW_BIDS"


def test_two_stages_take_proposals_without_a_price_then_clarified_documents_then_bids() -> None:
    told = story.published("WORKS_TWO_STAGE")
    at, owner = told.published_at + timedelta(days=1), cast.actor("tenderee")
    assert tenders.section_terms(told.section_id).state is SectionState.PREQUALIFYING

    def propose(key: str, words: str = "采用顶推法施工的技术建议。", *, paper: bool = True) -> int:
        actor = cast.actor(key)
        papers: tuple[int, ...] = ()
        if paper:
            stored = vault.store(actor=actor, stream=[b"%PDF-1.7 p"], name="p.pdf", media_type="application/pdf",
                                 at=at, subject=f"application:{told.section_id}")  # fmt: skip
            papers = (stored.id,)
        facts = ApplicationFacts(documents=papers, statement=words)
        return tender_services.apply(actor=actor, section_id=told.section_id, facts=facts, at=at)

    with pytest.raises(MayNotBid):
        propose("builder1")
    for key in BIDDERS:
        tender_services.take_documents(actor=cast.actor(key), tender_id=told.tender_id, at=at)
    with pytest.raises(ProposalMissing):
        propose("builder1", paper=False)
    with pytest.raises(PriceInProposal):
        propose("builder1", "总价约1180万元。")
    proposals = [propose(key) for key in BIDDERS]
    ends = told.row.applications_end_at
    assert ends is not None
    for proposal in proposals:
        tender_services.judge(actor=owner, application_id=proposal, qualified=True, reason="技术建议可行", at=ends)
    with pytest.raises(ClarifyFirst):
        tender_services.finish_prequalification(actor=owner, section_id=told.section_id, at=ends)
    newest = told.row.documents.order_by("-version").first()
    assert newest is not None
    tender_services.publish_addendum(
        actor=owner, tender_id=told.tender_id, text="第二阶段招标文件。", affects_bids=True, answers={}, at=ends,
        content=newest.content,
    )  # fmt: skip
    assert tender_services.finish_prequalification(actor=owner, section_id=told.section_id, at=ends) == 3

    found = tenders.eligibility_of(section_id=told.section_id, organisation_id=number("builder1"), at=ends)
    assert found.may_bid
    stranger = tenders.eligibility_of(section_id=told.section_id, organisation_id=number("supplier1"), at=ends)
    assert Bar.NO_PROPOSAL in stranger.bars
