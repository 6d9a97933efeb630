"""Questions about money. Pages hand in their viewer; the flow of the exchange asks plainly."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from commons.domain.actor import Actor
from commons.domain.money import Money
from commons.domain.refusals import NotFound, Refusal
from commons.domain.text import gettext_noop
from exchange.deposits.domain.entries import EntryState
from exchange.deposits.domain.facts import NOTHING, CollectingAccount, DepositView, PaymentView
from exchange.deposits.domain.payouts import LegState, PayoutKind
from exchange.deposits.domain.states import COVERING, MoneyState, Purpose
from exchange.deposits.models import (
    BankEntry,
    BankFile,
    MoneyExpectation,
    OwnAccount,
    PayeeAccount,
    PayoutBatch,
    PayoutLeg,
    TreasuryVoucher,
)
from exchange.deposits.policies import (
    OPEN_TO_OVERSEERS,
    can_handle_money,
    can_record_voucher,
    can_see_books,
    can_see_deposits_of_lot,
    can_see_money_afterwards,
    can_see_money_of,
)
from exchange.ledger import queries as ledger
from exchange.ledger.domain.units import Book

PAGE = 200

DEMONSTRATION = CollectingAccount(
    "4401660010100012345", "佛山市公共资源交易中心保证金专户", "佛山农村商业银行季华支行", "314588000016"
)
"""Stands in until finance enters an account, but never in production."""


class NoCollectingAccount(Refusal):
    code = "NO_COLLECTING_ACCOUNT"
    message = gettext_noop("The exchange has no collecting account yet. Finance enters it on the finance desk.")


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """An expectation with its payer, as lists show it."""

    id: int
    purpose: str
    subject: str
    lot_id: int
    organisation_id: int
    organisation_name: str
    amount: Decimal
    received: Decimal
    due_at: datetime
    sub_account_no: str
    reference: str
    state: str
    covered: bool
    refund_due_on: date | None
    refunded_at: datetime | None
    voucher_no: str


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry of the bank, as the queue shows it."""

    id: int
    amount: Decimal
    direction: str
    reversal: bool
    booked_on: date
    arrived_by: datetime
    payer_name: str
    payer_account: str
    credited_account: str
    text: str
    bank_ref: str
    end_to_end_id: str
    state: str
    trouble: str
    suggestion: MoneyLine | None
    claim: MoneyLine | None
    claim_approval_id: int | None
    file_name: str


@dataclass(frozen=True, slots=True)
class FileLine:
    """A bank file, taken in or refused."""

    id: int
    name: str
    version: str
    message_id: str
    made_at: datetime | None
    taken_in: bool
    refusal: Refusal | None
    pending: int
    known: int
    repeated: int
    imported_at: datetime


@dataclass(frozen=True, slots=True)
class LegLine:
    """A payment out."""

    id: int
    kind: str
    payee_name: str
    payee_account: str
    principal: Decimal
    interest: Decimal
    end_to_end_id: str
    state: str
    due_on: date
    reason: str
    paid_at: datetime | None
    batch_id: int | None
    lot_id: int | None

    @property
    def total(self) -> Decimal:
        return self.principal + self.interest


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A payment order."""

    id: int
    number: str
    state: str
    execute_on: date
    count: int
    total: Decimal
    approval_id: int
    proposed_by: str
    proposed_at: datetime
    ordered_at: datetime | None
    legs: tuple[LegLine, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account of the allow-list, or one that waits to be put there."""

    id: int
    organisation_id: int
    organisation_name: str
    use: str
    number: str
    name: str
    bank_name: str
    bank_code: str
    document_ref: str
    approval_id: int | None
    listed_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class CashBook:
    """What the books say of the bank account."""

    cash: Decimal
    held: Decimal
    unclear: Decimal
    payable: Decimal
    interest: Decimal
    unexplained: Decimal


def collecting_account() -> CollectingAccount:
    """The account to which buyers pay. Refuses (`NoCollectingAccount`) in production until one is entered."""
    row = OwnAccount.objects.order_by("-id").first()
    if row is not None:
        return CollectingAccount(row.number, row.name, row.bank_name, row.bank_code)
    if settings.PRODUCTION:
        raise NoCollectingAccount()
    return DEMONSTRATION


