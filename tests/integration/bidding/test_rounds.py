"""What lies between opening and report: rounds of offers, a live room; and the first of two stages before it."""

import json
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from bidding.awards import queries, services
from bidding.awards.domain.offers import FORMAT, NAME
from bidding.awards.domain.reports import ReportInvalid
from bidding.awards.domain.rounds import (
    AboveCeiling,
    FinalPriceNeeded,
    NotInRound,
    OfferToSeal,
    RoundBeingOpened,
    RoundClosed,
    RoundHeld,
    RoundKind,
    RoundOpen,
    RoundsOver,
    TooFewRemain,
)
from bidding.awards.models import OfferRound
from bidding.awards.services.unsealing import KEEPER
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from bidding.tenders.domain.eligibility import Bar, MayNotBid
from bidding.tenders.domain.qualifying import ClarifyFirst, PriceInProposal, ProposalMissing
from bidding.tenders.domain.states import SectionState
from bidding.tenders.services import ApplicationFacts
from commons.vault import services as vault
from exchange.notices.services import NumberedDecision
from signatures.envelopes import queries as sealing_queries
from signatures.envelopes import services as sealing
from signatures.envelopes.domain.rules import IntakeLate, OpenedByProcedure, OpeningHeld
from signatures.envelopes.services.uploading import SETTLING
from tests import cast
from tests.integration.bidding import story
from tests.integration.bidding.story import Told
from tests.integration.bidding.test_awards import BIDDERS, entered, lines_of, opened
from tests.integration.bidding.test_bonds import number
from tests.integration.bidding.test_pages import client
from tests.integration.marketplace.test_live_selecting import bid, hammer
from tests.integration.signatures.envelopes import story as envelopes

pytestmark = pytest.mark.django_db(transaction=True)


def begin(told: Told, kind: RoundKind, at: datetime) -> int:
    services.open_round(
        actor=cast.actor("tenderee"), section_id=told.section_id, kind=kind, words="就技术方案与价格进行谈判。",
        closes_at=at + timedelta(hours=1), at=at,
    )  # fmt: skip
    return queries.rounds_of(told.section_id)[-1].pk


def seal(told: Told, key: str, round_id: int, price: str | None, at: datetime, **changes: object) -> str:
    """An offer as the page of the round seals it; the number of its receipt."""
    sealed = devices(told, round_id)
    offer = {"format": FORMAT, "price": price or "", "words": "响应全部要求。", **changes}
    data = envelopes.sealed(sealed, key, [(NAME, json.dumps(offer, ensure_ascii=False).encode())])
    return envelopes.hand_in(sealed, key, data, at=at)


def devices(told: Told, round_id: int) -> envelopes.Story:
    """The keys of officers and suppliers, for the envelopes of this round."""
    assert told.officers is not None
    told.officers.intake_id = OfferRound.objects.values_list("intake_id", flat=True).get(pk=round_id) or 0
    return told.officers


def unlocked(told: Told, round_id: int, *keys: str, at: datetime) -> None:
    """Its opening begins; those named and two officers unlock; what is unlocked is decrypted."""
    assert services.close_rounds(at)
    sealed = devices(told, round_id)
    refs = {one.organisation_id: one.ref for one in sealing_queries.opening(KEEPER, sealed.intake_id).envelopes}
    for key in keys:
        envelopes.bidder_unlocks(sealed, key, refs[number(key)], at=at)
    for key in ("officer1", "officer2"):
        envelopes.officer_unlocks(sealed, key, at=at)
    sealing.decrypt_ready(sealed.intake_id, at=at)


