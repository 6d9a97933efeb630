"""Booking money that came in for something, and taking it back when the bank does."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Max

from commons.domain.actor import Actor
from exchange.deposits.domain import books
from exchange.deposits.domain.entries import EntryCommand, EntryState
from exchange.deposits.domain.payouts import PayoutKind
from exchange.deposits.domain.states import IN_TIME, MACHINE, MoneyCommand, MoneyState
from exchange.deposits.models import BankEntry, MoneyExpectation, TreasuryVoucher
from exchange.deposits.services.common import add_received, locked_money, post, record, step, virtual_of
from exchange.deposits.services.legs import move_entry
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
    allowed = MACHINE.allows(MoneyState(row.state), MoneyCommand.TAKE_BACK)
    if not allowed or ledger.balance(virtual_of(row)) < original.amount:
        return False
    _back_to_bank(original, entry, virtual_of(row), f"money:{row.pk}", actor=actor, at=at)
    add_received(row, -original.amount)
    if row.received < row.amount:
        step(row, MoneyCommand.TAKE_BACK, actor=actor, at=at, covered_at=None)
    else:
        record(row, "ExcessTakenBack", actor=actor, at=at)
    return True


def _advance(row: MoneyExpectation, *, actor: Actor, at: datetime) -> None:
    if row.state not in (MoneyState.EXPECTED, MoneyState.PART_RECEIVED):
        record(row, "ExcessReceived", actor=actor, at=at)
    elif row.received < row.amount:
        step(row, MoneyCommand.RECEIVE_PART, actor=actor, at=at)
    elif row.purpose in IN_TIME and _last_arrival(row) >= row.due_at:
        step(row, MoneyCommand.RECEIVE_LATE, actor=actor, at=at)
    else:
        step(row, MoneyCommand.COVER, actor=actor, at=at, covered_at=at)


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
