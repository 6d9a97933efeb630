"""The secret reserve of land that is granted by tender: from the draft to the report, and who learns of it when."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bidding.awards.domain.reports import ReportInvalid
from bidding.opening import services as halls
from bidding.opening.queries import Viewer, mask, price_sheet, scene
from bidding.tenders import queries as tenders
from bidding.tenders import services
from bidding.tenders.domain.reserves import Reserve, ReserveInvalid, ReserveUnknown
from bidding.tenders.models import SecretReserve, Tender
from commons.domain.refusals import NotAllowedNow, NotPermitted
from commons.evidence import queries as evidence
from commons.evidence import services as log
from tests import cast
from tests.dumps import dump, found_in
from tests.integration.bidding import story, through
from tests.integration.bidding.story import Told
from tests.integration.bidding.test_awards import entered, lines_of
from tests.integration.bidding.test_pages import client, now, text_of

pytestmark = pytest.mark.django_db(transaction=True)

AMOUNT = "11043217.89"
SPELLED = (AMOUNT, "11043217", "11,043,217")
RESERVE = Reserve(Decimal(AMOUNT), "市土地出让决策会", "佛土决〔2026〕4号", date(2026, 2, 1))
READERS = ("", "tenderee", "builder1", "staff", "host", "regulator", "auditor", "officer1")


def drafted() -> Told:
    """A parcel with a reserve, in a draft."""
    told = story.drafted("LAND_OPEN", at=now() - timedelta(days=44))
    services.state_reserve(
        actor=cast.actor("tenderee"), section_id=told.section_id, reserve=RESERVE, at=told.published_at
    )
    return told


def published() -> Told:
    told = story.handed_in(drafted())
    services.publish_tender(actor=cast.actor("staff2"), tender_id=told.tender_id, at=told.published_at)
    return told


def test_a_reserve_is_told_when_the_bids_are_read_out_and_binds_the_award() -> None:
    told = published()
    found = through.bids_in(told)
    at = through.decrypted(found)
    terms = tenders.section_terms(told.section_id)
    assert terms.reserve is not None
    assert terms.reserve.amount is None
    assert scene(found.hall_id)["reserve"] == ""

    through.recorded(found, at)

    terms = tenders.section_terms(told.section_id)
    assert terms.reserve is not None
    assert terms.reserve.amount == Decimal(AMOUNT)
    for viewer in Viewer:
        assert mask(scene(found.hall_id), viewer)["reserve"] == AMOUNT
    remarks = [(one["code"], len(one["bidders"])) for one in found.hall.analysis["remarks"]]
    assert ("BELOW_RESERVE", 1) in remarks
    sheet = price_sheet(found.hall_id)
    assert sheet is not None
    assert {one["price"] for one in sheet["scores"]} == {"11100000.00", "11200000.00"}
    for address in (f"/tenders/{told.tender_id}/", f"/halls/{found.hall_id}/"):
        assert "11,043,217.89" in text_of(client("").get(address)), address
    with pytest.raises(ReportInvalid):
        entered(told, at, lines_of())
    first, second, third = lines_of()
    entered(told, at, [replace(first, rank=0), replace(second, rank=2), replace(third, rank=1)])


def test_nobody_reads_a_reserve_before_the_bids_are_read_out() -> None:
    told = published()
    found = through.bids_in(told)
    read = dump()
    through.decrypted(found)
    addresses = (
        f"/tenders/{told.tender_id}/", f"/tenders/{told.tender_id}.json", f"/owner/tenders/{told.tender_id}/",
        f"/owner/tenders/{told.tender_id}/sections/{told.section_id}/reserve/", f"/centre/tenders/{told.tender_id}/",
        f"/halls/{found.hall_id}/", f"/halls/{found.hall_id}/scene.json", f"/halls/{found.hall_id}/replay/",
        f"/halls/{found.hall_id}/log.json", f"/halls/{found.hall_id}.csv", f"/owner/tenders/{told.tender_id}/facts/",
    )  # fmt: skip
    assert found_in(read + dump(), SPELLED) == []
    for key in READERS:
        for address in addresses:
            assert found_in(text_of(client(key).get(address, follow=True)), SPELLED) == [], (key, address)
    notice = told.row.notices.get(kind="TENDER").body["sections"][0]
    assert notice["reserve"] == RESERVE.decision()
    for key in ("", "builder1", "staff"):
        assert "佛土决〔2026〕4号" in text_of(client(key).get(f"/tenders/{told.tender_id}/"))


def test_what_the_log_was_told_before_the_notice_counts_whatever_the_table_says() -> None:
    told = published()
    found = through.bids_in(told)
    forged = {**RESERVE.as_payload(), "reserve": "10000000.00"}
    SecretReserve.objects.filter(section_id=told.section_id).update(sealed=forged)

    through.recorded(found, through.decrypted(found))

    terms = tenders.section_terms(told.section_id)
    assert terms.reserve is not None
    assert terms.reserve.amount == Decimal(AMOUNT)
    assert evidence.entries(f"reserve:{told.section_id}")[-1].type == "evidence.revealed"
    log.gather()
    assert evidence.verify_database().faults == []


def test_a_reserve_that_was_removed_from_the_table_is_read_out_all_the_same() -> None:
    told = published()
    found = through.bids_in(told)
    SecretReserve.objects.all().delete()

    through.recorded(found, through.decrypted(found))

    assert SecretReserve.objects.get().amount == Decimal(AMOUNT)


def test_a_reserve_is_stated_by_the_owner_alone_and_before_the_draft_is_handed_in() -> None:
    told = drafted()
    for key in ("staff", "builder1"):
        with pytest.raises(NotPermitted):
            services.state_reserve(
                actor=cast.actor(key), section_id=told.section_id, reserve=RESERVE, at=told.published_at
            )
    story.handed_in(told)
    for at in (told.published_at, told.bid_deadline):
        with pytest.raises(NotAllowedNow):
            services.state_reserve(actor=cast.actor("tenderee"), section_id=told.section_id, reserve=RESERVE, at=at)
        with pytest.raises(NotAllowedNow):
            services.take_reserve_back(actor=cast.actor("tenderee"), section_id=told.section_id, at=at)


def test_works_know_no_secret_reserve_that_binds() -> None:
    told = story.drafted("WORKS_OPEN", at=now() - timedelta(days=9))
    with pytest.raises(ReserveUnknown):
        services.state_reserve(
            actor=cast.actor("tenderee"), section_id=told.section_id, reserve=RESERVE, at=told.published_at
        )
    assert (
        client("tenderee").get(f"/owner/tenders/{told.tender_id}/sections/{told.section_id}/reserve/").status_code
        == 404
    )
    assert "/reserve/" not in text_of(client("tenderee").get(f"/owner/tenders/{told.tender_id}/"))


def test_a_start_price_that_was_raised_above_the_reserve_keeps_the_draft_back() -> None:
    told = drafted()
    raised = replace(story.section("LAND_OPEN"), right=replace(story.RIGHT, start_price=Decimal("11043217.90")))
    raised = replace(raised, bond=Decimal("2300000"))
    services.change_section(
        actor=cast.actor("tenderee"), section_id=told.section_id, terms=raised, at=told.published_at
    )
    with pytest.raises(ReserveInvalid):
        story.handed_in(told)


def test_the_owners_page_takes_a_reserve_in_never_shows_it_again_and_takes_it_back() -> None:
    told = story.drafted("LAND_OPEN", at=now() - timedelta(days=9))
    desk, address = (
        f"/owner/tenders/{told.tender_id}/",
        f"/owner/tenders/{told.tender_id}/sections/{told.section_id}/reserve/",
    )
    owner = client("tenderee")
    assert address in text_of(owner.get(desk))
    said = {"amount": AMOUNT, "body": RESERVE.body, "number": RESERVE.number, "decided_on": "2026-02-01"}
    assert owner.post(address, {**said, "number": ""}).status_code == 400
    assert owner.post(address, {**said, "amount": "9999999.99"}).status_code == 400
    assert owner.post(address, said).status_code == 302
    for page in (desk, address):
        assert found_in(text_of(owner.get(page)), SPELLED) == []
    assert "佛土决〔2026〕4号" in text_of(owner.get(address))
    assert found_in(dump(), SPELLED) == []

    assert owner.post(address, {"amount": ""}).status_code == 302
    assert not SecretReserve.objects.exists()
    published_at = told.published_at
    story.handed_in(told)
    services.publish_tender(actor=cast.actor("staff2"), tender_id=told.tender_id, at=published_at)
    assert Tender.objects.get().notices.get(kind="TENDER").body["sections"][0]["reserve"] is None
    assert halls.prepare_halls(told.bid_deadline) == 1
