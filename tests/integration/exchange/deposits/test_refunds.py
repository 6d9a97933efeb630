"""Money that goes back, to the treasury, or on to the price."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest

from commons.approvals import services as approvals
from commons.approvals.domain.approval import ApprovalNeedsAnotherPerson
from commons.domain.refusals import Malformed, NotAllowedNow, NotFound
from exchange.deposits import queries, services
from exchange.deposits.domain.pain import NAMESPACE
from exchange.deposits.domain.payouts import BatchChanged, LegState, NothingDue, PayeeNotListed
from exchange.deposits.domain.states import DecisionNeeded, MoneyState, TreasuryHoldsIt
from exchange.deposits.models import PayoutBatch, PayoutLeg
from tests import cast
from tests.bank import Line
from tests.integration.exchange.deposits.money import (
    ACCOUNTS,
    AT,
    FLOW,
    PAID,
    act,
    bank,
    confirmations,
    deposit,
    expect,
    expect_price,
    line,
    lot,
    order,
    propose,
    yuan,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_balance")]


def test_a_deposit_goes_back_with_interest_after_two_persons_and_the_bank() -> None:
    offered = lot()
    bank(line(expect(offered)))
    released = act("release", offered)
    assert (released.state, released.refund_due_on) == (MoneyState.RELEASED, date(2026, 6, 10))
    assert not released.covered

    batch_id = propose(on=date(2026, 6, 10))
    with pytest.raises(ApprovalNeedsAnotherPerson):
        services.order_batch(actor=cast.actor("finance"), batch_id=batch_id, at=PAID)
    services.order_batch(actor=cast.actor("finance2"), batch_id=batch_id, at=PAID)

    batch = queries.batch(cast.actor("finance"), batch_id)
    [leg] = batch.legs
    # 6720.00 × 0.0005 × 7 days ÷ 360 = 0.0653…
    assert (leg.principal, leg.interest, leg.payee_account) == (Decimal("6720.00"), Decimal("0.07"), ACCOUNTS["jinma"])
    name, content = services.note_download(actor=cast.actor("finance"), batch_id=batch_id, at=PAID)
    root = ElementTree.fromstring(content)
    assert name == f"{batch.number}.xml"
    assert [item.text for item in root.iter(f"{{{NAMESPACE}}}CtrlSum")] == ["6720.07", "6720.07"]
    assert [item.text for item in root.iter(f"{{{NAMESPACE}}}EndToEndId")] == [leg.end_to_end_id]

    report = bank(*confirmations(batch_id))

    assert report.tally.confirmed == 1
    assert deposit(offered).state is MoneyState.REFUNDED
    book = queries.cash_book(cast.actor("finance"))
    assert (book.cash, book.interest, book.payable) == (Decimal("-0.07"), Decimal("0.07"), Decimal(0))


def test_releasing_and_confirming_twice_is_harmless() -> None:
    offered = lot()
    bank(line(expect(offered)))
    for _ in range(2):
        act("release", offered)
    batch_id = order()
    for _ in range(2):
        bank(*confirmations(batch_id))

    assert PayoutLeg.objects.count() == 1
    assert queries.cash_book(cast.actor("finance")).payable == 0
    with pytest.raises(NothingDue):
        propose()


def test_a_rejected_batch_makes_its_payments_due_again() -> None:
    offered = lot()
    bank(line(expect(offered)))
    act("release", offered)
    batch_id = propose()

    with pytest.raises(Malformed):
        services.reject_batch(actor=cast.actor("finance2"), batch_id=batch_id, reason="", at=PAID)
    services.reject_batch(actor=cast.actor("finance2"), batch_id=batch_id, reason="wrong day", at=PAID)

    [leg] = queries.legs(cast.actor("finance"))
    assert leg.state == LegState.DUE
    with pytest.raises(NotFound):
        services.note_download(actor=cast.actor("finance"), batch_id=batch_id, at=PAID)


@pytest.mark.parametrize("became", ["rejected on the page", "approved on the page", "expired"])
def test_refunds_are_never_caught_in_a_batch_whose_request_went_its_own_way(became: str) -> None:
    """The page of approvals, or the timekeeper, decided on the request; the batch must still come to an end."""
    offered = lot()
    bank(line(expect(offered)))
    act("release", offered)
    batch_id = propose()
    approval_id = PayoutBatch.objects.get(pk=batch_id).approval_id
    if became == "expired":
        approvals.expire_due(PAID + timedelta(days=30))
    else:
        decide = approvals.reject if became.startswith("rejected") else approvals.approve
        decide(actor=cast.actor("finance2"), approval_id=approval_id, at=PAID)

    services.reject_batch(actor=cast.actor("finance2"), batch_id=batch_id, reason="anew", at=PAID)

    [leg] = queries.legs(cast.actor("finance"))
    assert leg.state == LegState.DUE
    assert propose() != batch_id


def test_a_refund_that_bounces_is_owed_again_and_paid_under_a_new_id() -> None:
    offered = lot()
    bank(line(expect(offered)))
    act("release", offered)
    first = order()
    [paid] = confirmations(first)
    bank(paid)

    bank(replace(paid, direction="CRDT", reversal=True, bank_ref="BACK"))
    assert deposit(offered).state is MoneyState.RELEASED
    second = order(on=date(2026, 6, 20))
    [again] = confirmations(second)
    bank(replace(again, bank_ref="D2"))

    assert again.end_to_end != paid.end_to_end
    assert again.amount == paid.amount
    assert deposit(offered).state is MoneyState.REFUNDED


def test_a_payment_that_the_bank_refused_can_be_ordered_again() -> None:
    offered = lot()
    bank(line(expect(offered)))
    act("release", offered)
    order()
    [leg] = queries.legs(cast.actor("finance"), states=[LegState.ORDERED])

    services.refused_by_bank(actor=cast.actor("finance"), leg_id=leg.id, reason="account closed", at=PAID)

    [due] = queries.legs(cast.actor("finance"))
    bank(*confirmations(order()))
    assert due.id == leg.id
    assert deposit(offered).state is MoneyState.REFUNDED


def test_no_money_goes_to_an_account_that_is_not_on_the_list() -> None:
    offered = lot()
    bank(line(expect(offered)))
    act("release", offered)
    for account in queries.accounts(cast.actor("finance"), organisation_id=cast.organisation("jinma").pk):
        with pytest.raises(Malformed):
            services.end_account(actor=cast.actor("finance"), account_id=account.id, reason=" ", at=AT)
        services.end_account(actor=cast.actor("finance"), account_id=account.id, reason="closed", at=AT)

    with pytest.raises(PayeeNotListed):
        propose()


def test_a_payee_taken_off_the_list_after_the_proposal_stops_the_order() -> None:
    offered = lot()
    bank(line(expect(offered)))
    act("release", offered)
    batch_id = propose()
    [account] = queries.accounts(cast.actor("finance"), organisation_id=cast.organisation("jinma").pk)
    services.end_account(actor=cast.actor("finance"), account_id=account.id, reason="stolen", at=AT)

    with pytest.raises(BatchChanged):
        services.order_batch(actor=cast.actor("finance2"), batch_id=batch_id, at=PAID)


def test_what_was_paid_late_or_in_part_goes_back_too() -> None:
    offered = lot()
    bank(line(expect(offered), amount="10.00"))

    services.cancel_expectation(
        actor=FLOW, lot_id=offered.pk, organisation_id=cast.organisation("jinma").pk, reason="refused", at=PAID
    )

    [leg] = queries.legs(cast.actor("finance"))
    assert leg.principal == Decimal("10.00")


def test_after_a_withdrawal_the_next_deposit_has_an_account_of_its_own() -> None:
    offered = lot()
    first = expect(offered)
    bank(line(first))
    services.cancel_expectation(
        actor=FLOW, lot_id=offered.pk, organisation_id=cast.organisation("jinma").pk, reason="withdrawn", at=PAID
    )

    second = expect(offered, at=PAID)

    assert second.sub_account_no != first.sub_account_no
    assert (deposit(offered).state, deposit(offered).received) == (MoneyState.EXPECTED, yuan("0.00"))


def test_the_winners_deposit_counts_towards_the_price_and_the_treasurys_voucher_makes_it_paid() -> None:
    offered = lot()
    bank(line(expect(offered)))
    act("retain", offered, "buyer of the lot")
    price = expect_price(offered, apply_deposit=True)
    assert (price.applied_deposit, price.received, price.covered) == (yuan("6720.00"), yuan("6720.00"), False)
    assert deposit(offered).state is MoneyState.APPLIED

    bank(line(price, amount="26880.00", ref="R2"))
    covered = queries.payment_of("deal:1")
    assert covered is not None
    assert (covered.covered, covered.paid) == (True, False)
    services.record_voucher(
        actor=cast.actor("treasury"),
        subject="deal:1",
        number="4406-1",
        amount=yuan("33600.00"),
        document_id=None,
        at=PAID,
    )

    paid = queries.payment_of("deal:1")
    assert paid is not None
    assert (paid.paid, paid.voucher_no) == (True, "4406-1")


def test_what_of_the_deposit_the_price_does_not_need_goes_back() -> None:
    offered = lot()
    bank(line(expect(offered)))
    act("retain", offered)

    price = expect_price(offered, "6000.00", apply_deposit=True)

    assert (price.covered, price.received) == (True, yuan("6000.00"))
    [leg] = queries.legs(cast.actor("finance"))
    assert (leg.kind, leg.principal) == ("REFUND", Decimal("720.00"))


def test_a_voucher_of_another_amount_or_for_a_second_payment_is_refused() -> None:
    expect_price(lot())
    arguments: dict[str, Any] = {"actor": cast.actor("treasury"), "subject": "deal:1", "document_id": None, "at": PAID}

    with pytest.raises(services.VoucherAmountDiffers):
        services.record_voucher(number="1", amount=yuan("1.00"), **arguments)
    for _ in range(2):
        services.record_voucher(number="1", amount=yuan("33600.00"), **arguments)
    with pytest.raises(services.VoucherKnown):
        services.record_voucher(number="2", amount=yuan("33600.00"), **arguments)
    with pytest.raises(NotFound):
        services.record_voucher(number="2", amount=yuan("1.00"), **{**arguments, "subject": "deal:9"})


def test_a_deposit_is_forfeited_to_the_treasury_by_a_numbered_decision_and_the_excess_goes_back() -> None:
    offered = lot()
    bank(line(expect(offered), amount="6800.00"))
    act("retain", offered)
    arguments: dict[str, Any] = {
        "actor": FLOW,
        "lot_id": offered.pk,
        "organisation_id": cast.organisation("jinma").pk,
        "document_id": None,
        "reason": "did not sign",
        "at": PAID,
    }
    with pytest.raises(DecisionNeeded):
        services.forfeit(decision_no=" ", **arguments)

    for _ in range(2):
        forfeited = services.forfeit(decision_no="佛环函〔2026〕3号", **arguments)
    batch_id = order()
    bank(*confirmations(batch_id))

    assert forfeited.state is MoneyState.FORFEITED
    paid = {
        leg.kind: (leg.payee_account, leg.principal, leg.interest)
        for leg in queries.batch(cast.actor("finance"), batch_id).legs
    }
    assert paid["FORFEIT"] == (ACCOUNTS["treasury"], Decimal("6720.00"), Decimal("0.00"))
    assert paid["REFUND"][:2] == (ACCOUNTS["jinma"], Decimal("80.00"))
    assert deposit(offered).state is MoneyState.FORFEITED


def test_a_deposit_that_is_not_covered_can_be_neither_retained_nor_forfeited() -> None:
    offered = lot()
    expect(offered)

    with pytest.raises(NotAllowedNow):
        act("retain", offered)
    with pytest.raises(NotAllowedNow):
        act("release", offered)
    with pytest.raises(NotAllowedNow):
        services.forfeit(
            actor=FLOW,
            lot_id=offered.pk,
            organisation_id=cast.organisation("jinma").pk,
            decision_no="1",
            document_id=None,
            reason="did not sign",
            at=PAID,
        )


def test_a_price_is_passed_on_to_the_treasury_once_and_the_excess_goes_back() -> None:
    price = expect_price(lot())
    finance = cast.actor("finance")
    with pytest.raises(NotAllowedNow):
        services.remit(actor=finance, expectation_id=price.id, at=PAID)
    bank(line(price, amount="33600.50"))
    assert [item.id for item in queries.to_remit(finance)] == [price.id]

    for _ in range(2):
        services.remit(actor=finance, expectation_id=price.id, at=PAID)
    batch_id = order()
    bank(*confirmations(batch_id))

    paid = {leg.kind: (leg.payee_account, leg.principal) for leg in queries.batch(finance, batch_id).legs}
    assert paid["PROCEEDS"] == (ACCOUNTS["treasury"], Decimal("33600.00"))
    assert paid["REFUND"] == (ACCOUNTS["jinma"], Decimal("0.50"))
    assert queries.to_remit(finance) == ()
    found = queries.payment_of("deal:1")
    assert found is not None
    assert found.covered, "what is passed on stays paid"
    with pytest.raises(TreasuryHoldsIt):
        services.release_payment(actor=FLOW, subject="deal:1", reason="deal ended", at=PAID)


def test_a_price_that_goes_back_bears_interest_on_the_applied_deposit_too() -> None:
    offered = lot()
    bank(line(expect(offered)))
    act("retain", offered)
    price = expect_price(offered, apply_deposit=True)
    bank(line(price, amount="26880.00", ref="R2"))
    services.release_payment(actor=FLOW, subject="deal:1", reason="deal ended", at=PAID)

    [leg] = queries.batch(cast.actor("finance"), order(on=date(2026, 6, 11))).legs

    # 33600.00 × 0.0005 × 8 days ÷ 360 = 0.3733…
    assert (leg.principal, leg.interest) == (Decimal("33600.00"), Decimal("0.37"))


def test_a_price_goes_back_when_the_deal_ends_without_fault() -> None:
    offered = lot()
    bank(line(expect_price(offered), amount="33600.00"))

    services.release_payment(actor=FLOW, subject="deal:1", reason="deal ended", at=PAID)

    [leg] = queries.legs(cast.actor("finance"))
    assert leg.principal == Decimal("33600.00")
    found = queries.payment_of("deal:1")
    assert found is not None
    assert not found.covered


# What a dishonest clerk would try


def refused_refund() -> tuple[Line, int]:
    """A refund that was ordered, and that a clerk then calls refused by the bank; the bank's debit, and the leg."""
    offered = lot()
    bank(line(expect(offered)))
    act("release", offered)
    [paid] = confirmations(order())
    [leg] = queries.legs(cast.actor("finance"), states=[LegState.ORDERED])
    services.refused_by_bank(actor=cast.actor("finance"), leg_id=leg.id, reason="AC04", at=PAID)
    return paid, leg.id


@pytest.mark.parametrize("batched", [False, True])
def test_a_payment_that_was_called_refused_and_carried_out_is_not_paid_again(batched: bool) -> None:
    paid, _leg = refused_refund()
    batch_id = propose() if batched else 0

    report = bank(paid)

    assert (report.tally.confirmed, queries.legs(cast.actor("finance"))) == (1, ())
    assert [leg.state for leg in queries.legs(cast.actor("finance"), states=[LegState.PAID])] == ["PAID"]
    if batched:
        with pytest.raises(BatchChanged):
            services.order_batch(actor=cast.actor("finance2"), batch_id=batch_id, at=PAID)


def test_a_payment_that_was_ordered_again_and_carried_out_twice_is_called_so() -> None:
    paid, _leg = refused_refund()
    order()

    bank(paid)

    assert [entry.trouble for entry in queries.entries(cast.actor("finance"))] == ["PAID_TWICE"]


def test_a_batch_is_not_executed_so_late_that_interest_grows() -> None:
    offered = lot()
    bank(line(expect(offered)))
    act("release", offered)

    with pytest.raises(Malformed):
        propose(on=PAID.date() + timedelta(days=32))
