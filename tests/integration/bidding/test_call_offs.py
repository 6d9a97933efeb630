"""Purchases under a framework of several suppliers: chosen, competed for by sealed quotes, in turn."""

import json
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bidding.awards import queries, services
from bidding.awards.domain.call_offs import (
    CompetitionNeeded,
    CompetitionTooShort,
    FrameworkSpent,
    LeftOutWithoutReason,
    MoreThanOrdered,
    NoQuoteLeft,
    NotAsked,
    OutOfTurn,
)
from bidding.awards.domain.offers import FORMAT, NAME
from bidding.awards.models import Award, CallOff, CallOffCompetition
from bidding.awards.queries import call_offs
from bidding.awards.services import AWARD_LETTER, TENDER_CONTRACT, Need
from bidding.awards.services.competing import KEEPER
from bidding.tenders.models import Section
from bidding.tenders.services.common import WordsMissing
from commons.domain.refusals import NotAllowedNow, NotPermitted
from commons.evidence.models import EvidenceEntry
from signatures.documents import queries as papers
from signatures.envelopes import queries as sealing_queries
from signatures.envelopes import services as sealing
from signatures.envelopes.services.uploading import SETTLING
from tests import cast
from tests.integration.bidding.story import Told
from tests.integration.bidding.test_awards import BIDDERS, lines_of, opened, shown
from tests.integration.bidding.test_bonds import number
from tests.integration.bidding.test_pages import client
from tests.integration.exchange.auctions.test_story import signed
from tests.integration.signatures.envelopes import story as envelopes

pytestmark = pytest.mark.django_db(transaction=True)


def framework(method: str) -> tuple[Told, list[int], datetime]:
    """A framework of three suppliers whose contracts are signed: their awards by place, and when."""
    told, at = opened("GOV_FRAMEWORK")
    Section.objects.filter(pk=told.section_id).update(awards=3, call_offs=method)
    until, owner = shown(told, at, lines_of()), cast.actor("tenderee")
    lines = queries.reports_of(told.section_id)[0].lines.order_by("rank").values_list("pk", flat=True)
    awards = services.award_section(actor=owner, section_id=told.section_id, line_ids=list(lines), at=until)
    for award_id, winner in zip(awards, BIDDERS, strict=True):
        signed(f"award:{award_id}", AWARD_LETTER, {"owner": "tenderee"}, at=until)
        services.draw_contract(actor=owner, award_id=award_id, at=until)
        signed(f"award:{award_id}", TENDER_CONTRACT, {"owner": "tenderee", "winner": winner}, at=until)
    return told, awards, until


def compete(told: Told, ceilings: dict[int, str], at: datetime, **options: str) -> CallOffCompetition:
    assert told.officers is not None
    pk = services.open_competition(
        actor=cast.actor("tenderee"), section_id=told.section_id,
        need=Need("第一批路灯", "LED路灯200套，九月底前送到季华路。", at + timedelta(days=2)),
        ceilings={number: Decimal(most) for number, most in ceilings.items()},
        roster_id=told.officers.roster_id, at=at, **options,
    )  # fmt: skip
    return CallOffCompetition.objects.get(pk=pk)


def seal(told: Told, row: CallOffCompetition, key: str, price: str, at: datetime) -> str:
    assert told.officers is not None
    told.officers.intake_id = row.intake_id or 0
    offer = {"format": FORMAT, "price": price, "words": "按期供货。"}
    data = envelopes.sealed(told.officers, key, [(NAME, json.dumps(offer, ensure_ascii=False).encode())])
    return envelopes.hand_in(told.officers, key, data, at=at)


def unlock(told: Told, row: CallOffCompetition, *keys: str, at: datetime) -> None:
    """Its opening begins; suppliers and two officers unlock."""
    assert told.officers is not None
    assert services.close_competitions(at) == 1
    refs = {one.organisation_id: one.ref for one in sealing_queries.opening(KEEPER, row.intake_id or 0).envelopes}
    for key in keys:
        envelopes.bidder_unlocks(told.officers, key, refs[number(key)], at=at)
    for key in ("officer1", "officer2"):
        envelopes.officer_unlocks(told.officers, key, at=at)
    sealing.decrypt_ready(row.intake_id or 0, at=at)


