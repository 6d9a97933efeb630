"""Deposits and payments from the first expectation to the bank's last entry."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import LazySettings
from django.db import connections

from commons.approvals.domain.approval import ApprovalNeedsAnotherPerson, ApprovalNotGiven
from commons.domain.actor import system_actor
from commons.domain.money import Money
from commons.domain.refusals import Malformed, NotAllowedNow, NotFound, NotPermitted, Refusal
from commons.evidence.models import EvidenceEntry
from exchange.deposits import queries, services
from exchange.deposits.domain.entries import EntryState, NotForThis
from exchange.deposits.domain.facts import DepositView, PaymentView
from exchange.deposits.domain.pain import NAMESPACE
from exchange.deposits.domain.payouts import BatchChanged, LegState, NothingDue, PayeeNotListed
from exchange.deposits.domain.states import AmountDiffers, DecisionNeeded, MoneyState, ReasonNeeded, TreasuryHoldsIt
from exchange.deposits.models import BankEntry, BankFile, MoneyExpectation, PayoutLeg
from exchange.deposits.services import AccountFacts
from exchange.ledger import queries as ledger
from exchange.ledger.domain.units import Book
from exchange.projects.models import Lot, Project
from tests import cast
from tests.bank import Line, statement

AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
DUE = datetime(2026, 6, 5, 9, 0, tzinfo=UTC)
PAID = datetime(2026, 6, 3, 1, 0, tzinfo=UTC)
FLOW = system_actor("test")
pytestmark = pytest.mark.django_db

ACCOUNTS = {"jinma": "4400000001", "lanshi": "4400000002", "nanfeng": "4400000003", "treasury": "4400000009"}


def yuan(text: str) -> Money:
    return Money(Decimal(text))


@pytest.fixture(autouse=True)
def _books_balance(settings: LazySettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whatever a test does, the books balance afterwards."""
    folder = tmp_path_factory.mktemp("vault")
    settings.STORAGES = {
        **settings.STORAGES,
        "vault": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder)}},
    }
    for party in ACCOUNTS:
        listed(party)
    yield
    assert set(ledger.totals(Book.MONEY).values()) <= {Decimal("0.00")}
    assert ledger.wrong_balances(Book.MONEY) == []


def listed(party: str) -> int:
    facts = AccountFacts(
        number=ACCOUNTS[party],
        name=cast.ORGANISATIONS[party].name,
        bank_name="工商银行佛山分行",
        bank_code="102588000010",
        document_ref="J5880000000101",
        use="TREASURY" if party == "treasury" else "BASIC",
    )
    return services.record_account(actor=FLOW, organisation_id=cast.organisation(party).pk, facts=facts, at=AT)


def lot(number: int = 1) -> Lot:
    project = Project.objects.create(
        seller_id=cast.organisation("ecology").pk,
        trade_type="EMISSION_RIGHTS",
        region="440600",
        title="NH3-N",
        created_at=AT,
    )
    return Lot.objects.create(
        project=project,
        number=number,
        instrument="NH3-N",
        quantity="1.680",
        start_price="20000",
        step="100",
        profile_name="extension",
        opens_at=AT + timedelta(days=9),
        state="REGISTERING",
    )


def expect(of: Lot, party: str = "jinma", amount: str = "6720.00") -> DepositView:
    return services.expect_deposit(
        actor=cast.actor("buyer1"),
        lot_id=of.pk,
        organisation_id=cast.organisation(party).pk,
        amount=yuan(amount),
        due_at=DUE,
        at=AT,
    )


def expect_price(of: Lot, amount: str = "33600.00", *, apply_deposit: bool = False) -> PaymentView:
    return services.expect_payment(
        actor=FLOW,
        subject="deal:1",
        lot_id=of.pk,
        organisation_id=cast.organisation("jinma").pk,
        amount=yuan(amount),
        due_at=DUE,
        at=AT,
        apply_deposit=apply_deposit,
    )


def line(to: DepositView | PaymentView, party: str = "jinma", amount: str = "6720.00", ref: str = "R1") -> Line:
    return Line(
        amount,
        payer=cast.ORGANISATIONS[party].name,
        payer_account=ACCOUNTS[party],
        credited=to.sub_account_no,
        bank_ref=ref,
    )


_messages = iter(range(1, 10_000))


def bank(*lines: Line, at: datetime = PAID, kind: str = "camt.054") -> services.ImportReport:
    content = statement(*lines, at=at, kind=kind, message=f"M{next(_messages)}")
    return services.import_file(actor=cast.actor("finance"), content=content, name="bank.xml", at=at)


def deposit(of: Lot, party: str = "jinma") -> DepositView:
    found = queries.deposit_of(of.pk, cast.organisation(party).pk)
    assert found is not None
    return found


def act(verb: str, of: Lot, reason: str = "lost", at: datetime = PAID) -> DepositView:
    found: DepositView = getattr(services, verb)(
        actor=FLOW, lot_id=of.pk, organisation_id=cast.organisation("jinma").pk, reason=reason, at=at
    )
    return found


