"""What every installation begins with: the published calendar and the rule parameters. Harmless to repeat."""

from datetime import datetime

from commons.calendar import services as calendar


def seed(*, at: datetime) -> dict[str, int]:
    """Enter what is missing; gives how much of each was new."""
    return {"calendar": calendar.seed(at=at)}
