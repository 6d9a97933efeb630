"""What a procedure asks about the securities that it expects; its pages ask with their own policies."""

from dataclasses import replace

from django.db.models import Sum

from commons.domain.money import Money
from commons.secrecy.fields import Party
from exchange.deposits.domain.facts import NOTHING, DepositView
from exchange.deposits.domain.states import MoneyState, Purpose
from exchange.deposits.models import MoneyExpectation
from exchange.deposits.queries.rows import deposit_view


def security_of(purpose: Purpose, party: Party) -> DepositView | None:
    """The newest security of one organisation at one place; one that was no longer wanted is none."""
    rows = MoneyExpectation.objects.filter(purpose=purpose.value, party=party)
    row = rows.exclude(state=MoneyState.CANCELLED.value).order_by("-expected_at", "-id").first()
    return None if row is None else deposit_view(row)


def securities_opened(purpose: Purpose, subject: str) -> list[DepositView]:
    """Those that were opened under `subject`, in the order they were expected."""
    rows = MoneyExpectation.objects.filter(purpose=purpose.value, subject=subject, opened_at__isnull=False)
    interest = Sum("payouts__interest", default=NOTHING)
    return [
        replace(deposit_view(row), interest=Money(row.interest))
        for row in rows.annotate(interest=interest).order_by("expected_at", "id")
    ]
