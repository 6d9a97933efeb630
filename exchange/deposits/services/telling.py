"""Knowing an entry again that statement and notice tell differently: once as a bare sum, once in its payments."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from commons.domain.actor import Actor
from commons.evidence import services as evidence
from exchange.deposits.domain import books, camt
from exchange.deposits.domain.camt import Payment
from exchange.deposits.domain.entries import EntryCommand, EntryState
from exchange.deposits.domain.telling import Names, names_of
from exchange.deposits.models import BankEntry, EntryName
from exchange.deposits.services.common import post
from exchange.deposits.services.legs import move_entry


class Telling(StrEnum):
    """What a payment of a file is, beside what earlier files told."""

    NEW = "NEW"
    KNOWN = "KNOWN"
    DETAILS = "DETAILS"
    """It tells in its parts what waits as a bare sum."""
    DEALT_WITH = "DEALT_WITH"
    """The sum that it is part of does not wait any more: whether it is new, a person has to say."""


class Tellings:
    """What earlier files told of the entries of one statement."""

    def __init__(self, kind: str, statement: camt.Statement) -> None:
        self._names = {id(one): names_of(statement.account, kind, one) for one in statement.payments}
        sought = {name for names in self._names.values() for name in names.sought}
        self._told: dict[str, list[BankEntry]] = {}
        for row in EntryName.objects.filter(name__in=sought).select_related("entry").order_by("entry_id"):
            self._told.setdefault(row.name, []).append(row.entry)
        self._used: set[int] = set()

    def judge(self, payment: Payment, *, known: bool) -> tuple[Telling, BankEntry | None]:
        """What the payment is; with the bare sum whose details it is. `known`: by its own name."""
        told = self._earlier(payment)
        sums = [row for row in told if not row.detailed]
        if not payment.detailed:
            return (Telling.KNOWN if known or told else Telling.NEW), None
        waiting = next((row for row in sums if row.state == EntryState.WAITING), None)
        if waiting is not None:
            return Telling.DETAILS, waiting
        if known or self._told_in_detail(payment, told):
            return Telling.KNOWN, None
        absorbed = any(row.pk in self._used for row in sums)
        return (Telling.DEALT_WITH if sums and not absorbed else Telling.NEW), None

    def keep(self, entry: BankEntry, payment: Payment) -> None:
        """Remember the entry under its names."""
        EntryName.objects.bulk_create([EntryName(entry=entry, name=name) for name in self._of(payment).kept])

    def absorb(self, row: BankEntry, *, actor: Actor, at: datetime) -> None:
        """A bare sum is told in its parts now: what was booked for the sum is undone, and the parts are booked."""
        source, target = books.suspense(row.pk), books.CASH
        if row.direction != camt.Direction.CREDIT:
            source, target = books.CASH, books.UNEXPLAINED
        post(
            actor=actor,
            key=f"told-anew:{row.fingerprint}",
            kind="ENTRY_TOLD_ANEW",
            source=source,
            target=target,
            amount=row.amount,
            document_ref=f"bank:{row.fingerprint[:32]}",
            stream=f"entry:{row.pk}",
            at=at,
        )
        move_entry(row, EntryCommand.EXPLAIN, at=at)
        evidence.append(
            stream=f"entry:{row.pk}",
            type="entry.told_anew",
            actor=actor,
            payload={"state": row.state},
            decided_at=at,
        )
        self._used.add(row.pk)

    def _of(self, payment: Payment) -> Names:
        return self._names[id(payment)]

    def _earlier(self, payment: Payment) -> list[BankEntry]:
        found = {row.pk: row for name in self._of(payment).sought for row in self._told.get(name, ())}
        return [found.get(number, row) for number, row in found.items()]

    def _told_in_detail(self, payment: Payment, told: Sequence[BankEntry]) -> bool:
        """Whether the same payment was told in detail before, though under another name. Each stands for one."""
        same = (row for row in told if row.detailed and row.amount == payment.amount and row.pk not in self._used)
        row = next(same, None)
        if row is not None:
            self._used.add(row.pk)
        return row is not None
