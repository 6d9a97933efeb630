"""What can be done to the calendar."""

from commons.calendar.services.editing import enter_day, publish_year
from commons.calendar.services.seeding import seed

__all__ = ["enter_day", "publish_year", "seed"]