def test_the_lowest_sealed_quote_below_the_agreed_prices_supplies() -> None:
    told, (first, second, third), at = framework("COMPETITION")
    owner = cast.actor("tenderee")
    with pytest.raises(CompetitionNeeded):
        services.call_off(actor=owner, award_id=first, title="路灯", amount=Decimal(1), reason="价格最低。", at=at)
    with pytest.raises(LeftOutWithoutReason):
        compete(told, {first: "90000", second: "92000"}, at)
    with pytest.raises(FrameworkSpent):
        compete(told, {first: "11000000.01", second: "1", third: "1"}, at)
    with pytest.raises(NotPermitted):
        services.open_competition(
            actor=cast.actor("builder1"), section_id=told.section_id, need=Need("路灯", "路灯二百套", at), ceilings={},
            roster_id=1, at=at,
        )  # fmt: skip
    row = compete(told, {first: "90000", second: "92000", third: "91000"}, at)
    with pytest.raises(NotAsked):
        seal(told, row, "supplier1", "1.00", at)
    seal(told, row, "builder1", "90000.01", at)
    seal(told, row, "builder2", "88000.00", at)
    seal(told, row, "builder3", "87500.00", at)
    page = f"/competitions/{row.pk}/"
    assert "87,500" not in client("tenderee").get(page).content.decode()
    assert "91,000" not in client("builder1").get(page).content.decode(), "what another may ask at most is not told"
    assert client("supplier1").get(page).status_code == 403
    assert services.close_competitions(row.closes_at) == 0, "what came in before the end is still being taken"
    over = row.closes_at + SETTLING
    unlock(told, row, *BIDDERS, at=over)
    assert services.close_competitions(over) == 1
    assert services.close_competitions(over) == 0

    (bought,) = CallOff.objects.all()
    assert (bought.award_id, bought.amount, bought.method) == (third, Decimal("87500.00"), "COMPETITION")
    assert {one.award_id: one.fault for one in call_offs.quotes_of(row)}[first] == "ABOVE_CEILING"
    notice = told.row.notices.get(kind="CALL_OFF")
    assert notice.body["amount"] == "87500.00"
    assert notice.body["supplier"] == cast.organisation(cast.PARTIES["builder3"].organisation).name
    public = client("").get(f"/sections/{told.section_id}/result/").content.decode()
    assert "87,500.00" in public
    assert "88,000.00" not in public, "what did not win stays with its supplier and the owner"
    owners = client("tenderee").get(page).content.decode()
    assert "87,500.00" in owners
    assert "不计入" in owners
    loser = client("builder2").get(page).content.decode()
    assert "87,500.00" in loser, "who supplies, at which price, is public"
    assert "90,000.01" not in loser
    assert "第一批路灯" in client("tenderee").get(f"/owner/sections/{told.section_id}/call-offs/").content.decode()
    assert "87,500.00" in client("builder3").get(f"/awards/{third}/call-offs/").content.decode()


def test_a_refused_order_goes_to_the_next_lowest_quote() -> None:
    told, (first, second, third), at = framework("COMPETITION")
    row = compete(told, {first: "90000", second: "92000", third: "91000"}, at)
    seal(told, row, "builder2", "88000.00", at)
    seal(told, row, "builder3", "87500.00", at)
    over = row.closes_at + SETTLING
    unlock(told, row, "builder2", "builder3", at=over)
    assert services.close_competitions(over) == 1
    bought = CallOff.objects.get()
    page = f"/competitions/{row.pk}/"
    following, owner = f"/owner/competitions/{row.pk}/next/", client("tenderee")
    refuse = f"/call-offs/{bought.pk}/refuse/"
    with pytest.raises(NotAllowedNow):
        services.take_next_quote(actor=cast.actor("tenderee"), competition_id=row.pk, at=over)
    assert following not in owner.get(page).content.decode()
    assert client("builder2").post(refuse, {"reason": "产能不足，无法按期供货。"}).status_code == 403

    assert refuse in client("builder3").get(f"/awards/{third}/call-offs/").content.decode()
    assert client("builder3").post(refuse, {"reason": "产能不足，无法按期供货。"}).status_code == 302
    assert client("builder3").post(refuse, {"reason": "产能不足，无法按期供货。"}).status_code == 409
    assert call_offs.left_of(Award.objects.get(pk=third)) == Award.objects.get(pk=third).amount
    public = f"/sections/{told.section_id}/result/"
    assert "87,500.00" not in client("").get(public).content.decode()
    assert following in owner.get(page).content.decode()
    assert client("builder2").post(following).status_code == 403
    assert owner.post(following).status_code == 302

    assert list(CallOff.objects.order_by("pk").values_list("award_id", "amount", "state")) == [
        (third, Decimal("87500.00"), "REFUSED"), (second, Decimal("88000.00"), "PLACED"),
    ]  # fmt: skip
    assert "88,000.00" in client("").get(public).content.decode()
    services.refuse_call_off(
        actor=cast.actor("builder2"),
        call_off_id=CallOff.objects.get(state="PLACED").pk,
        reason="材料停产，无货可供。",
        at=over,
    )
    with pytest.raises(NoQuoteLeft):
        services.take_next_quote(actor=cast.actor("tenderee"), competition_id=row.pk, at=over)


