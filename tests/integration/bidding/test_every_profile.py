"""Every procedure of a new installation, from its draft to the contract, and its pages for everybody on the way."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bidding.awards import queries as results
from bidding.awards import services
from bidding.awards.domain.reports import ReportLine
from bidding.awards.services import AWARD_LETTER, TENDER_CONTRACT
from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.vocabulary import Switch
from bidding.profiles.seeds import seed_profiles
from bidding.tenders import queries as tenders
from bidding.tenders import services as procedures
from bidding.tenders.domain.states import SectionState
from bidding.tenders.services import ApplicationFacts
from bidding.tenders.services.prequalifying import applications
from commons.vault import services as vault
from exchange.notices.services import NumberedDecision
from tests import cast
from tests.integration.bidding import story, through
from tests.integration.bidding.story import Told
from tests.integration.bidding.test_awards import BIDDERS, first_line, lines_of, shown
from tests.integration.bidding.test_pages import client, now
from tests.integration.exchange.auctions.test_story import signed
from tests.integration.marketplace.test_live_selecting import bid, hammer

pytestmark = pytest.mark.django_db(transaction=True)

READERS = ("", "tenderee", "builder1", "staff")


@pytest.mark.parametrize("profile", seed_profiles(), ids=lambda one: one.code)
def test_every_procedure_runs_from_its_draft_to_the_contract_and_everybody_reads_its_pages(
    profile: ProcedureProfile,
) -> None:
    bidders = BIDDERS[:1] if profile.is_single_source else BIDDERS
    told = story.published(profile.code, at=now() - timedelta(days=46), invited=bidders)
    read(told)
    if profile.applies_first:
        judged(told, profile)
    at, lines = opened(told, profile, bidders)
    assert tenders.section_terms(told.section_id).state is SectionState.OPENED
    read(told)

    until = shown(told, at, lines)
    contracted(told, profile, until)
    assert tenders.section_terms(told.section_id).state is SectionState.CONTRACTED
    assert results.awards_of(told.section_id)[0].contract_no
    read(told, READERS)


def read(told: Told, readers: Sequence[str] = ("",)) -> None:
    """No page of the section ends in an error for these readers; what is not there yet is refused."""
    faults = [
        (key, address, answer.status_code)
        for key in readers
        for reader in (client(key),)
        for address in addresses(told)
        if (answer := reader.get(address)).status_code >= 500
    ]
    assert faults == []
    assert client("").get(f"/tenders/{told.tender_id}/").status_code == (404 if hidden(told) else 200)
    assert client("builder1").get(f"/tenders/{told.tender_id}/").status_code == 200
    assert client("tenderee").get(f"/owner/tenders/{told.tender_id}/").status_code == 200


def hidden(told: Told) -> bool:
    """Whether only those invited may know of it yet."""
    return told.row.by_invitation and not any(one.opened_at for one in told.row.sections.all())


def addresses(told: Told) -> Iterator[str]:
    tender, section = f"/tenders/{told.tender_id}", f"/sections/{told.section_id}"
    yield from (f"{tender}.json", f"{tender}/documents/", f"/centre{tender}/", f"{section}/bid/", f"{section}/result/")
    yield from (f"/owner{section}/{page}/" for page in ("result", "report", "rounds", "bonds"))


def judged(told: Told, profile: ProcedureProfile) -> None:
    """Everybody applies, or hands in a proposal, and is taken on."""
    at, owner = told.published_at + timedelta(days=2), cast.actor("tenderee")
    ends = told.row.applications_end_at
    assert ends is not None
    for key in BIDDERS:
        actor = cast.actor(key)
        papers: tuple[int, ...] = ()
        if profile.has(Switch.TWO_STAGE):
            procedures.take_documents(actor=actor, tender_id=told.tender_id, at=at)
            papers = (stored(key, f"application:{told.section_id}", at),)
        facts = ApplicationFacts(documents=papers, statement="具备所要求的资质与业绩。")
        procedures.apply(actor=actor, section_id=told.section_id, facts=facts, at=at)
    for row in applications(told.section_id):
        procedures.judge(actor=owner, application_id=row.pk, qualified=True, reason="符合全部要求", score="90", at=ends)
    if profile.has(Switch.TWO_STAGE):
        newest = told.row.documents.order_by("-version")[0]
        procedures.publish_addendum(
            actor=owner, tender_id=told.tender_id, text="第二阶段招标文件。", affects_bids=True, answers={}, at=ends,
            content=newest.content,
        )  # fmt: skip
    assert procedures.finish_prequalification(actor=owner, section_id=told.section_id, at=ends) == len(BIDDERS)


def opened(told: Told, profile: ProcedureProfile, bidders: tuple[str, ...]) -> tuple[datetime, list[ReportLine]]:
    """Opened as the procedure does it: in the hall, in a room, or taken over; when, and the lines of the report."""
    if profile.has(Switch.SEALED):
        found = through.bids_in(told)
        at = through.decrypted(found)
        at = through.recorded(found, at)
        assert client("").get(f"/halls/{found.hall_id}/").status_code == 200
        return at + timedelta(hours=1), lines_of()
    for key in bidders:
        procedures.take_documents(
            actor=cast.actor(key), tender_id=told.tender_id, at=told.published_at + timedelta(days=1)
        )
    if profile.has(Switch.ROOM):
        return priced(told)
    procedures.take_offers(actor=cast.actor("host"), section_id=told.section_id, at=told.bid_deadline)
    return told.bid_deadline + timedelta(hours=1), lines_of(bidders)


def priced(told: Told) -> tuple[datetime, list[ReportLine]]:
    """The price is found in a live room."""
    opens = told.bid_deadline + timedelta(minutes=10)
    plan = services.RoomPlan(opens, Decimal(1000), 1_800_000, 120_000)
    room_id = services.open_price_room(
        actor=cast.actor("host"), section_id=told.section_id, plan=plan, at=told.bid_deadline
    )
    assert room_id is not None
    hammer(opens)
    for number, price in enumerate(("11700000.00", "11600000.00", "11500000.00"), 1):
        assert bid(room_id, f"0{number}", price, opens + timedelta(seconds=2 * number)) == ""
    over = opens + timedelta(hours=2)
    hammer(over)
    assert services.take_room_results(over) == 1
    prices = results.final_prices(told.section_id)
    assert prices is not None
    ranked = sorted(prices.items(), key=lambda one: one[1])
    return over, [
        ReportLine(organisation_id, rank, price, None, "按竞价结果排名") for rank, (organisation_id, price) in
        enumerate(ranked, 1)
    ]  # fmt: skip


def contracted(told: Told, profile: ProcedureProfile, at: datetime) -> None:
    """Awarded, by the owners' vote where they vote; letter and contract are signed by whoever won."""
    owner, decision = cast.actor("tenderee"), None
    if profile.has(Switch.OWNERS_VOTE):
        vote = stored("tenderee", f"evaluation-report:{told.section_id}", at)
        decision = NumberedDecision("业主大会", "业决〔2026〕1号", vote)
    (award_id,) = services.award_section(
        actor=owner, section_id=told.section_id, line_ids=[first_line(told.section_id)], at=at, decision=decision
    )
    winner = results.awards_of(told.section_id)[0].winner_id
    key = next(one for one in BIDDERS if cast.organisation(cast.PARTIES[one].organisation).pk == winner)
    signed(f"award:{award_id}", AWARD_LETTER, {"owner": "tenderee"}, at=at)
    services.draw_contract(actor=owner, award_id=award_id, at=at)
    signed(f"award:{award_id}", TENDER_CONTRACT, {"owner": "tenderee", "winner": key}, at=at)


def stored(key: str, subject: str, at: datetime) -> int:
    return vault.store(
        actor=cast.actor(key), stream=[b"%PDF-1.7 p"], name="p.pdf", media_type="application/pdf", at=at,
        subject=subject,
    ).id  # fmt: skip
