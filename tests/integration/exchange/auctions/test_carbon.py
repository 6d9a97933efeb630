"""Carbon allowances, from the draft to the transfer: no permit, buyers by rule alone, one sealed call at one price."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from commons.domain.actor import Assurance
from commons.domain.money import Quantity
from exchange.auctions import services as auctions
from exchange.auctions.domain.formats import QuantityTooFine
from exchange.auctions.domain.registrations import NeedBelowSmallestOrder
from exchange.auctions.models import Registration
from exchange.auctions.services.qualifying import QualifiedByRuleAlone
from exchange.contracts.models import Deal
from exchange.permits import queries as holdings
from exchange.permits import services as permits
from exchange.permits.domain.rights import Held
from exchange.permits.models import HoldingMovement
from exchange.projects import services as projects
from exchange.projects.domain.lots import LotTerms
from exchange.projects.domain.trades import Instrument, TradeType
from exchange.projects.models import Lot
from exchange.rooms.domain.rules import UnsoundRules
from tests.cast import actor, organisation, person
from tests.integration.exchange.auctions import story
from tests.integration.exchange.auctions.test_story import contracted, paid

pytestmark = pytest.mark.django_db(transaction=True)
BUYERS = ("buyer1", "buyer2")


def terms(quantity: str = "10000.000") -> LotTerms:
    return LotTerms(
        Instrument.CARBON, Decimal(quantity), Decimal("16.09"), Decimal("0.01"), "GUANGDONG_2017", story.OPENS, 1
    )


def published(quantity: str = "10000.000") -> Lot:
    permits.allocate(
        actor=story.KEEPER,
        organisation_id=organisation("ecology").pk,
        instrument="CARBON",
        held_as=Held.RESERVE,
        quantity=Quantity(Decimal("20000.000")),
        region="440000",
        paper=permits.Paper("粤环函〔2026〕1号"),
        idempotency_key="carbon",
        at=story.DRAFTED,
    )
    facts = projects.ProjectFacts(
        title="2026年度碳排放配额有偿发放",
        region=story.REGION,
        decision_body="佛山市生态环境局",
        decision_no="佛环函〔2026〕50号",
        contact_name="陈工",
        contact_phone="0757-00000000",
    )
    seller, at = actor("seller"), story.DRAFTED
    project_id = projects.draft_project(actor=seller, trade_type=TradeType.CARBON_ALLOWANCES, facts=facts, at=at)
    projects.add_lot(actor=seller, project_id=project_id, terms=terms(quantity), at=at)
    projects.submit_project(actor=seller, project_id=project_id, at=at)
    (lot,) = story.publish(project_id)
    assert lot.registration_starts_at is not None
    auctions.advance_due(lot.registration_starts_at)
    lot.refresh_from_db()
    return lot


def register(lot: Lot, key: str, need: str) -> int:
    assert lot.registration_starts_at is not None
    at, buyer = lot.registration_starts_at, actor(key)
    registration_id = auctions.start_registration(actor=buyer, lot_id=lot.pk, at=at, entropy=story.entropy(key))
    facts = auctions.RegistrationFacts("", Decimal(need), "李工", "0757-11111111")
    auctions.save_registration(actor=buyer, registration_id=registration_id, facts=facts, at=at)
    auctions.submit_registration(actor=buyer, registration_id=registration_id, statements_confirmed=True, at=at)
    return registration_id


def test_allowances_are_sold_in_one_sealed_call_to_buyers_without_a_permit(client: Client) -> None:
    story.bank(*BUYERS)
    lot = published()
    registrations = [register(lot, key, "4000.000") for key in BUYERS]
    assert lot.registration_starts_at is not None
    for key in BUYERS:
        story.pay_deposit(lot, key, at=lot.registration_starts_at + timedelta(days=1))
    auctions.advance_due(lot.registration_ends_at or story.OPENS)
    with pytest.raises(QualifiedByRuleAlone):
        auctions.qualify_buyer(actor=actor("seller"), registration_id=registrations[0], at=story.OPENS)
    assert lot.qualification_ends_at is not None
    auctions.advance_due(lot.qualification_ends_at)
    lot.refresh_from_db()

    over = _bid_and_close(lot)

    deals = list(Deal.objects.filter(lot=lot).order_by("quantity"))
    assert [(deal.quantity, deal.price, deal.amount) for deal in deals] == [
        (Decimal("2500.000"), Decimal("16.50"), Decimal("41250.00")),
        (Decimal("4000.000"), Decimal("16.50"), Decimal("66000.00")),
    ]
    page = client.get(f"/rooms/{lot.room_id}/replay/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "All winners pay ¥16.50, the price of the last bid that was served." in page
    assert "¥17.00 for 4,000, wins 4,000 at ¥16.50: ¥66,000.00." in page
    mine = next(deal for deal in deals if deal.buyer_id == story.company("buyer1").pk)
    contracted(mine, over)
    paid(mine, over + timedelta(days=1))
    auctions.transfer_rights(actor=actor("staff"), deal_id=mine.pk, at=over + timedelta(days=2))
    (held,) = holdings.holdings_of(actor("buyer1"), story.company("buyer1").pk)
    assert (held.instrument, held.unit, held.purchased) == ("CARBON", "t", Decimal("4000.000"))
    assert HoldingMovement.objects.get(kind="TRANSFERRED").valid_until is None


def _bid_and_close(lot: Lot) -> datetime:
    at = lot.opens_at + timedelta(minutes=1)
    story.run_room(lot, lot.opens_at)
    assert story.bid(lot, "buyer2", "16.50", quantity="999.000", at=at) == "ROOM_BELOW_ORDER_MINIMUM"
    assert story.bid(lot, "buyer2", "16.08", quantity="2500.000", at=at) == "ROOM_BELOW_START"
    assert story.bid(lot, "buyer1", "17.00", quantity="4000.000", at=at) == ""
    assert story.bid(lot, "buyer2", "16.50", quantity="2500.000", at=at) == ""
    over = lot.opens_at + timedelta(hours=3)
    story.run_room(lot, over)
    auctions.advance_due(over)
    lot.refresh_from_db()
    return over


def test_a_need_that_no_order_of_the_room_could_be_for_is_refused_before_the_deposit() -> None:
    lot = published()

    with pytest.raises(NeedBelowSmallestOrder):
        register(lot, "buyer1", "999.000")

    assert not Registration.objects.filter(lot=lot, state="SUBMITTED").exists()


def test_a_need_of_half_an_allowance_is_refused() -> None:
    lot = published()

    with pytest.raises(QuantityTooFine):
        register(lot, "buyer1", "4000.500")


def test_an_offer_of_which_nobody_could_order_enough_is_not_published() -> None:
    with pytest.raises(UnsoundRules):
        published("999.000")


def test_the_pages_ask_a_buyer_of_allowances_for_no_permit_and_a_seller_for_an_offer_that_can_be_bid_for(
    client: Client, settings: Any, time_machine: Any
) -> None:
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value
    story.bank(*BUYERS)
    lot = published()
    assert lot.registration_starts_at is not None
    time_machine.move_to(lot.registration_starts_at, tick=False)
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(person("buyer1"), backend=backend)
    task_list = client.post(f"/lots/{lot.pk}/register/").headers["Location"]

    assert "permit_no" not in client.get(f"{task_list}need/").content.decode()
    said = {"need": "4000", "contact_name": "李工", "contact_phone": "0757-11111111"}
    check = client.post(f"{task_list}need/", said).headers["Location"]
    agreed = {"true_statements": "on", "no_conflict": "on", "terms_accepted": "on"}
    assert client.post(check, agreed).status_code == 302
    assert Registration.objects.get(lot=lot).state == "SUBMITTED"

    facts = projects.ProjectFacts(title="第二次", region=story.REGION, decision_body="局", decision_no="1号")
    seller = actor("seller")
    project_id = projects.draft_project(
        actor=seller, trade_type=TradeType.CARBON_ALLOWANCES, facts=facts, at=story.PUBLISHED
    )
    client.force_login(person("seller"), backend=backend)
    offer = {
        "instrument": "CARBON", "quantity": "500", "term_years": "1", "start_price": "16.09", "step": "0.01",
        "profile": "GUANGDONG_2017", "opens_at": "2026-07-20T09:00",
    }  # fmt: skip
    assert client.post(f"/seller/projects/{project_id}/lots/new/", offer).status_code == 409
    assert client.post(f"/seller/projects/{project_id}/lots/new/", offer | {"quantity": "2000"}).status_code == 302
