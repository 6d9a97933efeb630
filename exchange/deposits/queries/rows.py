"""Rows as values: how the tables of money become what pages and other subjects see."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from commons.domain.money import Money
from commons.domain.refusals import Refusal
from commons.people.parties import with_organisations
from exchange.deposits.domain.facts import DepositView, PaymentView
from exchange.deposits.domain.states import COVERING, MoneyState
from exchange.deposits.models import (
    BankEntry,
    BankFile,
    MoneyExpectation,
    PayeeAccount,
    PayoutBatch,
    PayoutLeg,
    TreasuryVoucher,
)
from exchange.deposits.queries.account import account_in, collecting_account
from exchange.deposits.queries.shapes import AccountLine, BatchLine, EntryLine, FileLine, LegLine, MoneyLine


def deposit_view(row: MoneyExpectation) -> DepositView:
    """The row as a value."""
    return DepositView(
        **_common(row),
        taken_back_at=row.taken_back_at,
        refund_due_on=row.refund_due_on,
        refund_due_provisional=row.refund_due_provisional,
        refunded_at=row.refunded_at,
        decision_no=row.decision_no,
    )


def payment_view(row: MoneyExpectation) -> PaymentView:
    """The row as a value."""
    voucher = voucher_of(row)
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
        "account": account_in(row.account) if hasattr(row, "account") else collecting_account(),
        "state": MoneyState(row.state),
        "covered_at": row.covered_at,
    }


def voucher_of(row: MoneyExpectation) -> TreasuryVoucher | None:
    try:
        return row.voucher
    except TreasuryVoucher.DoesNotExist:
        return None


def expected_rows() -> QuerySet[MoneyExpectation]:
    return MoneyExpectation.objects.select_related("voucher").order_by("expected_at", "id")


def money_lines(rows: Iterable[MoneyExpectation], *, own: bool = False) -> tuple[MoneyLine, ...]:
    return tuple(money_line(row, own=own) for row in with_organisations(rows))


def money_line(row: MoneyExpectation, *, own: bool = False) -> MoneyLine:
    """The row as a value; the payer (`own`) also reads what a security that is still sealed stands for."""
    voucher = voucher_of(row)
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
        row.title if own or row.opened_at is not None else "",
    )


def entry_lines(rows: Sequence[BankEntry]) -> tuple[EntryLine, ...]:
    wanted = {number for row in rows for number in (row.expectation_id, row.claim_expectation_id) if number}
    known = {line.id: line for line in money_lines(expected_rows().filter(pk__in=wanted))} if wanted else {}
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
            row.claim_explanation,
            row.claim_approval_id,
            row.file.name,
        )
        for row in rows
    )


def file_line(row: BankFile) -> FileLine:
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


def leg_lines(rows: Iterable[PayoutLeg]) -> tuple[LegLine, ...]:
    found = list(rows)
    with_organisations(row.expectation for row in found if row.expectation is not None)
    return tuple(map(_leg_line, found))


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


def batch_line(row: PayoutBatch, found: tuple[LegLine, ...] = ()) -> BatchLine:
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


def account_line(row: PayeeAccount) -> AccountLine:
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