def propose(*kinds: str, on: date = date(2026, 6, 11), at: datetime = PAID) -> int:
    due = [leg.id for leg in queries.legs(cast.actor("finance")) if not kinds or leg.kind in kinds]
    return services.propose_batch(
        actor=cast.actor("finance"), leg_ids=due, execute_on=on, reason="refunds of the week", at=at
    )


def order(*kinds: str, on: date = date(2026, 6, 11), at: datetime = PAID) -> int:
    batch_id = propose(*kinds, on=on, at=at)
    services.order_batch(actor=cast.actor("finance2"), batch_id=batch_id, at=at)
    return batch_id


def confirmations(batch_id: int) -> list[Line]:
    legs = queries.batch(cast.actor("finance"), batch_id).legs
    return [
        Line(f"{leg.total:.2f}", direction="DBIT", end_to_end=leg.end_to_end_id, bank_ref=f"D{leg.id}") for leg in legs
    ]


# Deposits come in


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


# The queue


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
        services.explain_entry(actor=cast.actor("finance"), entry_id=waiting.id, reason=" ", at=PAID)
    services.explain_entry(actor=cast.actor("finance"), entry_id=waiting.id, reason="bank fee", at=PAID)
    assert queries.entries(cast.actor("finance")) == ()


# Files


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


def test_a_reversal_of_money_that_has_moved_on_waits_for_a_person() -> None:
    offered = lot()
    asked = expect(offered)
    bank(line(asked))
    act("retain", offered)

    bank(replace(line(asked), direction="DBIT", reversal=True))

    assert deposit(offered).covered
    assert [item.trouble for item in queries.entries(cast.actor("finance"))] == ["REVERSAL_UNCLEAR"]


# Refunds


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

    services.reject_batch(actor=cast.actor("finance2"), batch_id=batch_id, reason="wrong day", at=PAID)

    [leg] = queries.legs(cast.actor("finance"))
    assert leg.state == LegState.DUE
    with pytest.raises(NotFound):
        services.note_download(actor=cast.actor("finance"), batch_id=batch_id, at=PAID)


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

    second = expect(offered)

    assert second.sub_account_no != first.sub_account_no
    assert (deposit(offered).state, deposit(offered).received) == (MoneyState.EXPECTED, yuan("0.00"))


# The winner


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


# The allow-list


def test_an_account_gets_on_the_list_by_two_persons_and_replaces_the_earlier_one() -> None:
    company = cast.organisation("jinma").pk
    facts = AccountFacts("6200 0000 77", "佛山金马印染有限公司", "中国银行", "104588000013", "J2")
    number = services.propose_account(actor=cast.actor("buyer1"), organisation_id=company, facts=facts, at=AT)
    with pytest.raises(NotFound):
        services.list_account(actor=cast.actor("finance2"), account_id=number, at=AT)
    services.vet_account(actor=cast.actor("finance"), account_id=number, reason="papers seen", at=AT)
    with pytest.raises(ApprovalNeedsAnotherPerson):
        services.list_account(actor=cast.actor("finance"), account_id=number, at=AT)

    services.list_account(actor=cast.actor("finance2"), account_id=number, at=AT)

    [standing] = queries.accounts(cast.actor("buyer1"), organisation_id=company)
    assert (standing.number, standing.listed_at) == ("6200000077", AT)


@pytest.mark.parametrize(
    "changes", [{"number": "12345"}, {"number": "1" * 35}, {"bank_code": "1025"}, {"bank_code": "１" * 12}]
)
def test_an_account_that_no_bank_has_is_refused(changes: dict[str, Any]) -> None:
    facts = replace(AccountFacts("4400000001", "n", "b", "102588000010", "J"), **changes)

    with pytest.raises(Malformed):
        services.propose_account(
            actor=cast.actor("buyer1"), organisation_id=cast.organisation("jinma").pk, facts=facts, at=AT
        )


# Who may see and do what

NOBODY_ELSE = ["buyer1", "buyer2", "seller", "staff", "host", "treasury", "regulator", "auditor"]


@pytest.mark.parametrize("who", NOBODY_ELSE)
def test_only_finance_sees_the_books(who: str) -> None:
    viewer = cast.actor(who)

    for question in (
        queries.entries,
        queries.files,
        queries.legs,
        queries.batches,
        queries.accounts,
        queries.cash_book,
    ):
        with pytest.raises(NotPermitted):
            question(viewer)


@pytest.mark.parametrize("who", NOBODY_ELSE)
def test_only_finance_moves_money(who: str) -> None:
    actor = cast.actor(who)
    calls = (
        lambda: services.import_file(actor=actor, content=b"", name="x", at=AT),
        lambda: services.claim_entry(actor=actor, entry_id=1, expectation_id=1, reason="r", at=AT),
        lambda: services.agree_claim(actor=actor, entry_id=1, at=AT),
        lambda: services.send_back(actor=actor, entry_id=1, reason="r", at=AT),
        lambda: services.explain_entry(actor=actor, entry_id=1, reason="r", at=AT),
        lambda: services.propose_batch(actor=actor, leg_ids=[1], execute_on=AT.date(), reason="r", at=AT),
        lambda: services.order_batch(actor=actor, batch_id=1, at=AT),
        lambda: services.note_download(actor=actor, batch_id=1, at=AT),
        lambda: services.remit(actor=actor, expectation_id=1, at=AT),
        lambda: services.vet_account(actor=actor, account_id=1, reason="r", at=AT),
        lambda: services.list_account(actor=actor, account_id=1, at=AT),
    )
    for call in calls:
        with pytest.raises(NotPermitted):
            call()


