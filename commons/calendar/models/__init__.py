from commons.calendar.models.days import CalendarDay, CalendarYear
from commons.calendar.models.limits import ProvisionalLimit

__all__ = ["CalendarDay", "CalendarYear", "ProvisionalLimit"]
