"""Working days: the week, and the days that the State Council moves about. Pure; the days arrive as an argument."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayMark:
    """What a calendar says of one day: working or not, and under which name (国庆节, 国庆节调休)."""

    working: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The week with its exceptions, and the years whose arrangement is published."""

    marks: Mapping[date, DayMark] = field(default_factory=lambda: MappingProxyType({}))
    published_years: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether `day` is a working day: by the calendar where it says so, else Monday to Friday."""
        mark = self.marks.get(day)
        return mark.working if mark else day.weekday() < 5

    def name(self, day: date) -> str:
        """The name under which the calendar makes an exception of `day`; empty for an ordinary day."""
        mark = self.marks.get(day)
        return mark.name if mark else ""

    def is_moved(self, day: date) -> bool:
        """Whether the calendar makes `day` something else than the week would."""
        return self.is_working(day) != (day.weekday() < 5)

    def is_provisional(self, day: date) -> bool:
        """Whether the arrangement of the year of `day` is not published yet, so that the week alone decides."""
        return day.year not in self.published_years

    def next_working(self, day: date) -> date:
        """`day` itself if it is a working day, else the first one after it."""
        while not self.is_working(day):
            day += ONE_DAY
        return day
