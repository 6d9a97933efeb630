"""Interest that goes back with a deposit (招标投标法实施条例 第57条: 银行同期存款利息)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from commons.domain.money import FEN, Money


@dataclass(frozen=True, slots=True)
class InterestTerms:
    """Rate per year and how many days a year has for it: parameters."""

    rate: Decimal
    year_days: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that lay with the exchange since a day."""

    amount: Money
    on: date


def interest(receipts: Iterable[Receipt], *, until: date, terms: InterestTerms) -> Money:
    """Simple interest from the day of receipt to the day of refund, the first counted and the last not 算头不算尾.

    Exact to the end: the sum over all receipts is rounded once, to the fen, half up.
    """
    total = sum((receipt.amount * max((until - receipt.on).days, 0) for receipt in receipts), start=Decimal(0))
    return Money((total * terms.rate / terms.year_days).quantize(FEN, rounding=ROUND_HALF_UP))