def deposit_of(lot_id: int, organisation_id: int) -> DepositView | None:
    """The deposit of one organisation for one lot, for the flow of the exchange itself; pages ask with their viewer."""
    rows = MoneyExpectation.objects.filter(
        purpose=Purpose.DEPOSIT.value, lot_id=lot_id, organisation_id=organisation_id
    )
    row = rows.order_by("-id").first()
    return None if row is None else deposit_view(row)


def payment_of(subject: str) -> PaymentView | None:
    """The purchase price expected under `subject` (for example `deal:7`)."""
    rows = MoneyExpectation.objects.filter(purpose=Purpose.PRICE.value, subject=subject)
    row = rows.select_related("voucher").order_by("-id").first()
    return None if row is None else payment_view(row)


def deposits_of_lot(viewer: Actor, lot_id: int) -> tuple[MoneyLine, ...]:
    """Who paid a deposit for a lot. Before the room is over for finance only; refuses everybody else."""
    rows = list(_lines().filter(purpose=Purpose.DEPOSIT.value, lot_id=lot_id).select_related("lot"))
    state = rows[0].lot.state if rows else ""
    can_see_deposits_of_lot(viewer, state).require()
    return tuple(map(_line, rows))


def money_of(viewer: Actor, organisation_id: int) -> tuple[MoneyLine, ...]:
    """What an organisation has to pay and has paid, the newest first. For itself and finance."""
    can_see_money_of(viewer, organisation_id).require()
    return tuple(map(_line, _lines().filter(organisation_id=organisation_id).order_by("-id")[:PAGE]))


def money(viewer: Actor, expectation_id: int) -> MoneyLine:
    """One expectation. Refuses (`NotFound`) also those who may not know of it."""
    row = _lines().filter(pk=expectation_id).first()
    if row is None or not can_see_money_of(viewer, row.organisation_id):
        raise NotFound()
    return _line(row)


def desk(viewer: Actor, *, search: str = "", state: str = "", purpose: str = "") -> tuple[MoneyLine, ...]:
    """Everything that is expected or held, the last due first; overseers see the lots whose room is over."""
    rows = _lines()
    if not can_see_books(viewer):
        can_see_money_afterwards(viewer).require()
        rows = rows.filter(lot__state__in=[state.value for state in OPEN_TO_OVERSEERS])
    if search:
        rows = rows.filter(
            Q(organisation__name__icontains=search) | Q(sub_account_no=search) | Q(reference__iexact=search)
        )
    if state:
        rows = rows.filter(state=state)
    if purpose:
        rows = rows.filter(purpose=purpose)
    return tuple(map(_line, rows.order_by("-due_at", "-id")[:PAGE]))


def claimable(viewer: Actor) -> tuple[MoneyLine, ...]:
    """What an unclear payment may be claimed for. Finance only."""
    can_see_books(viewer).require()
    bookable = [MoneyState.EXPECTED, MoneyState.PART_RECEIVED, MoneyState.LATE, MoneyState.COVERED, MoneyState.RETAINED]
    rows = _lines().filter(state__in=[state.value for state in bookable])
    return tuple(map(_line, rows.order_by("-due_at", "-id")[:PAGE]))


def entries(
    viewer: Actor, *, states: Iterable[EntryState] = (EntryState.WAITING, EntryState.CLAIMING)
) -> tuple[EntryLine, ...]:
    """The bank's entries in these states, the oldest first: the queue. Finance only."""
    can_see_books(viewer).require()
    rows = BankEntry.objects.filter(state__in=[state.value for state in states]).select_related("file")
    return _entry_lines(list(rows.order_by("id")[:PAGE]))


def entry(viewer: Actor, entry_id: int) -> EntryLine:
    """One entry of the bank. Refuses `NotFound`. Finance only."""
    can_see_books(viewer).require()
    found = _entry_lines(list(BankEntry.objects.filter(pk=entry_id).select_related("file")))
    if not found:
        raise NotFound()
    return found[0]


def entries_of_file(viewer: Actor, file_id: int) -> tuple[EntryLine, ...]:
    """What a file brought. Finance only."""
    can_see_books(viewer).require()
    return _entry_lines(list(BankEntry.objects.filter(file_id=file_id).select_related("file").order_by("id")[:PAGE]))


