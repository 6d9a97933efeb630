"""What the questions about money answer with."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from commons.domain.refusals import Refusal


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """An expectation with its payer, as lists show it."""

    id: int
    purpose: str
    subject: str
    lot_id: int | None
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
    title: str
    """Of a security: what it is for; nothing where the reader may not know it yet."""


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
    explanation: str
    """What it is said to be, where it pays for nothing."""
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
