"""Expecting money, and what the flow of an auction does with it."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.identifiers import random_digits
from commons.domain.money import Money
from commons.domain.refusals import NotAllowedNow
from commons.secrecy.fields import Party
from exchange.deposits.domain.facts import DepositView, PaymentView
from exchange.deposits.domain.numbers import SERIAL_DIGITS, reference, sub_account_no
from exchange.deposits.domain.payouts import PayoutKind
from exchange.deposits.domain.states import (
    MACHINE,
    AmountDiffers,
    DecisionNeeded,
    MoneyCommand,
    MoneyState,
    Purpose,
    ReasonNeeded,
    TreasuryHoldsIt,
)
from exchange.deposits.models import MoneyExpectation
from exchange.deposits.policies import can_handle_money, can_order_for_lot
from exchange.deposits.queries import collecting_account, deposit_view, payment_view
from exchange.deposits.services import applying
from exchange.deposits.services.common import (
    locked_deposit,
    locked_money,
    note_refund,
    record,
    refund_deadline,
    shortened,
    step,
    unnamed,
    virtual_of,
)
from exchange.deposits.services.legs import open_leg
from exchange.ledger import queries as ledger
from exchange.projects.services import next_number

_OVER = (MoneyState.CANCELLED.value, MoneyState.RELEASED.value, MoneyState.REFUNDED.value)


@transaction.atomic
def expect_deposit(
    *, actor: Actor, lot_id: int, organisation_id: int, amount: Money, due_at: datetime, at: datetime
) -> DepositView:
    """Expect a deposit; the same lot and organisation get the same virtual account again.

    Refuses `AmountDiffers` when another amount is asked for although money has come. After a withdrawal the next
    deposit has a virtual account of its own.
    """
    can_order_for_lot(actor).require()
    # The counter's lock makes two requests for one deposit wait for each other.
    next_number("virtual-account")
    actor, party = unnamed(actor, organisation_id), Party(lot_id, organisation_id)
    row = standing(purpose=Purpose.DEPOSIT.value, party=party)
    if row is None:
        row = create(Purpose.DEPOSIT, f"lot:{lot_id}", party, amount, due_at, actor, at, lot_id=lot_id)
    else:
        adjust(row, amount, due_at, actor=actor, at=at)
    return deposit_view(row)


@transaction.atomic
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
    can_order_for_lot(actor).require()
    next_number("virtual-account")
    row = standing(purpose=Purpose.PRICE.value, subject=subject)
    if row is not None:
        adjust(row, amount, due_at, actor=actor, at=at)
        return payment_view(row)
    row = create(Purpose.PRICE, subject, Party(lot_id, organisation_id), amount, due_at, actor, at, lot_id=lot_id)
    if apply_deposit:
        applying.apply_deposit(row, actor=actor, at=at)
    return payment_view(row)


@transaction.atomic
def cancel_expectation(*, actor: Actor, lot_id: int, organisation_id: int, reason: str, at: datetime) -> None:
    """No longer expect a deposit (withdrawn, refused): cancelled when nothing came, released when something did.

    Harmless to repeat, and where the money has gone its way already.
    """
    can_order_for_lot(actor).require()
    actor, row = unnamed(actor, organisation_id), locked_deposit(lot_id, organisation_id)
    if row.state == MoneyState.EXPECTED:
        step(row, MoneyCommand.CANCEL, actor=actor, at=at, reason=why(reason))
    elif MACHINE.allows(MoneyState(row.state), MoneyCommand.RELEASE):
        release_row(row, reason, actor=actor, at=at)


@transaction.atomic
def retain(*, actor: Actor, lot_id: int, organisation_id: int, reason: str, at: datetime) -> DepositView:
    """Freeze a covered deposit (the buyer won, a complaint is open). Harmless to repeat."""
    can_order_for_lot(actor).require()
    row = locked_deposit(lot_id, organisation_id)
    if row.state != MoneyState.RETAINED:
        step(row, MoneyCommand.RETAIN, actor=actor, at=at, reason=why(reason))
    return deposit_view(row)


@transaction.atomic
def release(*, actor: Actor, lot_id: int, organisation_id: int, reason: str, at: datetime) -> DepositView:
    """Give a deposit back: the refund, with interest, is due within the working-day limit. Harmless to repeat."""
    can_order_for_lot(actor).require()
    row = locked_deposit(lot_id, organisation_id)
    if row.state not in (MoneyState.RELEASED, MoneyState.REFUNDED):
        release_row(row, reason, actor=actor, at=at)
    return deposit_view(row)


@transaction.atomic
def release_payment(*, actor: Actor, subject: str, reason: str, at: datetime) -> PaymentView | None:
    """Give a purchase price back (the deal was ended without the buyer's fault); nothing where none is expected.

    Refuses `TreasuryHoldsIt` once the price was passed on.
    """
    can_order_for_lot(actor).require()
    row = standing(purpose=Purpose.PRICE.value, subject=subject)
    if row is None:
        return None
    row = locked_money(row.pk)
    if row.state == MoneyState.EXPECTED:
        step(row, MoneyCommand.CANCEL, actor=actor, at=at, reason=why(reason))
    elif row.payouts.filter(kind=PayoutKind.PROCEEDS.value).exists():
        raise TreasuryHoldsIt()
    else:
        release_row(row, reason, actor=actor, at=at)
    return payment_view(row)


@transaction.atomic
def give_up_price(*, actor: Actor, subject: str, reason: str, at: datetime) -> None:
    """The buyer defaulted: its deposit stands by itself again, to be forfeited; what else came of the price goes back.

    Only the deposit answers for a default. Nothing where no price is expected. Refuses
    (`TreasuryHoldsIt`) once the price was passed on.
    """
    can_order_for_lot(actor).require()
    row = standing(purpose=Purpose.PRICE.value, subject=subject)
    if row is None:
        return
    row = locked_money(row.pk)
    if row.applied_deposit:
        applying.unapply_deposit(row, actor=actor, at=at)
    release_payment(actor=actor, subject=subject, reason=reason, at=at)


@transaction.atomic
def remit(*, actor: Actor, expectation_id: int, at: datetime) -> None:
    """Pass a price that arrived on to the treasury; what was paid too much goes back to the payer. Harmless to repeat.

    Revenue from emission rights is non-tax income of the treasury, not of the exchange (财税〔2015〕61号). Refuses
    (`NotAllowedNow`) a price that is not covered.
    """
    can_handle_money(actor).require()
    row = locked_money(expectation_id)
    if row.purpose != Purpose.PRICE or row.state != MoneyState.COVERED:
        raise NotAllowedNow(command="REMIT", state=row.state)
    due_on = refund_deadline(row, at).on
    balance = ledger.balance(virtual_of(row))
    proceeds = min(balance, Decimal(row.amount))
    for kind, amount in ((PayoutKind.PROCEEDS, proceeds), (PayoutKind.REFUND, balance - proceeds)):
        if amount > 0:
            open_leg(row, kind, amount, due_on=due_on, reason=row.subject, document_ref=row.subject, actor=actor, at=at)


@transaction.atomic
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
    """Order a deposit to be paid to the treasury by a numbered decision; what was paid too much goes back.

    Refuses `DecisionNeeded`. Whose power it is: the seller's or the regulator's (平台办法), never the exchange's.
    """
    can_order_for_lot(actor).require()
    if not decision_no.strip():
        raise DecisionNeeded()
    row = locked_deposit(lot_id, organisation_id)
    if row.state == MoneyState.FORFEITED and row.decision_no == decision_no.strip():
        return deposit_view(row)
    forfeit_row(row, decision_no=decision_no.strip(), document_id=document_id, reason=reason, actor=actor, at=at)
    return deposit_view(row)


def forfeit_row(
    row: MoneyExpectation, *, decision_no: str, document_id: int | None, reason: str, actor: Actor, at: datetime,
    **changes: Any,
) -> None:  # fmt: skip
    """Forfeit a locked expectation: the sum to whoever keeps it, what was paid too much back to the payer.

    Refuses (`NotAllowedNow`) what never stood behind its lot; what the bank left of a deposit that did answers too.
    """
    if row.state == MoneyState.PART_RECEIVED and row.taken_back_at is None:
        raise NotAllowedNow(command=MoneyCommand.FORFEIT.value, state=row.state)
    step(
        row,
        MoneyCommand.FORFEIT,
        actor=actor,
        at=at,
        decision_no=decision_no,
        decision_id=document_id,
        reason=why(reason),
        **changes,
    )
    due_on = refund_deadline(row, at).on
    balance = ledger.balance(virtual_of(row))
    parts = ((PayoutKind.FORFEIT, min(balance, row.amount)), (PayoutKind.REFUND, balance - min(balance, row.amount)))
    for kind, amount in parts:
        if amount > 0:
            open_leg(row, kind, amount, due_on=due_on, reason=reason, document_ref=decision_no, actor=actor, at=at)


def standing(**which: object) -> MoneyExpectation | None:
    """The newest expectation that is not over."""
    rows = MoneyExpectation.objects.filter(**which).exclude(state__in=_OVER)
    return rows.select_related("lot__project").order_by("-expected_at", "-id").first()


def create(
    purpose: Purpose, subject: str, party: Party, amount: Money, due_at: datetime, actor: Actor, at: datetime,
    **more: Any,
) -> MoneyExpectation:  # fmt: skip
    """A fresh expectation with a virtual account and a reference of its own."""
    row = MoneyExpectation.objects.create(
        purpose=purpose.value,
        subject=subject,
        party=party,
        amount=amount,
        received=Decimal("0.00"),
        due_at=due_at,
        sub_account_no=_unused("sub_account_no", partial(sub_account_no, collecting_account().number)),
        reference=_unused("reference", reference),
        expected_at=at,
        **more,
    )
    record(row, "MoneyExpected", actor=actor, at=at)
    return row


def _unused(column: str, spelled: Callable[[str], str]) -> str:
    """A number drawn at random that no other expectation has."""
    while True:
        number = spelled(random_digits(SERIAL_DIGITS))
        if not MoneyExpectation.objects.filter(**{column: number}).exists():
            return number


def adjust(row: MoneyExpectation, amount: Money, due_at: datetime, *, actor: Actor, at: datetime) -> None:
    """Another amount or time, while nothing has come; the same ones change nothing."""
    if amount == row.amount and due_at == row.due_at:
        return
    if amount != row.amount and row.state != MoneyState.EXPECTED:
        raise AmountDiffers(amount=f"{row.amount:.2f}")
    row.amount, row.due_at = amount, due_at
    MoneyExpectation.objects.filter(pk=row.pk).update(amount=amount, due_at=due_at)
    record(row, "ExpectationChanged", actor=actor, at=at)


def why(reason: str) -> str:
    """The reason, cut to what is stored. Refuses (`ReasonNeeded`) none."""
    if not reason.strip():
        raise ReasonNeeded()
    return shortened(reason)


def release_row(row: MoneyExpectation, reason: str, *, actor: Actor, at: datetime) -> None:
    """Give back what a locked expectation received."""
    balance = ledger.balance(virtual_of(row))
    if not balance and row.state == MoneyState.PART_RECEIVED:
        # The bank took everything back, or it stands by itself again: there is nothing to refund.
        step(row, MoneyCommand.CANCEL, actor=actor, at=at, reason=why(reason))
        return
    limit = refund_deadline(row, at)
    step(
        row,
        MoneyCommand.RELEASE,
        actor=actor,
        at=at,
        reason=why(reason),
        refund_due_on=limit.on,
        refund_due_provisional=limit.provisional,
    )
    note_refund(row, limit, at)
    if balance > 0:
        open_leg(
            row,
            PayoutKind.REFUND,
            balance,
            due_on=limit.on,
            reason=reason,
            document_ref=f"release:{row.pk}",
            actor=actor,
            at=at,
        )
