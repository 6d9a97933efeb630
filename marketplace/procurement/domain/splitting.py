"""Needs that were split to stay below a limit 化整为零: an alert, never a verdict. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class EarlierNeed:
    """A need of the same owner for the same item inside the window."""

    procurement_id: int
    code: str
    title: str
    amount: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class SplitAlert:
    """Together the needs reach the limit that each of them stays below."""

    total: Decimal
    limit: Decimal
    months: int
    earlier: tuple[EarlierNeed, ...]


def look_for_split(
    amount: Decimal | None, earlier: Sequence[EarlierNeed], *, limit: Decimal | None, months: int
) -> SplitAlert | None:
    """An alert when this need and the earlier ones add up to the limit; none when this one alone reaches it."""
    if amount is None or limit is None or amount >= limit or not earlier:
        return None
    below = tuple(one for one in earlier if one.amount < limit)
    total = amount + sum((one.amount for one in below), Decimal(0))
    return SplitAlert(total, limit, months, below) if below and total >= limit else None
