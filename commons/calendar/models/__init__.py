from commons.calendar.models.days import CalendarDay, CalendarYear

__all__ = ["CalendarDay", "CalendarYear"]