def files(viewer: Actor) -> tuple[FileLine, ...]:
    """The bank files, the newest first, refused ones included. Finance only."""
    can_see_books(viewer).require()
    return tuple(map(_file_line, BankFile.objects.order_by("-id")[:PAGE]))


def file(viewer: Actor, file_id: int) -> FileLine:
    """One bank file. Refuses `NotFound`. Finance only."""
    can_see_books(viewer).require()
    row = BankFile.objects.filter(pk=file_id).first()
    if row is None:
        raise NotFound()
    return _file_line(row)


def legs(viewer: Actor, *, states: Iterable[LegState] = (LegState.DUE,)) -> tuple[LegLine, ...]:
    """Payments out in these states, the soonest due first. Finance only."""
    can_see_books(viewer).require()
    rows = PayoutLeg.objects.filter(state__in=[state.value for state in states])
    return tuple(map(_leg_line, rows.select_related("expectation__organisation").order_by("due_on", "id")[:PAGE]))


def to_remit(viewer: Actor) -> tuple[MoneyLine, ...]:
    """The prices that arrived and are not on their way to the treasury yet. Finance only."""
    can_see_books(viewer).require()
    rows = _lines().filter(purpose=Purpose.PRICE.value, state=MoneyState.COVERED.value)
    rows = rows.exclude(payouts__kind=PayoutKind.PROCEEDS.value)
    return tuple(map(_line, rows.order_by("id")[:PAGE]))


def batches(viewer: Actor) -> tuple[BatchLine, ...]:
    """The payment orders, the newest first. Finance only."""
    can_see_books(viewer).require()
    return tuple(_batch_line(row) for row in PayoutBatch.objects.order_by("-id")[:PAGE])


def batch(viewer: Actor, batch_id: int) -> BatchLine:
    """One payment order with its payments. Refuses `NotFound`. Finance only."""
    can_see_books(viewer).require()
    row = PayoutBatch.objects.filter(pk=batch_id).first()
    if row is None:
        raise NotFound()
    found = PayoutLeg.objects.filter(batch=row).select_related("expectation__organisation").order_by("id")
    return _batch_line(row, tuple(map(_leg_line, found)))


def accounts(viewer: Actor, *, organisation_id: int | None = None) -> tuple[AccountLine, ...]:
    """The allow-list with what waits for it: of one organisation, or all of it for finance."""
    if organisation_id is None:
        can_see_books(viewer).require()
    else:
        can_see_money_of(viewer, organisation_id).require()
    rows = PayeeAccount.objects.select_related("organisation").filter(ended_at__isnull=True)
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    return tuple(map(_account_line, rows.order_by("-id")[:PAGE]))


def prices_for_treasury(viewer: Actor) -> tuple[MoneyLine, ...]:
    """The purchase prices, those without a voucher first. For the treasury and finance."""
    if not can_handle_money(viewer):
        can_record_voucher(viewer).require()
    rows = _lines().filter(purpose=Purpose.PRICE.value).exclude(state=MoneyState.CANCELLED.value)
    found = sorted(rows.order_by("-id")[:PAGE], key=lambda row: _voucher(row) is not None)
    return tuple(map(_line, found))


def cash_book(viewer: Actor) -> CashBook:
    """What lies at the bank, and for whom. Finance only."""
    can_see_books(viewer).require()
    sums: dict[str, Decimal] = {}
    for item in ledger.balances(Book.MONEY):
        kind = item.account.kind
        sums[kind] = sums.get(kind, NOTHING) + item.amount
    held = sums.get(Purpose.DEPOSIT.value, NOTHING) + sums.get(Purpose.PRICE.value, NOTHING)
    return CashBook(
        cash=-sums.get("CASH", NOTHING),
        held=held,
        unclear=sums.get("SUSPENSE", NOTHING),
        payable=sums.get("PAYABLE", NOTHING),
        interest=-sums.get("INTEREST", NOTHING),
        unexplained=-sums.get("UNEXPLAINED", NOTHING),
    )


def overdue_refunds(on: date) -> int:
    """How many refunds were due before `on` and are not paid: a card of the supervision console (RULES §12)."""
    return PayoutLeg.objects.filter(due_on__lt=on).exclude(state=LegState.PAID.value).count()