def test_what_is_accepted_below_the_order_stays_in_the_contract() -> None:
    told, (first, second, _third), at = framework("ROTATION")
    owner = cast.actor("tenderee")
    services.call_off(actor=owner, award_id=first, title="巡检一个月", amount=Decimal(50000), at=at)
    order = CallOff.objects.get()
    accept = f"/owner/call-offs/{order.pk}/accept/"
    with pytest.raises(MoreThanOrdered):
        services.settle_call_off(
            actor=owner, call_off_id=order.pk, accepted=Decimal("50000.01"), words="全部验收合格", at=at
        )  # fmt: skip
    assert client("builder1").post(accept, {"accepted": "48000", "words": "少一次巡检。"}).status_code == 403
    assert client("tenderee").post(accept, {"accepted": "48000", "words": "少一次巡检。"}).status_code == 302

    assert call_offs.suppliers_of(told.section_id)[0].called_off == Decimal("48000.00")
    page = client("builder1").get(f"/awards/{first}/call-offs/").content.decode()
    assert "少一次巡检" in page
    assert f"/call-offs/{order.pk}/refuse/" not in page, "what is accepted is not refused"
    following = call_offs.in_turn(told.section_id)
    assert following is not None
    assert following.pk == second
    types = EvidenceEntry.objects.filter(stream=f"section:{told.section_id}").values_list("type", flat=True)
    assert "CallOffSettled" in set(types)


def test_a_competition_without_a_quote_that_counts_ends_and_another_follows() -> None:
    told, (first, second, _third), at = framework("COMPETITION")
    with pytest.raises(CompetitionTooShort):
        services.open_competition(
            actor=cast.actor("tenderee"), section_id=told.section_id, need=Need("路灯", "路灯二百套", at),
            ceilings={first: Decimal(1), second: Decimal(1)}, roster_id=1, left_out="第三家不具备供货能力", at=at,
        )  # fmt: skip
    row = compete(told, {first: "90000", second: "92000"}, at, left_out="第三家不具备夜间供货能力")
    seal(told, row, "builder1", "80000.00", at)
    over = row.closes_at + SETTLING
    unlock(told, row, at=over)
    assert services.close_competitions(over) == 0, "the supplier may still unlock"
    ends = over + timedelta(hours=2)
    sealing.end_windows(ends)
    assert services.close_competitions(ends) == 1
    assert not CallOff.objects.exists()
    assert "没有" in client("tenderee").get(f"/competitions/{row.pk}/").content.decode()
    assert compete(told, {first: "90000", second: "92000"}, ends, left_out="第三家不具备夜间供货能力").number == 2


def test_nobody_quotes_and_the_competition_ends_by_itself() -> None:
    told, (first, second, third), at = framework("COMPETITION")
    row = compete(told, {first: "90000", second: "92000", third: "9"}, at)
    over = row.closes_at + SETTLING
    assert services.close_competitions(over) == 1
    assert services.close_competitions(over) == 1
    row.refresh_from_db()
    assert row.ended_at == over
    assert not CallOff.objects.exists()


def test_suppliers_take_turns_in_the_order_of_the_first_stage() -> None:
    told, (first, second, third), at = framework("ROTATION")
    owner = cast.actor("tenderee")
    numbers = dict(Award.objects.values_list("pk", "contract_no"))
    assert [numbers[pk][-3:] for pk in (first, second, third)] == ["-01", "-02", "-03"], "by place, not by chance"
    letter = papers.newest(f"award:{second}", AWARD_LETTER)
    assert letter is not None
    assert letter.title.startswith("入围通知书")

    def order(award_id: int, amount: str = "50000") -> int:
        return services.call_off(actor=owner, award_id=award_id, title="巡检一个月", amount=Decimal(amount), at=at)

    with pytest.raises(OutOfTurn):
        order(second)
    assert order(first) == 1
    assert told.row.notices.filter(kind="CALL_OFF").count() == 1
    with pytest.raises(OutOfTurn):
        order(first)
    with pytest.raises(OutOfTurn):
        services.decline_turn(actor=owner, award_id=third, reason="设备检修", at=at)
    page = client("tenderee").post(f"/owner/awards/{second}/turn/", {"reason": "设备检修，本轮放弃。"})
    assert page.status_code == 302
    assert order(third) == 1
    assert order(first) == 2
    with pytest.raises(FrameworkSpent):
        order(second, "99000000")
    desk = client("tenderee").get(f"/owner/sections/{told.section_id}/call-offs/").content.decode()
    assert f"/awards/{second}/call-offs/" in desk
    assert Award.objects.get(pk=second).declined.count() == 1


def test_a_direct_choice_among_several_has_its_grounds() -> None:
    told, (first, *_others), at = framework("DIRECT")
    owner = cast.actor("tenderee")
    with pytest.raises(WordsMissing):
        services.call_off(actor=owner, award_id=first, title="第一批", amount=Decimal(5), at=at)
    address = f"/awards/{first}/call-offs/"
    placed = {"title": "第一批电缆", "amount": "50000", "reason": "库存充足，两日可到。"}
    assert client("builder1").post(address, placed).status_code == 403
    assert client("tenderee").post(address, placed).status_code == 302
    assert "两日可到" in client("builder1").get(address).content.decode()
    assert client("builder2").get(address).status_code == 403
    assert not told.row.notices.filter(kind="CALL_OFF").exists()