def test_everybody_who_remains_has_the_same_round_and_the_last_offer_counts() -> None:
    told, at = opened("GOV_NEGOTIATION")
    terms = tenders.section_terms(told.section_id)
    first = begin(told, RoundKind.TALK, at)
    with pytest.raises(RoundOpen):
        begin(told, RoundKind.FINAL, at)
    with pytest.raises(NotInRound):
        seal(told, "supplier1", first, None, at)
    with pytest.raises(OfferToSeal):
        services.hand_in_offer(actor=cast.actor("builder1"), round_id=first, price=None, words="明文", at=at)
    seal(told, "builder1", first, None, at)
    later = at + timedelta(hours=1)
    with pytest.raises(IntakeLate):
        seal(told, "builder2", first, None, later)
    with pytest.raises(RoundBeingOpened):
        begin(told, RoundKind.FINAL, later)
    assert services.close_rounds(later) == 0, "what came in before the end is still being taken"
    later += SETTLING
    unlocked(told, first, "builder1", at=later)
    assert services.close_rounds(later) == 1
    assert [one.words for one in queries.offers_of(queries.rounds_of(told.section_id)[0], terms, at=later)] == [
        "响应全部要求。"
    ]
    with pytest.raises(ReportInvalid):
        entered(told, later, lines_of())

    final = begin(told, RoundKind.FINAL, later)
    for key, price in zip(BIDDERS, ("11000000.00", "11100000.00", "11200000.00"), strict=True):
        seal(told, key, final, price, later)
    seal(told, "builder3", final, "10900000.00", later + timedelta(minutes=1))
    row = queries.rounds_of(told.section_id)[-1]
    assert queries.offers_of(row, terms, at=later) == []
    over = later + timedelta(hours=1) + SETTLING
    unlocked(told, final, *BIDDERS, at=over)
    assert queries.ranking(terms, at=over) is None, "opened, and not yet read"
    assert services.close_rounds(over) == 1
    assert services.close_rounds(over) == 0

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
    with pytest.raises(ReportInvalid):
        entered(told, over, lines_of())
    page = client("tenderee").get(f"/owner/sections/{told.section_id}/rounds/")
    assert page.status_code == 200
    assert client("builder1").get(f"/sections/{told.section_id}/offer/").status_code == 200
    assert client("supplier1").get(f"/sections/{told.section_id}/offer/").status_code == 403


def test_an_offer_that_does_not_count_is_shown_with_its_reason_and_not_ranked() -> None:
    told, at = opened("GOV_NEGOTIATION")
    terms = tenders.section_terms(told.section_id)
    final = begin(told, RoundKind.FINAL, at)
    seal(told, "builder1", final, "11800000.01", at)
    seal(told, "builder2", final, "11700000.00", at)
    seal(told, "builder3", final, "11600000.00", at)
    over = at + timedelta(hours=1) + SETTLING
    unlocked(told, final, "builder1", "builder2", at=over)
    assert services.close_rounds(over) == 0, "one supplier has not unlocked, and its time runs"
    ends = over + timedelta(hours=2)
    sealing.end_windows(ends)
    assert services.close_rounds(ends) == 1

    row = queries.rounds_of(told.section_id)[-1]
    found = {one.organisation_id: (one.fault, one.cause) for one in queries.offers_of(row, terms, at=ends)}
    assert found == {
        number("builder1"): ("ABOVE_CEILING", ""),
        number("builder2"): ("", ""),
        number("builder3"): ("NOT_OPENED", "BIDDER_NO_KEY"),
    }
    assert queries.final_prices(told.section_id) == {number("builder2"): Decimal("11700000.00")}
    page = client("tenderee").get(f"/owner/sections/{told.section_id}/rounds/").content.decode()
    assert page.count("不计入") == 2
    assert "不计入" in client("builder3").get(f"/sections/{told.section_id}/offer/").content.decode()


