"""Balances and the lines of an account, for the subjects that keep a book; they decide who may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import BigIntegerField, Sum
from django.db.models.functions import Coalesce

from exchange.ledger.domain.postings import Account
from exchange.ledger.domain.units import Book, Unit
from exchange.ledger.models import LedgerAccount, LedgerLeg


@dataclass(frozen=True, slots=True)
class Balance:
    """An account and what it holds."""

    account: Account
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an account."""

    transfer_id: int
    kind: str
    amount: Decimal
    balance: Decimal
    document_ref: str
    reason: str
    at: datetime


def balances(
    book: Book,
    *,
    owners: Iterable[str] | None = None,
    subject: str | None = None,
    kinds: Iterable[str] | None = None,
    unit: str | None = None,
) -> list[Balance]:
    """The accounts that match, in the order of their opening; one query."""
    rows = LedgerAccount.objects.filter(book=book.value)
    if owners is not None:
        rows = rows.filter(owner__in=list(owners))
    if subject is not None:
        rows = rows.filter(subject=subject)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    if unit is not None:
        rows = rows.filter(unit=unit)
    return [_balance(row) for row in rows.order_by("id")]


def balance(account: Account) -> Decimal:
    """What the account holds; zero for one that nobody has opened yet."""
    rows = LedgerAccount.objects.filter(
        book=account.unit.book.value,
        owner=account.owner,
        kind=account.kind,
        subject=account.subject,
        unit=account.unit.code,
    )
    steps = rows.values_list("balance", flat=True).first()
    return account.unit.amount(steps or 0)


def lines(account: Account, *, limit: int = 200) -> list[Line]:
    """The lines of an account, the newest first."""
    unit = account.unit
    rows = LedgerLeg.objects.filter(
        account__book=unit.book.value,
        account__owner=account.owner,
        account__kind=account.kind,
        account__subject=account.subject,
        account__unit=unit.code,
    ).select_related("transfer")
    return [
        Line(
            row.transfer_id,
            row.transfer.kind,
            unit.amount(row.delta),
            unit.amount(row.balance),
            row.transfer.document_ref,
            row.transfer.reason,
            row.transfer.posted_at,
        )
        for row in rows.order_by("-id")[:limit]
    ]


def totals(book: Book) -> dict[str, Decimal]:
    """The sum over all accounts per unit: zero each, or the books are wrong."""
    sums: dict[str, Decimal] = {}
    for row in LedgerAccount.objects.filter(book=book.value).order_by("id"):
        unit = Unit(row.unit, book, row.places)
        sums[row.unit] = sums.get(row.unit, Decimal(0)) + unit.amount(row.balance)
    return sums


def wrong_balances(book: Book) -> list[int]:
    """The accounts whose balance is not the sum of their legs: none, or somebody went around the ledger."""
    rows = LedgerAccount.objects.filter(book=book.value).annotate(
        summed=Coalesce(Sum("legs__delta"), 0, output_field=BigIntegerField())
    )
    return [row.pk for row in rows.order_by("id") if row.summed != row.balance]


def _balance(row: LedgerAccount) -> Balance:
    unit = Unit(row.unit, Book(row.book), row.places)
    return Balance(Account(row.owner, row.kind, unit, row.subject, row.may_go_negative), unit.amount(row.balance))
