"""Booking money that came in for something, and taking it back when the bank does."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Max

from commons.domain.actor import Actor
from commons.domain.money import as_text
from commons.domain.text import gettext_noop
from commons.inbox import services as inbox
from exchange.deposits.domain import books
from exchange.deposits.domain.entries import EntryCommand, EntryState
from exchange.deposits.domain.payouts import LegState, PayoutKind
from exchange.deposits.domain.states import COVERING, IN_TIME, MACHINE, MoneyCommand, MoneyState, Purpose
from exchange.deposits.models import BankEntry, MoneyExpectation, TreasuryVoucher
from exchange.deposits.services.applying import freed_deposit
from exchange.deposits.services.common import add_received, locked_money, post, record, step, virtual_of
from exchange.deposits.services.legs import move_entry, shorten_leg
from exchange.ledger import queries as ledger
from exchange.ledger.domain.postings import Account

BOOKABLE = frozenset(
    {MoneyState.EXPECTED, MoneyState.PART_RECEIVED, MoneyState.LATE, MoneyState.COVERED, MoneyState.RETAINED}
)
"""The states in which more money may come to a virtual account; what is too much goes back with the rest."""


def is_bookable(row: MoneyExpectation) -> bool:
    """Whether more money may come: not for a price that was passed on to the treasury, from where nothing goes back."""
    passed_on = row.payouts.filter(kind=PayoutKind.PROCEEDS.value)
    return MoneyState(row.state) in BOOKABLE and not passed_on.exists()


def book(entry: BankEntry, expectation_id: int, *, source: Account, actor: Actor, at: datetime) -> None:
    """Book an entry to an expectation: ledger, amount received, state, evidence."""
    row = locked_money(expectation_id)
    assert MoneyState(row.state) in BOOKABLE, "the caller has looked whether the money is still expected"
    post(
        actor=actor,
        key=f"receipt:{entry.fingerprint}",
        kind=f"{row.purpose}_RECEIVED",
        source=source,
        target=virtual_of(row),
        amount=entry.amount,
        document_ref=f"bank:{entry.fingerprint[:32]}",
        stream=f"money:{row.pk}",
        at=at,
    )
    move_entry(entry, EntryCommand.BOOK, at=at, expectation_id=row.pk, trouble="")
    add_received(row, entry.amount)
    _advance(row, actor=actor, at=at)


def take_back(original: BankEntry, entry: BankEntry, *, actor: Actor, at: datetime) -> bool:
    """The bank undid a receipt. False when its money has moved on, so that a person must look."""
    if original.state == EntryState.WAITING:
        _back_to_bank(original, entry, books.suspense(original.pk), f"entry:{original.pk}", actor=actor, at=at)
        move_entry(original, EntryCommand.EXPLAIN, at=at)
        return True
    if original.state != EntryState.BOOKED or original.expectation_id is None:
        return False
    row = locked_money(original.expectation_id)
    if TreasuryVoucher.objects.filter(expectation=row).exists():
        # The treasury has confirmed it and the deal went on: that is no longer the bank's file to decide.
        return False
    if row.state == MoneyState.APPLIED and not freed_deposit(row, actor=actor, at=at):
        return False
    if row.state in (MoneyState.RELEASED, MoneyState.FORFEITED):
        return _taken_from_payout(row, original, entry, actor=actor, at=at)
    allowed = MACHINE.allows(MoneyState(row.state), MoneyCommand.TAKE_BACK)
    if not allowed or ledger.balance(virtual_of(row)) < original.amount:
        return False
    _undo(row, original, entry, virtual_of(row), actor=actor, at=at)
    if row.received >= row.amount:
        record(row, "ExcessTakenBack", actor=actor, at=at)
        return True
    changes: dict[str, datetime] = {}
    if row.purpose == Purpose.DEPOSIT and row.state in COVERING:
        changes["taken_back_at"] = at
    step(row, MoneyCommand.TAKE_BACK, actor=actor, at=at, covered_at=None, **changes)
    return True


def _taken_from_payout(
    row: MoneyExpectation, original: BankEntry, entry: BankEntry, *, actor: Actor, at: datetime
) -> bool:
    """The money lies ready to be paid out and is not ordered yet: so much less is paid. False where it is on its way.

    A batch that held the payment is no longer what was proposed, so nobody can order it.
    """
    waiting = row.payouts.select_for_update(of=("self",)).filter(
        kind__in=[PayoutKind.REFUND.value, PayoutKind.FORFEIT.value],
        state__in=[LegState.DUE.value, LegState.BATCHED.value],
        principal__gte=original.amount,
    )
    leg = waiting.order_by("kind").first()
    if leg is None or ledger.balance(books.payable(leg.key)) < original.amount:
        return False
    _undo(row, original, entry, books.payable(leg.key), actor=actor, at=at)
    shorten_leg(leg, Decimal(original.amount), actor=actor, at=at)
    if row.state == MoneyState.RELEASED and leg.state == LegState.CANCELLED:
        step(row, MoneyCommand.TAKE_BACK, actor=actor, at=at)
    else:
        record(row, "ExcessTakenBack", actor=actor, at=at)
    return True


def _undo(
    row: MoneyExpectation, original: BankEntry, entry: BankEntry, source: Account, *, actor: Actor, at: datetime
) -> None:
    """Book the reversal, and tell the payer, who would else learn of it when it is too late."""
    _back_to_bank(original, entry, source, f"money:{row.pk}", actor=actor, at=at)
    move_entry(original, EntryCommand.REVERSE, at=at)
    add_received(row, -original.amount)
    inbox.deliver(
        organisation_id=row.organisation_id,
        subject_msgid=gettext_noop(
            "Your bank took back %(amount)s yuan of what you had paid. See what is missing now."
        ),
        fields={"amount": as_text(original.amount)},
        link=f"/deposits/{row.pk}/",
        at=at,
        key=f"money:{row.pk}:reversed:{entry.pk}",
    )


def _advance(row: MoneyExpectation, *, actor: Actor, at: datetime) -> None:
    if row.state not in (MoneyState.EXPECTED, MoneyState.PART_RECEIVED):
        record(row, "ExcessReceived", actor=actor, at=at)
    elif row.received < row.amount:
        step(row, MoneyCommand.RECEIVE_PART, actor=actor, at=at)
    elif row.purpose in IN_TIME and not _was_whole(row) and _last_arrival(row) >= row.due_at:
        step(row, MoneyCommand.RECEIVE_LATE, actor=actor, at=at)
    else:
        step(row, MoneyCommand.COVER, actor=actor, at=at, covered_at=at)


def _was_whole(row: MoneyExpectation) -> bool:
    """Whether the whole deposit lay here at its due time and the bank took it back only later: it may be made good."""
    return row.taken_back_at is not None and bool(row.taken_back_at >= row.due_at)


def _last_arrival(row: MoneyExpectation) -> datetime:
    found: datetime = row.entries.filter(state=EntryState.BOOKED.value).aggregate(last=Max("arrived_by"))["last"]
    return found


def _back_to_bank(
    original: BankEntry, entry: BankEntry, source: Account, stream: str, *, actor: Actor, at: datetime
) -> None:
    post(
        actor=actor,
        key=f"reversed:{original.fingerprint}:{entry.fingerprint[:16]}",
        kind="RECEIPT_REVERSED",
        source=source,
        target=books.CASH,
        amount=Decimal(original.amount),
        document_ref=f"bank:{entry.fingerprint[:32]}",
        stream=stream,
        at=at,
        reason="reversed by the bank",
    )
