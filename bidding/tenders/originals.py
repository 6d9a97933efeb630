"""Contracts that an addition can be made to: told by the subject that concludes them, which stands above this one."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class OriginalContract:
    """A contract of an owner that was concluded here."""

    number: str
    title: str
    supplier_id: int
    supplier: str
    amount: Decimal


Contracts = Callable[[int], Sequence[OriginalContract]]
"""Those of an owner, the newest first."""
Amounts = Callable[[Collection[int]], Mapping[int, Decimal]]
"""What the sections were awarded for, where they were."""

_contracts: list[Contracts] = []
_amounts: list[Amounts] = []


def register(contracts: Contracts, amounts: Amounts) -> None:
    """Say who knows; called once, as the application starts."""
    _contracts.append(contracts)
    _amounts.append(amounts)


def contracts_of(owner_id: int) -> list[OriginalContract]:
    """The owner's contracts that were concluded here."""
    return [one for ask in _contracts for one in ask(owner_id)]


def awarded(section_ids: Collection[int]) -> dict[int, Decimal]:
    """What each of the sections was awarded for."""
    return {key: amount for ask in _amounts for key, amount in ask(section_ids).items()}