def test_a_single_source_offers_without_an_envelope_and_its_row_tells_nothing() -> None:
    told, at = opened("GOV_SINGLE_SOURCE")
    final = begin(told, RoundKind.FINAL, at)

    def offer(key: str, price: str | None, when: datetime) -> None:
        amount = Decimal(price) if price else None
        services.hand_in_offer(actor=cast.actor(key), round_id=final, price=amount, words="按谈判结果。", at=when)

    with pytest.raises(NotInRound):
        offer("builder2", "11000000", at)
    with pytest.raises(FinalPriceNeeded):
        offer("builder1", None, at)
    with pytest.raises(AboveCeiling):
        offer("builder1", "11800000.01", at)
    offer("builder1", "10900000", at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM bidding_roundoffer")
        assert "10900000" not in str(cursor.fetchall())
    over = at + timedelta(hours=1)
    with pytest.raises(RoundClosed):
        offer("builder1", "10800000", over)
    assert services.close_rounds(over) == 1
    assert services.close_rounds(over) == 0
    assert queries.final_prices(told.section_id) == {number("builder1"): Decimal("10900000.00")}


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
    assert f'href="/rooms/{room_id}/"' in client("").get(f"/tenders/{told.tender_id}/").content.decode()
    desk = client("tenderee").get(f"/owner/sections/{told.section_id}/result/").content.decode()
    assert "竞价及评审" in desk
    assert f"/owner/sections/{told.section_id}/report/" not in desk, "nothing is reported before the hammer"
    read = client("builder1").get(f"/rooms/{room_id}/").content.decode()
    for words in ("季华路改造工程施工 · 第1标段", tenders.section_terms(told.section_id).code):
        assert words in read, words
    assert "section:" not in read
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


def decided(told: Told, act: str, at: datetime) -> None:
    """The centre records somebody's decision on the section."""
    paper = vault.store(actor=cast.actor("staff"), stream=[b"%PDF-1.7 d"], name="d.pdf", media_type="application/pdf",
                        at=at, subject=f"evaluation-report:{told.section_id}")  # fmt: skip
    decision = NumberedDecision("市财政局", f"佛财〔2026〕{act}", paper.id)
    step = {
        "stop": tender_services.suspend_by_decision,
        "go": tender_services.resume_by_decision,
        "end": tender_services.terminate_by_decision,
    }[act]
    step(actor=cast.actor("staff"), section_id=told.section_id, decision=decision, reason="投诉处理期间暂停", at=at)


def test_a_round_stands_still_with_its_section_and_ends_later_by_the_pause() -> None:
    told, at = opened("GOV_NEGOTIATION")
    final = begin(told, RoundKind.FINAL, at)
    ends = at + timedelta(hours=1)
    seal(told, "builder1", final, "11000000.00", at + timedelta(minutes=20))
    decided(told, "stop", at + timedelta(minutes=40))
    with pytest.raises(RoundHeld):
        seal(told, "builder2", final, "10900000.00", at + timedelta(minutes=45))
    later = ends + timedelta(days=3)
    assert services.close_rounds(later) == 0, "the clock stands still"
    assert "停" in client("builder2").get(f"/sections/{told.section_id}/offer/").content.decode()
    assert client("tenderee").get(f"/owner/sections/{told.section_id}/rounds/").status_code == 200

    decided(told, "go", later)
    row = queries.rounds_of(told.section_id)[-1]
    assert row.closes_at == later + timedelta(minutes=20), "the twenty minutes that were left are left again"
    seal(told, "builder2", final, "10900000.00", later + timedelta(minutes=19))
    with pytest.raises(IntakeLate):
        seal(told, "builder3", final, "10800000.00", row.closes_at)
    over = row.closes_at + SETTLING
    unlocked(told, final, "builder1", "builder2", at=over)
    assert services.close_rounds(over) == 1
    prices = queries.final_prices(told.section_id)
    assert prices == {number("builder1"): Decimal(11_000_000), number("builder2"): Decimal(10_900_000)}


def test_a_round_that_is_being_unlocked_stands_still_and_goes_on_with_the_time_left() -> None:
    told, at = opened("GOV_NEGOTIATION")
    final = begin(told, RoundKind.FINAL, at)
    for key in ("builder1", "builder2"):
        seal(told, key, final, "11000000.00", at)
    began = at + timedelta(hours=1) + SETTLING
    unlocked(told, final, "builder1", at=began)
    intake = sealing_queries.intake(devices(told, final).intake_id)
    assert intake.window_ends_at is not None
    stopped = began + timedelta(minutes=5)
    decided(told, "stop", stopped)

    refs = {one.organisation_id: one.ref for one in sealing_queries.opening(KEEPER, intake.id).envelopes}
    with pytest.raises(OpeningHeld):
        envelopes.bidder_unlocks(devices(told, final), "builder2", refs[number("builder2")], at=stopped)
    assert "停" in client("builder2").get(f"/sections/{told.section_id}/offer/").content.decode()
    assert "停" in client("officer1").get(f"/openings/{intake.id}/").content.decode()
    later = intake.window_ends_at + timedelta(days=2)
    assert sealing.end_windows(later) == 0, "nobody is blamed for a time that stands still"
    assert services.close_rounds(later) == 0
    assert queries.offers_of(queries.rounds_of(told.section_id)[-1], tenders.section_terms(told.section_id), at=later
                             ) == []  # fmt: skip

    decided(told, "go", later)
    assert sealing_queries.intake(intake.id).window_ends_at == intake.window_ends_at + (later - stopped)
    envelopes.bidder_unlocks(devices(told, final), "builder2", refs[number("builder2")], at=later)
    for key in ("officer1", "officer2"):
        envelopes.officer_unlocks(devices(told, final), key, at=later)
    sealing.decrypt_ready(intake.id, at=later)
    assert services.close_rounds(later) == 1
    assert set(queries.final_prices(told.section_id) or {}) == {number("builder1"), number("builder2")}


def test_a_round_whose_section_is_ended_while_it_stands_still_is_never_opened() -> None:
    told, at = opened("GOV_NEGOTIATION")
    final = begin(told, RoundKind.FINAL, at)
    seal(told, "builder1", final, "11000000.00", at)
    began = at + timedelta(hours=1) + SETTLING
    assert services.close_rounds(began)
    decided(told, "stop", began + timedelta(minutes=5))
    decided(told, "end", began + timedelta(minutes=9))
    later = began + timedelta(days=1)
    assert services.close_rounds(later) == 1
    assert services.close_rounds(later) == 0
    assert sealing.end_windows(later) == 0
    intake_id = devices(told, final).intake_id
    assert sealing_queries.intake(intake_id).state == "ABANDONED"
    with pytest.raises(OpeningHeld):
        envelopes.officer_unlocks(devices(told, final), "officer1", at=later)
    assert queries.final_prices(told.section_id) == {}


def test_no_host_begins_the_opening_of_a_procedure_by_hand() -> None:
    told, at = opened("GOV_NEGOTIATION")
    final = begin(told, RoundKind.FINAL, at)
    due = at + timedelta(hours=1) + SETTLING
    with pytest.raises(OpenedByProcedure):
        sealing.begin_opening(actor=cast.actor("host"), intake_id=devices(told, final).intake_id, at=due)


def test_a_round_that_was_over_does_not_move_with_its_section() -> None:
    told, at = opened("GOV_SINGLE_SOURCE")
    first = begin(told, RoundKind.TALK, at)
    ends = at + timedelta(hours=1)
    decided(told, "stop", ends)
    decided(told, "go", ends + timedelta(hours=5))
    assert OfferRound.objects.get(pk=first).closes_at == ends
    assert services.close_rounds(ends + timedelta(hours=5)) == 1

    final = begin(told, RoundKind.FINAL, ends + timedelta(hours=6))
    decided(told, "stop", ends + timedelta(hours=6, minutes=30))
    with pytest.raises(RoundHeld):
        services.hand_in_offer(actor=cast.actor("builder1"), round_id=final, price=Decimal(1), words="", at=ends
                               + timedelta(hours=6, minutes=31))  # fmt: skip
