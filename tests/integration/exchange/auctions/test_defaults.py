"""Deals that come to nothing: who may lose what, and what goes back."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from exchange.auctions import services as auctions
from exchange.auctions.services.defaulting import BuyerNotInArrears, NotAnnounced
from exchange.contracts.models import Deal
from exchange.deposits import queries as deposits
from exchange.deposits.domain.facts import DepositView, PaymentView
from exchange.deposits.domain.states import MoneyState
from exchange.ledger import queries as ledger
from exchange.ledger.domain.units import Book
from exchange.projects.models import Lot
from tests.cast import actor
from tests.integration.exchange.auctions import story
from tests.integration.exchange.auctions.test_story import TWO, contracted, hammered
from tests.signing import sign_as

pytestmark = pytest.mark.django_db(transaction=True)


def default(deal: Deal, at: datetime, *, take_next: bool = False) -> None:
    auctions.record_default(
        actor=actor("staff"),
        deal_id=deal.pk,
        decision=story.decision("佛环函〔2026〕20号", at),
        reason="逾期未履行",
        take_next=take_next,
        at=at,
    )


def sold() -> tuple[Lot, Deal, datetime]:
    lot = story.qualified_lot(TWO)
    after = hammered(lot)
    return lot, Deal.objects.get(lot=lot), after


def deposit_of(lot: Lot, key: str) -> DepositView:
    found = deposits.deposit_of(lot.pk, story.company(key).pk)
    assert found is not None
    return found


def price_of(deal: Deal) -> PaymentView:
    found = deposits.payment_of(f"deal:{deal.pk}")
    assert found is not None
    return found


def test_a_buyer_who_confirmed_does_not_lose_its_deposit_because_the_seller_did_not() -> None:
    lot, deal, after = sold()
    sign_as("buyer1", auctions.request_confirmation(actor=actor("buyer1"), deal_id=deal.pk, at=after), at=after)

    with pytest.raises(BuyerNotInArrears):
        default(deal, after + timedelta(days=10))

    deal.refresh_from_db()
    assert deal.state == "AWARDED"
    assert deposit_of(lot, "buyer1").state is MoneyState.RETAINED


def test_a_contract_that_was_never_drawn_up_is_not_the_buyers_fault() -> None:
    _lot, deal, after = sold()
    for key in ("seller", "buyer1"):
        sign_as(key, auctions.request_confirmation(actor=actor(key), deal_id=deal.pk, at=after), at=after)

    with pytest.raises(BuyerNotInArrears):
        default(deal, after + timedelta(days=10))


def test_a_price_that_has_arrived_and_waits_for_the_voucher_is_no_default() -> None:
    _lot, deal, after = sold()
    contracted(deal, after + timedelta(hours=1))
    story.pay(price_of(deal), "buyer1", at=after + timedelta(days=1))

    with pytest.raises(BuyerNotInArrears):
        default(deal, after + timedelta(days=40))


def test_a_buyer_who_does_not_pay_loses_the_deposit_that_counted_towards_the_price_and_nothing_more() -> None:
    lot, deal, after = sold()
    contracted(deal, after + timedelta(hours=1))
    deposit = deposit_of(lot, "buyer1")
    assert deposit.state is MoneyState.APPLIED
    story.pay(price_of(deal), "buyer1", at=after + timedelta(days=1), amount=Decimal("1000.00"))

    late = after + timedelta(days=40)
    default(deal, late)

    lot.refresh_from_db()
    forfeited, price = deposit_of(lot, "buyer1"), price_of(deal)
    own = {leg.kind: leg.principal for leg in deposits.legs(actor("finance")) if leg.reason == "逾期未履行"}
    assert lot.state == "FAILED"
    assert (forfeited.state, forfeited.decision_no) == (MoneyState.FORFEITED, "佛环函〔2026〕20号")
    assert price.state is MoneyState.RELEASED
    assert own == {"FORFEIT": deposit.amount, "REFUND": Decimal("1000.00")}
    assert set(ledger.totals(Book.MONEY).values()) <= {Decimal("0.00")}
    assert ledger.wrong_balances(Book.MONEY) == []


def test_a_buyer_who_paid_nothing_of_the_price_leaves_no_price_to_give_back() -> None:
    lot, deal, after = sold()
    contracted(deal, after + timedelta(hours=1))

    default(deal, after + timedelta(days=40), take_next=True)

    assert deposit_of(lot, "buyer1").state is MoneyState.FORFEITED
    assert price_of(deal).state is MoneyState.CANCELLED
    assert Deal.objects.get(lot=lot, state="AWARDED").buyer_id == story.company("buyer2").pk


def test_a_deal_ends_only_once_its_result_is_out() -> None:
    _lot, deal, after = sold()
    Deal.objects.filter(pk=deal.pk).update(notified_at=None)

    with pytest.raises(NotAnnounced):
        auctions.end_deal(
            actor=actor("staff"),
            deal_id=deal.pk,
            decision=story.decision("佛环函〔2026〕41号", after),
            reason="出让指标被依法收回",
            at=after,
        )