def deposit_view(row: MoneyExpectation) -> DepositView:
    """The row as a value."""
    return DepositView(
        **_common(row),
        refund_due_on=row.refund_due_on,
        refund_due_provisional=row.refund_due_provisional,
        refunded_at=row.refunded_at,
        decision_no=row.decision_no,
    )


def payment_view(row: MoneyExpectation) -> PaymentView:
    """The row as a value."""
    voucher = _voucher(row)
    return PaymentView(
        **_common(row),
        applied_deposit=Money(Decimal(row.applied_deposit)),
        voucher_no=voucher.number if voucher else "",
        voucher_document_id=voucher.document_id if voucher else None,
        voucher_at=voucher.recorded_at if voucher else None,
    )


def _common(row: MoneyExpectation) -> dict[str, Any]:
    return {
        "id": row.pk,
        "subject": row.subject,
        "lot_id": row.lot_id,
        "organisation_id": row.organisation_id,
        "amount": Money(Decimal(row.amount)),
        "received": Money(Decimal(row.received)),
        "due_at": row.due_at,
        "sub_account_no": row.sub_account_no,
        "reference": row.reference,
        "account": collecting_account(),
        "state": MoneyState(row.state),
        "covered_at": row.covered_at,
    }


def _voucher(row: MoneyExpectation) -> TreasuryVoucher | None:
    try:
        return row.voucher
    except TreasuryVoucher.DoesNotExist:
        return None


def _lines() -> QuerySet[MoneyExpectation]:
    return MoneyExpectation.objects.select_related("organisation", "voucher").order_by("id")


def _line(row: MoneyExpectation) -> MoneyLine:
    voucher = _voucher(row)
    return MoneyLine(
        row.pk,
        row.purpose,
        row.subject,
        row.lot_id,
        row.organisation_id,
        row.organisation.name,
        row.amount,
        row.received,
        row.due_at,
        row.sub_account_no,
        row.reference,
        row.state,
        MoneyState(row.state) in COVERING,
        row.refund_due_on,
        row.refunded_at,
        voucher.number if voucher else "",
    )


def _entry_lines(rows: list[BankEntry]) -> tuple[EntryLine, ...]:
    wanted = {number for row in rows for number in (row.expectation_id, row.claim_expectation_id) if number}
    known = {line.pk: _line(line) for line in _lines().filter(pk__in=wanted)} if wanted else {}
    return tuple(
        EntryLine(
            row.pk,
            row.amount,
            row.direction,
            row.reversal,
            row.booked_on,
            row.arrived_by,
            row.payer_name,
            row.payer_account,
            row.credited_account,
            row.text,
            row.bank_ref,
            row.end_to_end_id,
            row.state,
            row.trouble,
            known.get(row.expectation_id or 0),
            known.get(row.claim_expectation_id or 0),
            row.claim_approval_id,
            row.file.name,
        )
        for row in rows
    )


def _file_line(row: BankFile) -> FileLine:
    kind = Refusal.registry.get(row.refusal_code)
    return FileLine(
        row.pk,
        row.name,
        row.version,
        row.message_id,
        row.made_at,
        row.taken_in,
        kind(**row.refusal_fields) if kind else None,
        row.pending,
        row.known,
        row.repeated,
        row.imported_at,
    )


def _leg_line(row: PayoutLeg) -> LegLine:
    payer = row.expectation.organisation.name if row.expectation and row.kind == "REFUND" else ""
    return LegLine(
        row.pk,
        row.kind,
        row.payee_name or payer,
        row.payee_account,
        row.principal,
        row.interest,
        row.end_to_end_id,
        row.state,
        row.due_on,
        row.reason,
        row.paid_at,
        row.batch_id,
        row.expectation.lot_id if row.expectation else None,
    )


def _batch_line(row: PayoutBatch, found: tuple[LegLine, ...] = ()) -> BatchLine:
    return BatchLine(
        row.pk,
        row.number,
        row.state,
        row.execute_on,
        row.count,
        row.total,
        row.approval_id,
        row.proposed_by,
        row.proposed_at,
        row.ordered_at,
        found,
    )


def _account_line(row: PayeeAccount) -> AccountLine:
    return AccountLine(
        row.pk,
        row.organisation_id,
        row.organisation.name,
        row.use,
        row.number,
        row.name,
        row.bank_name,
        row.bank_code,
        row.document_ref,
        row.approval_id,
        row.approved_at,
        row.ended_at,
    )