@pytest.mark.parametrize("who", [name for name in cast.PARTIES if name != "treasury"])
def test_only_the_treasury_records_vouchers(who: str) -> None:
    with pytest.raises(NotPermitted):
        services.record_voucher(
            actor=cast.actor(who), subject="deal:1", number="1", amount=yuan("1.00"), document_id=None, at=AT
        )


@pytest.mark.parametrize(
    ("who", "before", "after"),
    [
        ("finance", True, True),
        ("buyer1", False, False),
        ("seller", False, False),
        ("staff", False, True),
        ("host", False, False),
        ("regulator", False, True),
        ("auditor", False, True),
    ],
)
def test_who_has_a_deposit_is_hidden_until_the_result_is_announced(who: str, before: bool, after: bool) -> None:
    offered = lot()
    expect(offered)

    stages = {"METHOD_DECIDED": before, "HAMMERED": before, "NOTICED": after, "FAILED": before, "TERMINATED": before}
    for state, may in stages.items():
        Lot.objects.filter(pk=offered.pk).update(state=state)
        if may:
            assert len(queries.deposits_of_lot(cast.actor(who), offered.pk)) == 1
        else:
            with pytest.raises(NotPermitted):
                queries.deposits_of_lot(cast.actor(who), offered.pk)


def test_a_payer_sees_its_own_money_and_nobody_elses() -> None:
    offered = lot()
    asked = expect(offered)

    [own] = queries.money_of(cast.actor("buyer1"), cast.organisation("jinma").pk)
    assert own.sub_account_no == asked.sub_account_no
    assert queries.money(cast.actor("buyer1"), asked.id).id == asked.id
    with pytest.raises(NotFound):
        queries.money(cast.actor("buyer2"), asked.id)
    with pytest.raises(NotPermitted):
        queries.money_of(cast.actor("buyer2"), cast.organisation("jinma").pk)


@pytest.mark.parametrize("who", ["staff", "regulator", "auditor"])
def test_overseers_find_only_the_lots_whose_room_is_over_on_the_list(who: str) -> None:
    over, running = lot(), lot(2)
    expect(over)
    expect(running)
    Lot.objects.filter(pk=over.pk).update(state="NOTICED")

    assert [line.lot_id for line in queries.desk(cast.actor(who))] == [over.pk]
    assert len(queries.desk(cast.actor("finance"))) == 2
    with pytest.raises(NotPermitted):
        queries.desk(cast.actor("buyer1"))


def test_evidence_of_money_names_neither_payer_nor_lot() -> None:
    offered = lot()
    asked = expect(offered)
    bank(line(asked))

    said = " ".join(bytes(row.payload).decode() for row in EvidenceEntry.objects.filter(stream=f"money:{asked.id}"))

    assert "MoneyCovered" in set(EvidenceEntry.objects.values_list("type", flat=True))
    assert cast.ORGANISATIONS["jinma"].name not in said
    assert asked.sub_account_no not in said
    assert f"lot:{offered.pk}" not in said
    assert MoneyExpectation.objects.count() == BankFile.objects.count() == 1


# Races


def together(*works: Callable[[], object]) -> list[object]:
    barrier = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=10)
            return work()
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.mark.django_db(transaction=True)
def test_one_file_taken_in_twice_at_once_is_booked_once() -> None:
    offered = lot()
    content = statement(line(expect(offered)), at=PAID)
    finance = cast.actor("finance")

    def take_in() -> object:
        return services.import_file(actor=finance, content=content, name="x.xml", at=PAID).taken_in

    assert sorted(together(take_in, take_in), key=str) == [False, True]
    assert deposit(offered).received == yuan("6720.00")


@pytest.mark.django_db(transaction=True)
def test_one_deposit_expected_twice_at_once_has_one_virtual_account() -> None:
    offered = lot()
    buyer, company = cast.actor("buyer1"), cast.organisation("jinma").pk

    def ask() -> object:
        found = services.expect_deposit(
            actor=buyer, lot_id=offered.pk, organisation_id=company, amount=yuan("6720.00"), due_at=DUE, at=AT
        )
        return found.sub_account_no

    first, second = together(ask, ask)

    assert first == second


@pytest.mark.django_db(transaction=True)
def test_one_batch_ordered_twice_at_once_pays_once() -> None:
    offered = lot()
    bank(line(expect(offered)))
    act("release", offered)
    batch_id = propose()
    second = cast.actor("finance2")

    def order_it() -> object:
        services.order_batch(actor=second, batch_id=batch_id, at=PAID)
        return "ordered"

    results = together(order_it, order_it)

    assert [result for result in results if result == "ordered"] == ["ordered"]
    assert queries.cash_book(cast.actor("finance")).interest == Decimal("0.07")
