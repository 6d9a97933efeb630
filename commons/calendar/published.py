"""The arrangement of holidays as the State Council published it, from the library `chinesecalendar`."""

from collections.abc import Iterator
from datetime import date
from functools import cache

from chinese_calendar.constants import Holiday, holidays, workdays

from commons.domain.calendar import DayMark, WorkingDays

SOURCE = "国务院办公厅关于部分节假日安排的通知"

_CHINESE = {holiday.value: holiday.chinese for holiday in Holiday}


def marks() -> Iterator[tuple[date, DayMark]]:
    """Every day that the yearly notices make an exception of, in order."""
    found = {day: DayMark(False, _CHINESE.get(name, name)) for day, name in holidays.items()}
    found |= {day: DayMark(True, _CHINESE.get(name, name)) for day, name in workdays.items()}
    yield from sorted(found.items())


def years() -> frozenset[int]:
    """The years whose notice the library knows."""
    return frozenset(day.year for day in holidays)


@cache
def working_days() -> WorkingDays:
    """The published calendar without any correction of this installation."""
    return WorkingDays(dict(marks()), years())
