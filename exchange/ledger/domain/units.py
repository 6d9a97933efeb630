"""Units of account. Balances are whole numbers of the smallest step of a unit: exact on every database."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from commons.domain.refusals import Malformed
from commons.domain.text import gettext_noop


class Book(StrEnum):
    """What a ledger account counts. A transfer stays within one book."""

    MONEY = "MONEY"
    RIGHTS = "RIGHTS"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of account: `CNY`, `NH3-N t/a`. `places` decimals can be told apart."""

    code: str
    book: Book
    places: int

    def steps(self, amount: Decimal, *, field: str = "amount") -> int:
        """`amount` in smallest steps. Refuses (`Malformed`) an amount that the unit cannot tell exactly."""
        scaled = amount.scaleb(self.places)
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise Malformed(field=field, reason=gettext_noop("more decimal places than the unit has"))
        return int(scaled)

    def amount(self, steps: int) -> Decimal:
        """The amount of so many smallest steps, with the unit's places."""
        return Decimal(steps).scaleb(-self.places)


CNY = Unit("CNY", Book.MONEY, 2)


def rights(code: str) -> Unit:
    """A unit of rights to the kilogram, for example `NH3-N t/a`."""
    return Unit(code, Book.RIGHTS, 3)
