"""Legs: what has to be paid out, and the reply of the bank. Each is keyed, so that a repeated task is harmless."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow
from commons.evidence import services as evidence
from exchange.deposits.domain import books
from exchange.deposits.domain.entries import ENTRY, EntryCommand, EntryState
from exchange.deposits.domain.payouts import LEG, LegCommand, LegState, PayoutKind
from exchange.deposits.domain.states import MACHINE, MoneyCommand, MoneyState
from exchange.deposits.models import BankEntry, MoneyExpectation, PayoutLeg
from exchange.deposits.services.common import locked_money, post, shortened, step, virtual_of


def open_leg(
    row: MoneyExpectation,
    kind: PayoutKind,
    amount: Decimal,
    *,
    due_on: date,
    reason: str,
    document_ref: str,
    actor: Actor,
    at: datetime,
) -> PayoutLeg:
    """Set money of a virtual account aside to be paid out."""
    key = f"{kind.value.lower()}:{row.pk}"
    leg, fresh = PayoutLeg.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind.value,
            "expectation": row,
            "principal": amount,
            "due_on": due_on,
            "reason": shortened(reason),
            "made_at": at,
        },
    )
    if fresh:
        post(
            actor=actor,
            key=f"payable:{key}",
            kind=f"{kind.value}_DUE",
            source=virtual_of(row),
            target=books.payable(key),
            amount=amount,
            document_ref=document_ref,
            stream=f"money:{row.pk}",
            at=at,
            reason=shortened(reason),
        )
    return leg


def move_leg(leg: PayoutLeg, command: LegCommand, *, actor: Actor, at: datetime, **changes: Any) -> None:
    """Fire `command`, conditional on the old state, with evidence. Refuses (`NotAllowedNow`)."""
    row = LEG.fire(LegState(leg.state), command)
    values = {"state": row.target.value, **changes}
    if PayoutLeg.objects.filter(pk=leg.pk, state=row.source.value).update(**values) != 1:
        raise NotAllowedNow(command=command.value, state=row.source.value)
    for name, value in values.items():
        setattr(leg, name, value)
    evidence.append(
        stream=f"payout:{leg.pk}",
        type=row.event,
        actor=actor,
        payload={"attempt": str(leg.attempt), "total": f"{leg.principal + leg.interest:.2f}"},
        decided_at=at,
    )


def shorten_leg(leg: PayoutLeg, amount: Decimal, *, actor: Actor, at: datetime) -> None:
    """Pay `amount` less, or, where nothing is left of it, nothing: the bank took the money back. Not once ordered."""
    if leg.state == LegState.BATCHED:
        move_leg(leg, LegCommand.UNBATCH, actor=actor, at=at, batch_id=None)
    if amount >= leg.principal:
        move_leg(leg, LegCommand.CANCEL, actor=actor, at=at)
        return
    leg.principal -= amount
    PayoutLeg.objects.filter(pk=leg.pk, state=LegState.DUE.value).update(principal=leg.principal)
    evidence.append(
        stream=f"payout:{leg.pk}",
        type="PayoutShortened",
        actor=actor,
        payload={"attempt": str(leg.attempt), "principal": f"{leg.principal:.2f}"},
        decided_at=at,
    )


def confirm_leg(leg: PayoutLeg, entry: BankEntry, *, actor: Actor, at: datetime) -> None:
    """The bank paid: the leg is closed, and with it what it was for."""
    move_leg(leg, LegCommand.CONFIRM, actor=actor, at=at, paid_entry_id=entry.pk, paid_at=entry.arrived_by)
    post(
        actor=actor,
        key=f"paid:{leg.key}:{leg.attempt}",
        kind=f"{leg.kind}_PAID",
        source=books.payable(leg.key),
        target=books.CASH,
        amount=leg.principal + leg.interest,
        document_ref=f"bank:{entry.fingerprint[:32]}",
        stream=f"payout:{leg.pk}",
        at=at,
    )
    if leg.kind == PayoutKind.RETURN and leg.entry_id is not None:
        move_entry(BankEntry.objects.get(pk=leg.entry_id), EntryCommand.CONFIRM_RETURN, at=at)
    _tell_expectation(leg, MoneyCommand.CONFIRM_REFUND, actor=actor, at=at, refunded_at=entry.arrived_by)


def confirm_late(leg: PayoutLeg, entry: BankEntry, *, actor: Actor, at: datetime) -> None:
    """The bank paid what somebody had called refused: it is not paid again. A batch that holds it changes thereby."""
    if leg.state == LegState.BATCHED:
        move_leg(leg, LegCommand.UNBATCH, actor=actor, at=at, batch_id=None)
    confirm_leg(leg, entry, actor=actor, at=at)


def bounce_leg(leg: PayoutLeg, entry: BankEntry, *, actor: Actor, at: datetime) -> None:
    """The payee's bank sent the money back: it is owed again and can be ordered anew."""
    attempt = leg.attempt
    move_leg(leg, LegCommand.BOUNCE, actor=actor, at=at, paid_entry_id=None, paid_at=None, batch_id=None)
    post(
        actor=actor,
        key=f"bounced:{leg.key}:{attempt}",
        kind=f"{leg.kind}_BOUNCED",
        source=books.CASH,
        target=books.payable(leg.key),
        amount=leg.principal + leg.interest,
        document_ref=f"bank:{entry.fingerprint[:32]}",
        stream=f"payout:{leg.pk}",
        at=at,
    )
    _tell_expectation(leg, MoneyCommand.BOUNCE, actor=actor, at=at, refunded_at=None)


def move_entry(entry: BankEntry, command: EntryCommand, *, at: datetime, **changes: Any) -> None:
    """Fire `command` on an entry of the bank, conditional on the old state. Refuses (`NotAllowedNow`)."""
    row = ENTRY.fire(EntryState(entry.state), command)
    values = {"state": row.target.value, "settled_at": at, **changes}
    if BankEntry.objects.filter(pk=entry.pk, state=row.source.value).update(**values) != 1:
        raise NotAllowedNow(command=command.value, state=row.source.value)
    for name, value in values.items():
        setattr(entry, name, value)


def _tell_expectation(leg: PayoutLeg, command: MoneyCommand, *, actor: Actor, at: datetime, **changes: Any) -> None:
    """A refund closes its deposit; a forfeit or a refunded excess leaves it as it is."""
    if leg.kind == PayoutKind.REFUND and leg.expectation_id is not None:
        row = locked_money(leg.expectation_id)
        if MACHINE.allows(MoneyState(row.state), command):
            step(row, command, actor=actor, at=at, **changes)
