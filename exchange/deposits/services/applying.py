"""A deposit that counts towards the price: put to it when the contract stands, taken out again when that is undone."""

from datetime import datetime
from decimal import Decimal

from commons.domain.actor import Actor
from exchange.deposits.domain.payouts import PayoutKind
from exchange.deposits.domain.states import MoneyCommand, MoneyState, Purpose
from exchange.deposits.models import MoneyExpectation, TreasuryVoucher
from exchange.deposits.services.common import (
    add_received,
    locked_deposit,
    locked_money,
    post,
    refund_deadline,
    step,
    virtual_of,
)
from exchange.deposits.services.legs import open_leg
from exchange.ledger import queries as ledger


def apply_deposit(price: MoneyExpectation, *, actor: Actor, at: datetime) -> None:
    """Move the retained deposit to the price; what of it the price does not need is refunded."""
    deposit = locked_deposit(*price.party)
    step(deposit, MoneyCommand.APPLY, actor=actor, at=at, reason=f"applied to {price.subject}")
    balance = ledger.balance(virtual_of(deposit))
    applied = min(balance, Decimal(price.amount))
    _shift(price, deposit, applied, actor=actor, at=at)
    if balance > applied:
        open_leg(
            deposit,
            PayoutKind.REFUND,
            balance - applied,
            due_on=refund_deadline(deposit, at).on,
            reason="more than the price",
            document_ref=price.subject,
            actor=actor,
            at=at,
        )
    if applied >= price.amount:
        step(price, MoneyCommand.COVER, actor=actor, at=at, covered_at=at)
    else:
        step(price, MoneyCommand.RECEIVE_PART, actor=actor, at=at)


def unapply_deposit(price: MoneyExpectation, *, actor: Actor, at: datetime) -> None:
    """Take the deposit out of the price again."""
    deposit = locked_deposit(*price.party)
    step(deposit, MoneyCommand.UNAPPLY, actor=actor, at=at, reason=f"no longer applied to {price.subject}")
    _shift(price, deposit, -Decimal(price.applied_deposit), actor=actor, at=at)


def freed_deposit(deposit: MoneyExpectation, *, actor: Actor, at: datetime) -> bool:
    """Take an applied deposit out of its price, where the price has not been passed on. False when it has.

    The price then lacks what the deposit paid of it.
    """
    rows = MoneyExpectation.objects.filter(purpose=Purpose.PRICE.value, party=deposit.party, applied_deposit__gt=0)
    number = rows.values_list("pk", flat=True).first()
    if number is None or TreasuryVoucher.objects.filter(expectation_id=number).exists():
        return False
    price = locked_money(number)
    if price.state not in (MoneyState.PART_RECEIVED, MoneyState.COVERED) or price.payouts.exists():
        return False
    unapply_deposit(price, actor=actor, at=at)
    deposit.refresh_from_db()
    if price.state == MoneyState.COVERED and price.received < price.amount:
        step(price, MoneyCommand.TAKE_BACK, actor=actor, at=at, covered_at=None)
    return True


def _shift(price: MoneyExpectation, deposit: MoneyExpectation, amount: Decimal, *, actor: Actor, at: datetime) -> None:
    """Book `amount` of the deposit to the price, or, where it is below zero, back."""
    names = ("apply", "DEPOSIT_APPLIED") if amount > 0 else ("unapply", "DEPOSIT_UNAPPLIED")
    source, target = virtual_of(deposit), virtual_of(price)
    if amount < 0:
        source, target = target, source
    post(
        actor=actor,
        key=f"{names[0]}:{deposit.pk}",
        kind=names[1],
        source=source,
        target=target,
        amount=abs(amount),
        document_ref=price.subject,
        stream=f"money:{price.pk}",
        at=at,
    )
    price.applied_deposit = amount if amount > 0 else Decimal("0.00")
    MoneyExpectation.objects.filter(pk=price.pk).update(applied_deposit=price.applied_deposit)
    add_received(price, amount)
