"""Money that comes: what it is for, what waits, what two files say."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from commons.approvals import services as approvals
from commons.approvals.domain.approval import ApprovalNeedsAnotherPerson, ApprovalNotGiven
from commons.domain.refusals import NotAllowedNow
from commons.inbox.models import InboxMessage
from exchange.deposits import queries, services
from exchange.deposits.domain.entries import EntryState, Explanation, NotForThis
from exchange.deposits.domain.interest import Receipt, interest
from exchange.deposits.domain.payouts import BatchChanged, LegState
from exchange.deposits.domain.states import AmountDiffers, MoneyState, ReasonNeeded
from exchange.deposits.models import BankEntry, MoneyExpectation
from exchange.deposits.services.common import interest_terms
from tests import cast
from tests.bank import Line, statement
from tests.integration.exchange.deposits.money import (
    ACCOUNTS,
    AT,
    DUE,
    FLOW,
    PAID,
    act,
    bank,
    confirmations,
    deposit,
    expect,
    expect_price,
    line,
    listed,
    lot,
    order,
    propose,
    yuan,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_balance")]


def explain(entry_id: int, reason: str) -> None:
    services.explain_entry(
        actor=cast.actor("finance"), entry_id=entry_id, explanation=Explanation.OWN, reason=reason, at=PAID
    )


def test_a_deposit_is_covered_by_the_payment_to_its_virtual_account() -> None:
    offered = lot()
    asked = expect(offered)

    report = bank(line(asked))

    assert (report.tally.booked, report.tally.waiting) == (1, 0)
    found = deposit(offered)
    assert (found.covered, found.state, found.received) == (True, MoneyState.COVERED, yuan("6720.00"))


def test_the_reference_in_the_purpose_does_as_well_as_the_virtual_account() -> None:
    offered = lot()
    asked = expect(offered)

    bank(replace(line(asked), credited="", text=f"NH3-N 保证金 {asked.reference.lower()}"))

    assert deposit(offered).covered


def test_a_deposit_may_come_in_parts_and_too_much() -> None:
    offered = lot()
    asked = expect(offered)

    bank(line(asked, amount="6719.99"))
    assert (deposit(offered).state, deposit(offered).covered) == (MoneyState.PART_RECEIVED, False)
    bank(line(asked, amount="0.02", ref="R2"))

    assert (deposit(offered).covered, deposit(offered).excess) == (True, yuan("0.01"))


@pytest.mark.parametrize(
    ("at", "state"),
    [(DUE - timedelta(milliseconds=1), MoneyState.COVERED), (DUE, MoneyState.LATE)],
    ids=["just in time", "at the due time"],
)
def test_a_deposit_counts_when_it_was_booked_before_the_due_time(at: datetime, state: MoneyState) -> None:
    offered = lot()

    bank(line(expect(offered)), at=at)

    assert deposit(offered).state is state


def test_a_price_counts_also_when_it_comes_late() -> None:
    asked = expect_price(lot())

    bank(line(asked, amount="33600.00"), at=DUE + timedelta(days=1))

    found = queries.payment_of("deal:1")
    assert found is not None
    assert (found.covered, found.paid) == (True, False)


def test_one_deposit_cannot_back_two_lots() -> None:
    one, two = lot(), lot(2)
    first, second = expect(one), expect(two)

    bank(replace(line(first), text=second.reference))

    assert not deposit(one).covered
    assert not deposit(two).covered
    [waiting] = queries.entries(cast.actor("finance"))
    assert waiting.trouble == "NAMES_SEVERAL"


def test_each_payer_and_lot_has_a_virtual_account_of_its_own() -> None:
    one, two = lot(), lot(2)

    numbers = {expect(one).sub_account_no, expect(two).sub_account_no, expect(one, "lanshi").sub_account_no}

    assert len(numbers) == 3
    assert expect(one).sub_account_no in numbers


def test_asking_another_amount_is_refused_once_money_has_come() -> None:
    offered = lot()
    assert expect(offered, amount="6000.00").sub_account_no == expect(offered, amount="6720.00").sub_account_no
    bank(line(expect(offered)))

    with pytest.raises(AmountDiffers):
        expect(offered, amount="7000.00")


@pytest.mark.parametrize(
    ("changes", "trouble"),
    [
        ({"credited": "", "text": "deposit"}, "NAMES_NOTHING"),
        ({"payer": "佛山金马印染"}, "PAYER_NAME_DIFFERS"),
        ({"payer_account": "999"}, "PAYER_ACCOUNT_DIFFERS"),
    ],
)
def test_an_unclear_payment_waits_in_the_queue_and_covers_nothing(changes: dict[str, Any], trouble: str) -> None:
    offered = lot()

    report = bank(replace(line(expect(offered)), **changes))

    assert (report.tally.booked, report.tally.waiting) == (0, 1)
    assert deposit(offered).state is MoneyState.EXPECTED
    [waiting] = queries.entries(cast.actor("finance"))
    assert waiting.trouble == trouble
    assert queries.cash_book(cast.actor("finance")).unclear == Decimal("6720.00")


def test_a_payment_without_a_listed_basic_account_waits() -> None:
    offered = lot()
    asked = expect(offered)
    for account in queries.accounts(cast.actor("buyer1"), organisation_id=cast.organisation("jinma").pk):
        services.end_account(actor=cast.actor("finance"), account_id=account.id, reason="closed", at=AT)

    bank(line(asked))

    assert [item.trouble for item in queries.entries(cast.actor("finance"))] == ["PAYER_ACCOUNT_UNKNOWN"]


def test_an_unclear_payment_is_claimed_by_two_persons_with_a_reason() -> None:
    offered = lot()
    asked = expect(offered)
    bank(replace(line(asked), credited="", text="?"))
    [waiting] = queries.entries(cast.actor("finance"))
    claim: dict[str, Any] = {"entry_id": waiting.id, "at": PAID}

    services.claim_entry(actor=cast.actor("finance"), expectation_id=asked.id, reason="called the payer", **claim)
    assert not deposit(offered).covered
    with pytest.raises(ApprovalNeedsAnotherPerson):
        services.agree_claim(actor=cast.actor("finance"), **claim)
    services.agree_claim(actor=cast.actor("finance2"), **claim)

    assert deposit(offered).covered
    assert queries.entries(cast.actor("finance")) == ()
    with pytest.raises(ApprovalNotGiven):
        services.agree_claim(actor=cast.actor("finance2"), **claim)


@pytest.mark.parametrize("became", ["rejected", "approved"])
def test_a_claim_that_was_decided_on_the_page_of_approvals_can_still_be_dropped(became: str) -> None:
    asked = expect(lot())
    bank(replace(line(asked), credited="", text="?"))
    [waiting] = queries.entries(cast.actor("finance"))
    arguments: dict[str, Any] = {"entry_id": waiting.id, "at": PAID, "reason": "not ours"}
    approval_id = services.claim_entry(actor=cast.actor("finance"), expectation_id=asked.id, **arguments)
    decide = approvals.reject if became == "rejected" else approvals.approve
    decide(actor=cast.actor("finance2"), approval_id=approval_id, at=PAID)

    services.drop_claim(actor=cast.actor("finance"), **arguments)

    services.claim_entry(actor=cast.actor("finance"), expectation_id=asked.id, **arguments)


def test_a_claim_may_be_dropped_and_money_of_nobody_goes_back_where_it_came_from() -> None:
    asked = expect(lot())
    bank(replace(line(asked), credited="", text="?"))
    [waiting] = queries.entries(cast.actor("finance"))
    arguments: dict[str, Any] = {"entry_id": waiting.id, "at": PAID, "reason": "not ours"}
    services.claim_entry(actor=cast.actor("finance"), expectation_id=asked.id, **arguments)
    services.drop_claim(actor=cast.actor("finance2"), **arguments)

    services.send_back(actor=cast.actor("finance"), **arguments)
    batch_id = order("RETURN")
    bank(*confirmations(batch_id))

    [leg] = queries.batch(cast.actor("finance"), batch_id).legs
    assert (leg.payee_account, leg.total, leg.state) == (ACCOUNTS["jinma"], Decimal("6720.00"), LegState.PAID)
    assert BankEntry.objects.get(pk=waiting.id).state == EntryState.RETURNED
    assert queries.cash_book(cast.actor("finance")).cash == 0


def test_a_claim_is_refused_for_what_is_over() -> None:
    offered = lot()
    asked = expect(offered)
    services.cancel_expectation(
        actor=FLOW, lot_id=offered.pk, organisation_id=cast.organisation("jinma").pk, reason="withdrawn", at=AT
    )

    bank(line(asked))

    [waiting] = queries.entries(cast.actor("finance"))
    assert waiting.trouble == "NO_LONGER_EXPECTED"
    with pytest.raises(NotForThis):
        services.claim_entry(
            actor=cast.actor("finance"), entry_id=waiting.id, expectation_id=asked.id, reason="r", at=PAID
        )


def test_a_debit_that_nobody_ordered_is_shown_and_explained() -> None:
    report = bank(Line("12.00", direction="DBIT", bank_ref="FEE"))

    assert report.tally.waiting == 1
    [waiting] = queries.entries(cast.actor("finance"))
    assert waiting.trouble == "UNKNOWN_DEBIT"
    with pytest.raises(ReasonNeeded):
        explain(waiting.id, " ")
    explain(waiting.id, "bank fee")
    with pytest.raises(ApprovalNeedsAnotherPerson):
        services.agree_explanation(actor=cast.actor("finance"), entry_id=waiting.id, at=PAID)
    services.agree_explanation(actor=cast.actor("finance2"), entry_id=waiting.id, at=PAID)
    assert queries.entries(cast.actor("finance")) == ()


def test_a_movement_that_two_files_bring_is_booked_once() -> None:
    offered = lot()
    asked = expect(offered)
    bank(line(asked), kind="camt.054")

    report = bank(line(asked), at=PAID + timedelta(hours=9), kind="camt.053")

    assert (report.tally.booked, report.tally.known) == (0, 1)
    assert deposit(offered).received == yuan("6720.00")


def test_a_file_that_comes_twice_and_a_bad_one_stay_on_the_list_with_the_reason() -> None:
    offered = lot()
    content = statement(line(expect(offered)), at=PAID)
    finance = cast.actor("finance")

    reports = [
        services.import_file(actor=finance, content=item, name="x.xml", at=PAID) for item in (content, content, b"<x")
    ]

    assert [report.refusal and report.refusal.code for report in reports] == [
        None,
        "BANK_FILE_KNOWN",
        "BANK_FILE_REFUSED",
    ]
    assert deposit(offered).received == yuan("6720.00")
    shown = queries.files(finance)
    assert [found.refusal and found.refusal.code for found in shown] == ["BANK_FILE_REFUSED", "BANK_FILE_KNOWN", None]


def test_a_file_with_one_bad_entry_books_nothing() -> None:
    offered = lot()
    asked = expect(offered)

    report = bank(line(asked), replace(line(asked, ref="R2"), amount="1.001"))

    assert report.refusal is not None
    assert deposit(offered).received == 0
    assert BankEntry.objects.count() == 0


def test_a_file_of_another_account_is_refused() -> None:
    content = statement(line(expect(lot())), at=PAID, account="4400000000000000001")

    report = services.import_file(actor=cast.actor("finance"), content=content, name="x.xml", at=PAID)

    assert report.refusal is not None
    assert report.refusal.code == "BANK_FILE_OTHER_ACCOUNT"


def test_a_reversed_receipt_no_longer_covers() -> None:
    offered = lot()
    asked = expect(offered)
    bank(line(asked))

    report = bank(replace(line(asked), direction="DBIT", reversal=True))

    assert report.tally.waiting == 0
    assert (deposit(offered).state, deposit(offered).received) == (MoneyState.PART_RECEIVED, yuan("0.00"))


def test_a_retained_deposit_is_taken_back_too_and_its_payer_is_told() -> None:
    offered = lot()
    asked = expect(offered)
    bank(line(asked))
    act("retain", offered)

    report = bank(replace(line(asked), direction="DBIT", reversal=True))

    assert report.tally.waiting == 0
    assert (deposit(offered).state, deposit(offered).taken_back_at) == (MoneyState.PART_RECEIVED, PAID)
    [message] = InboxMessage.objects.all()
    assert "took back" in message.subject_msgid
    assert message.fields == {"amount": "6720.00"}


def test_a_reversal_before_a_refund_is_ordered_cancels_the_refund() -> None:
    offered = lot()
    asked = expect(offered)
    bank(line(asked))
    act("release", offered)
    listed("jinma")
    batch_id = propose("REFUND")

    bank(replace(line(asked), direction="DBIT", reversal=True))

    assert deposit(offered).state is MoneyState.CANCELLED
    assert queries.legs(cast.actor("finance")) == ()
    assert [leg.state for leg in queries.legs(cast.actor("finance"), states=list(LegState))] == ["CANCELLED"]
    with pytest.raises(BatchChanged):
        services.order_batch(actor=cast.actor("finance2"), batch_id=batch_id, at=PAID)
    assert queries.cash_book(cast.actor("finance")).payable == 0


def test_a_deposit_that_was_never_whole_is_not_forfeited() -> None:
    offered = lot()
    bank(line(expect(offered), amount="100.00"))

    with pytest.raises(NotAllowedNow):
        services.forfeit(
            actor=FLOW,
            lot_id=offered.pk,
            organisation_id=cast.organisation("jinma").pk,
            decision_no="1",
            document_id=None,
            reason="x",
            at=PAID,
        )


def test_a_reversal_of_one_of_two_receipts_shortens_the_refund() -> None:
    offered = lot()
    asked = expect(offered)
    bank(line(asked), line(asked, amount="100.00", ref="R2"))
    act("release", offered)

    bank(replace(line(asked, amount="100.00", ref="R2"), direction="DBIT", reversal=True))

    [leg] = queries.legs(cast.actor("finance"))
    assert (leg.principal, deposit(offered).state) == (yuan("6720.00"), MoneyState.RELEASED)


def test_a_reversal_of_money_whose_refund_is_on_its_way_waits_for_a_person() -> None:
    offered = lot()
    asked = expect(offered)
    bank(line(asked))
    act("release", offered)
    listed("jinma")
    order("REFUND")

    bank(replace(line(asked), direction="DBIT", reversal=True))

    assert [item.trouble for item in queries.entries(cast.actor("finance"))] == ["REVERSAL_UNCLEAR"]


def test_interest_is_not_paid_for_the_days_of_a_receipt_that_the_bank_undid() -> None:
    offered = lot()
    asked = expect(offered, at=AT)
    bank(line(asked), at=AT + timedelta(hours=1))
    bank(replace(line(asked), direction="DBIT", reversal=True), at=AT + timedelta(hours=2))
    bank(line(asked, ref="R2"), at=PAID)
    act("release", offered)
    listed("jinma")

    [leg] = queries.batch(cast.actor("finance"), propose("REFUND", on=date(2026, 7, 3))).legs

    terms = interest_terms(MoneyExpectation.objects.get(pk=asked.id), date(2026, 7, 3))
    assert leg.interest == interest([Receipt(yuan("6720.00"), date(2026, 6, 3))], until=date(2026, 7, 3), terms=terms)


@pytest.mark.parametrize(("reversed_on", "state"), [(PAID, MoneyState.LATE), (DUE, MoneyState.COVERED)])
def test_a_deposit_is_made_good_after_its_due_time_only_where_it_was_whole_at_that_time(
    reversed_on: datetime, state: MoneyState
) -> None:
    offered = lot()
    asked = expect(offered)
    bank(line(asked))
    bank(replace(line(asked), direction="DBIT", reversal=True), at=reversed_on)

    bank(line(asked, ref="R2"), at=DUE + timedelta(days=1))

    assert deposit(offered).state is state


def test_what_comes_after_a_price_was_passed_on_waits_and_can_go_back() -> None:
    price = expect_price(lot())
    bank(line(price, amount="33600.00"))
    services.remit(actor=cast.actor("finance"), expectation_id=price.id, at=PAID)

    report = bank(line(price, amount="33600.00", ref="R2"))

    [entry] = queries.entries(cast.actor("finance"))
    assert (report.tally.booked, entry.trouble) == (0, "NO_LONGER_EXPECTED")
    assert price.id not in {one.id for one in queries.claimable(cast.actor("finance")).lines}
    services.send_back(actor=cast.actor("finance"), entry_id=entry.id, reason="paid twice", at=PAID)
    assert {leg.kind for leg in queries.legs(cast.actor("finance"))} == {"PROCEEDS", "RETURN"}


def test_a_price_that_the_treasury_confirmed_is_not_undone_by_a_bank_file() -> None:
    price = expect_price(lot())
    bank(line(price, amount="33600.00"))
    services.record_voucher(
        actor=cast.actor("treasury"),
        subject="deal:1",
        number="4406-1",
        amount=yuan("33600.00"),
        document_id=None,
        at=PAID,
    )

    bank(Line("33600.00", direction="DBIT", reversal=True, bank_ref="R1"))

    [entry] = queries.entries(cast.actor("finance"))
    found = queries.payment_of("deal:1")
    assert entry.trouble == "REVERSAL_UNCLEAR"
    assert found is not None
    assert found.paid


def test_a_deposit_whose_receipt_was_undone_and_that_nobody_wants_any_more_is_over() -> None:
    offered = lot()
    bank(line(expect(offered)))
    bank(Line("6720.00", direction="DBIT", reversal=True, bank_ref="R1"))

    services.cancel_expectation(
        actor=FLOW, lot_id=offered.pk, organisation_id=cast.organisation("jinma").pk, reason="refused", at=PAID
    )

    assert deposit(offered).state is MoneyState.CANCELLED
    assert queries.legs(cast.actor("finance")) == ()


@pytest.mark.parametrize(("amount", "state"), [("6000.00", MoneyState.COVERED), ("7000.00", MoneyState.PART_RECEIVED)])
def test_an_amended_deposit_keeps_what_has_come(amount: str, state: MoneyState) -> None:
    offered = lot()
    bank(line(expect(offered)))

    services.expect_deposit_anew(
        actor=FLOW,
        lot_id=offered.pk,
        organisation_id=cast.organisation("jinma").pk,
        amount=yuan(amount),
        due_at=DUE,
        at=PAID,
    )

    found = deposit(offered)
    assert (found.amount, found.received, found.state) == (yuan(amount), yuan("6720.00"), state)
    if state is MoneyState.PART_RECEIVED:
        bank(line(found, amount="280.00", ref="R9"))
        assert deposit(offered).covered
