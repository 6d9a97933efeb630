"""Leaderboards that neither splitting nor self-dealing can climb.

An owner counts once however many contracts it gave, amounts count per owner up to a cap, and contracts between linked
parties count nowhere; they are shown, flagged.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract of the period."""

    agency_id: int
    owner_id: int
    amount: Decimal
    linked: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """One agency on the board."""

    agency_id: int
    owners: int
    contracts: int
    amount: Decimal
    """With each owner's share capped."""
    linked: int
    """Contracts with linked owners, which do not count."""


def board(contracts: Iterable[Contract], *, cap_per_owner: Decimal) -> list[Standing]:
    """By different owners, then by capped amount; never by the mere number of contracts."""
    per_owner: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    counts: dict[int, int] = defaultdict(int)
    linked: dict[int, int] = defaultdict(int)
    for one in contracts:
        if one.linked:
            linked[one.agency_id] += 1
            continue
        counts[one.agency_id] += 1
        per_owner[one.agency_id][one.owner_id] += one.amount
    standings = [
        Standing(
            agency_id,
            len(per_owner[agency_id]),
            counts[agency_id],
            sum((min(amount, cap_per_owner) for amount in per_owner[agency_id].values()), Decimal(0)),
            linked[agency_id],
        )
        for agency_id in {*counts, *linked}
    ]
    return sorted(standings, key=lambda one: (-one.owners, -one.amount, one.agency_id))
