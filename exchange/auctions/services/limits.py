"""Working-day limits of the flow, remembered where they are provisional (`auctions.services.reckoning` moves them)."""

from datetime import date, datetime

from commons.calendar import queries as calendar
from commons.calendar import reckoning
from commons.domain.deadlines import Unit

CONTRACT, PAYMENT, NEGOTIATION = "deal.contract", "deal.payment", "lot.negotiation"


def working_limit(*, kind: str, refs: list[int], start: datetime, add: int, region: str) -> date:
    """The day `add` working days after `start`; remembered under `kind` for each of `refs` where it is provisional."""
    found = calendar.deadline(start=start, add=add, unit=Unit.WORKING_DAY, region=region)
    for ref in refs:
        reckoning.note(
            kind=kind, ref=str(ref), start=start, add=add, unit=Unit.WORKING_DAY, region=region, found=found, at=start
        )
    return found.on
