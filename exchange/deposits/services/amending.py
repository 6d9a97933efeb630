"""Another deposit is asked for after an amended notice, also of those who have paid already."""

from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.money import Money
from commons.secrecy.fields import Party
from exchange.deposits.domain.facts import DepositView
from exchange.deposits.domain.states import MoneyCommand, MoneyState, Purpose
from exchange.deposits.models import MoneyExpectation
from exchange.deposits.policies import can_order_for_lot
from exchange.deposits.queries import deposit_view
from exchange.deposits.services.common import locked_money, record, step, unnamed
from exchange.deposits.services.expecting import expect_deposit, standing

_PAID = (MoneyState.PART_RECEIVED, MoneyState.COVERED)


@transaction.atomic
def expect_deposit_anew(
    *, actor: Actor, lot_id: int, organisation_id: int, amount: Money, due_at: datetime, at: datetime
) -> DepositView:
    """Expect another amount, or the same until another time, on the same virtual account.

    Where money has come it stays: what is missing now is waited for, what is too much goes back with the refund. Were
    it refused, whoever amends would learn that somebody has paid.
    """
    can_order_for_lot(actor).require()
    row = standing(purpose=Purpose.DEPOSIT.value, party=Party(lot_id, organisation_id))
    if row is None or row.state not in _PAID:
        return expect_deposit(
            actor=actor, lot_id=lot_id, organisation_id=organisation_id, amount=amount, due_at=due_at, at=at
        )
    row = locked_money(row.pk)
    _change(row, amount, due_at, actor=unnamed(actor, organisation_id), at=at)
    return deposit_view(row)


def _change(row: MoneyExpectation, amount: Money, due_at: datetime, *, actor: Actor, at: datetime) -> None:
    if amount == row.amount and due_at == row.due_at:
        return
    row.amount, row.due_at = amount, due_at
    MoneyExpectation.objects.filter(pk=row.pk).update(amount=amount, due_at=due_at)
    record(row, "ExpectationChanged", actor=actor, at=at)
    enough = row.received >= amount
    if row.state == MoneyState.COVERED and not enough:
        step(row, MoneyCommand.ASK_MORE, actor=actor, at=at, covered_at=None)
    elif row.state == MoneyState.PART_RECEIVED and enough:
        step(row, MoneyCommand.COVER, actor=actor, at=at, covered_at=at)
