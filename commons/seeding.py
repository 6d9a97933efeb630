"""What every installation begins with: the published calendar and the rule parameters. Harmless to repeat."""

from datetime import datetime

from commons.calendar import services as calendar
from commons.parameters import services as parameters


def seed(*, at: datetime) -> dict[str, int]:
    """Enter what is missing; gives how much of each was new."""
    return {"calendar": calendar.seed(at=at), "parameters": parameters.seed(at=at)}
