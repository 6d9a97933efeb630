"""The public face of deposits and payments."""

from datetime import datetime

from commons.domain.actor import Actor
from commons.domain.money import Money
from exchange.deposits.domain.facts import DepositView, PaymentView


def expect_deposit(
    *, actor: Actor, lot_id: int, organisation_id: int, amount: Money, due_at: datetime, at: datetime
) -> DepositView:
    """Expect a deposit; the same lot and organisation get the same sub-account again. Refuses (`AmountDiffers`)."""
    raise NotImplementedError


def expect_payment(
    *,
    actor: Actor,
    subject: str,
    lot_id: int,
    organisation_id: int,
    amount: Money,
    due_at: datetime,
    at: datetime,
    apply_deposit: bool = False,
) -> PaymentView:
    """Expect a purchase price of `amount` in all; with `apply_deposit` the retained deposit counts towards it."""
    raise NotImplementedError


def cancel_expectation(*, actor: Actor, lot_id: int, organisation_id: int, reason: str, at: datetime) -> None:
    """No longer expect a deposit (withdrawn, refused): cancelled when nothing came, released when something did."""
    raise NotImplementedError


def retain(*, actor: Actor, lot_id: int, organisation_id: int, reason: str, at: datetime) -> DepositView:
    """Freeze a covered deposit (the buyer won, a complaint is open)."""
    raise NotImplementedError


def release(*, actor: Actor, lot_id: int, organisation_id: int, reason: str, at: datetime) -> DepositView:
    """Give a deposit back: the refund, with interest, is due within the working-day limit. Harmless to repeat."""
    raise NotImplementedError


def forfeit(
    *,
    actor: Actor,
    lot_id: int,
    organisation_id: int,
    decision_no: str,
    document_id: int | None,
    reason: str,
    at: datetime,
) -> DepositView:
    """Order a deposit to be paid to the treasury by a numbered decision. Refuses (`DecisionNeeded`)."""
    raise NotImplementedError
