"""Questions about permits and holdings."""

from collections.abc import Iterable
from datetime import date

from commons.domain.money import Quantity
from exchange.permits.domain.facts import Eligibility


def eligibility(
    *, organisation_id: int, instrument: str, quantity: Quantity, region: str, seller_id: int, on: date
) -> Eligibility:
    """Whether the organisation may buy `quantity` of what `seller_id` offers in `region` (RULES §2)."""
    raise NotImplementedError


def related_group(organisation_ids: Iterable[int]) -> dict[int, str]:
    """A name of the group for every organisation that shares its controller or legal representative with another one.

    Organisations that stand alone are left out.
    """
    raise NotImplementedError
