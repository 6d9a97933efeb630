"""Additions to a contract of government procurement, from the draft's page to the report."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bidding.awards import queries as results
from bidding.awards import services
from bidding.awards.domain.reports import ReportLine
from bidding.awards.domain.rounds import RoundKind
from bidding.awards.models import Award
from bidding.awards.services import AWARD_LETTER, TENDER_CONTRACT
from bidding.tenders import services as tender_services
from bidding.tenders.domain.additions import AdditionTooLarge, Original, OriginalOfAnother
from bidding.tenders.domain.single_source import Ground, SingleSource
from bidding.tenders.services.adding import addition_of
from bidding.tenders.services.common import profile_of
from tests import cast
from tests.integration.bidding import story
from tests.integration.bidding.story import Told
from tests.integration.bidding.test_awards import entered, first_line, opened, shown
from tests.integration.bidding.test_bonds import number
from tests.integration.bidding.test_pages import client, now, text_of
from tests.integration.bidding.test_rounds import begin
from tests.integration.exchange.auctions.test_story import signed
from tests.single_source import single_source

pytestmark = pytest.mark.django_db(transaction=True)

ORIGINAL = Original("佛采合〔2025〕17号", "120000000.00", "")


def said(original: Original = ORIGINAL) -> SingleSource:
    return replace(single_source(), ground=Ground.ADDITION, experts=(), original=original)


def drafted(original: Original = ORIGINAL, *, at: datetime | None = None) -> Told:
    """An addition of 12,000,000 yuan in a draft."""
    told = story.drafted("GOV_SINGLE_SOURCE", at=at or now() - timedelta(days=9), invited=("builder1",))
    stated(told, original)
    return told


def stated(told: Told, original: Original) -> None:
    tender_services.state_single_source(
        actor=cast.actor("tenderee"), tender_id=told.tender_id, said=said(original), at=told.published_at
    )


def published(told: Told) -> Told:
    story.handed_in(told)
    tender_services.publish_tender(actor=cast.actor("staff2"), tender_id=told.tender_id, at=told.published_at)
    return told


def test_an_addition_of_a_tenth_is_published_with_its_sum_and_of_a_fen_more_is_refused() -> None:
    told = drafted(replace(ORIGINAL, amount="119999999.99"))
    with pytest.raises(AdditionTooLarge):
        story.handed_in(told)
    stated(told, replace(ORIGINAL, before="0.01"))
    with pytest.raises(AdditionTooLarge):
        story.handed_in(told)
    stated(told, ORIGINAL)
    published(told)

    body = told.row.notices.get(kind="TENDER").body["single_source"]
    assert body["original"]["number"] == ORIGINAL.number
    assert body["addition"] == {
        "original": "120000000.00", "before": "0.00", "asked": "12000000.00", "total": "12000000.00",
        "most": "12000000.00", "source": "政府采购法第三十一条第三项",
    }  # fmt: skip
    page = text_of(client("").get(f"/tenders/{told.tender_id}/"))
    for words in (ORIGINAL.number, "120,000,000.00", "12,000,000.00", "政府采购法第三十一条第三项"):
        assert words in page, words


def test_what_was_added_here_before_is_counted_until_it_came_to_nothing() -> None:
    first = published(drafted())
    again = drafted(at=now() - timedelta(days=8))
    with pytest.raises(AdditionTooLarge):
        story.handed_in(again)
    first.row.sections.update(state="TERMINATED")

    story.handed_in(again)

    addition = addition_of(again.row, profile_of(again.row, now()))
    assert addition is not None
    assert addition.before == 0


def test_a_price_above_what_may_be_added_is_not_recorded() -> None:
    told, at = opened("GOV_SINGLE_SOURCE")
    content = {**told.row.single_source, "ground": "ADDITION", "experts": []}
    content["original"] = {"number": ORIGINAL.number, "amount": ORIGINAL.amount, "before": ""}
    type(told.row).objects.filter(pk=told.tender_id).update(single_source=content)
    told.row.sections.update(ceiling=None)
    price = Decimal("12000000.01")
    line = ReportLine(number("builder1"), 1, price, Decimal(95), "协商小组意见：价格合理")
    final = begin(told, RoundKind.FINAL, at)
    services.hand_in_offer(actor=cast.actor("builder1"), round_id=final, price=price, words="报价。", at=at)
    at += timedelta(hours=1)
    assert services.close_rounds(at) == 1

    with pytest.raises(AdditionTooLarge):
        entered(told, at, [line])


def test_the_amount_of_a_contract_concluded_here_is_ours_and_only_its_supplier_adds_to_it() -> None:
    contract = concluded()
    told = story.drafted("GOV_SINGLE_SOURCE", at=now() - timedelta(days=8), invited=("builder1",))
    address = f"/owner/tenders/{told.tender_id}/single-source/"
    owner = client("tenderee")
    page = text_of(owner.get(address))
    assert contract.contract_no in page
    said_there = {
        "code": cast.uscc(cast.PARTIES["builder1"].organisation), "supplier_address": "佛山市", "ground": "ADDITION",
        "reason": "须与原设备配套。", "owner_address": "佛山市", "authority_body": "市财政局",
        "authority_address": "卫国路", "authority_contact": "钱监", "authority_phone": "0757-00000009",
    }  # fmt: skip
    assert owner.post(address, said_there).status_code == 400
    assert owner.post(address, {**said_there, "original_chosen": contract.contract_no}).status_code == 302
    assert told.row.single_source["original"] == {
        "number": contract.contract_no, "amount": str(contract.amount), "before": "0.00",
    }  # fmt: skip
    stated(told, Original(contract.contract_no, "999999999.00", ""))
    assert told.row.single_source["original"]["amount"] == str(contract.amount)
    with pytest.raises(AdditionTooLarge):
        story.handed_in(told)

    tender_services.invite(
        actor=cast.actor("tenderee"), tender_id=told.tender_id, organisation_ids=[number("builder2")], at=now()
    )
    with pytest.raises(OriginalOfAnother):
        stated(told, Original(contract.contract_no, "", ""))


def concluded() -> Award:
    """A contract of the same owner with builder1."""
    told, at = opened("SOE_DIRECT", at=now() - timedelta(days=60))
    price = Decimal("10900000.00")
    until = shown(told, at, [ReportLine(number("builder1"), 1, price, Decimal(95), "价格合理，满足要求")])
    owner = cast.actor("tenderee")
    (award_id,) = services.award_section(
        actor=owner, section_id=told.section_id, line_ids=[first_line(told.section_id)], at=until
    )
    signed(f"award:{award_id}", AWARD_LETTER, {"owner": "tenderee"}, at=until)
    services.draw_contract(actor=owner, award_id=award_id, at=until)
    signed(f"award:{award_id}", TENDER_CONTRACT, {"owner": "tenderee", "winner": "builder1"}, at=until)
    assert results.awards_of(told.section_id)[0].contract_no
    return Award.objects.get(pk=award_id)
