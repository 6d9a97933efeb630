"""Questions to the calendar. Every deadline of the platform comes from here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import CharField, DateField, QuerySet, Value
from django.db.models.functions import Cast

from commons.calendar.models import CalendarDay, CalendarYear
from commons.domain.calendar import DayMark, WorkingDays
from commons.domain.deadlines import Deadline, Direction, Unit, local_day
from commons.domain.deadlines import deadline as compute
from commons.domain.regions import reach
from commons.entries import record_key
from commons.repeated import Repeated

_NO_DAY = Value(None, output_field=DateField())


@dataclass(frozen=True, slots=True)
class DayView:
    """One entry of the calendar as the page shows it."""

    id: int
    region: str
    on: date
    working: bool
    name: str
    source: str
    replaces_id: int | None
    reason: str
    entered_by: str
    entered_at: datetime

    @property
    def record_key(self) -> str:
        """Where its evidence stands in the stream `calendar`."""
        return record_key(self.id, entered_by=self.entered_by, entered_at=self.entered_at)


def working_days(*, first: date, last: date, region: str = "") -> WorkingDays:
    """The calendar between two days, as it stands for a region: the nearest region that says something decides.

    One query, for most pages ask: the days, and after them the years whose arrangement is entered, without a day.
    """
    wanted = reach(region)
    rows = _asked(len(wanted)).rows(first, last, *wanted)
    marked = sorted((row for row in rows if row[0]), key=lambda row: wanted.index(row[1]), reverse=True)
    marks = {on: DayMark(working, name) for on, _, working, name in marked}
    return WorkingDays(marks, frozenset(int(name) for on, _, _, name in rows if on is None))


@lru_cache(maxsize=16)
def _asked(regions: int) -> Repeated[tuple[Any, ...]]:
    def spell(first: date, last: date, *wanted: str) -> "QuerySet[CalendarDay, tuple[Any, ...]]":
        current = CalendarDay.objects.filter(on__range=(first, last), region__in=wanted, replaced_by__isnull=True)
        years = CalendarYear.objects.order_by().values_list(_NO_DAY, Value(""), Value(True), Cast("year", CharField()))
        days = current.order_by().values_list("on", "region", "working", "name")
        return days.union(years, all=True)

    return Repeated(spell)


def published_years() -> frozenset[int]:
    """The years whose arrangement is entered."""
    return frozenset(CalendarYear.objects.values_list("year", flat=True))


def deadline(
    *,
    start: date | datetime,
    add: int,
    unit: Unit = Unit.WORKING_DAY,
    direction: Direction = Direction.AFTER,
    region: str = "",
) -> Deadline:
    """The day that lies `add` days or working days after or before `start`; an instant counts as its day in Shanghai.

    Refuses (`Malformed`) hours and minutes (use `commons.domain.deadlines.moment`) and limits beyond a hundred years.
    """
    day = local_day(start) if isinstance(start, datetime) else start
    return compute(
        start=day, add=add, unit=unit, direction=direction, calendar=_around(day, add, unit, direction, region)
    )


def deadlines(*, start: datetime, add: Mapping[str, int], region: str = "") -> dict[str, Deadline]:
    """The days that lie so many working days after an instant, by the names of the limits; one query for all."""
    day = local_day(start)
    around = _around(day, max(add.values()), Unit.WORKING_DAY, Direction.AFTER, region)
    return {
        name: compute(start=day, add=count, unit=Unit.WORKING_DAY, direction=Direction.AFTER, calendar=around)
        for name, count in add.items()
    }


def is_working_day(day: date, *, region: str = "") -> bool:
    """Whether `day` is a working day in a region."""
    return working_days(first=day, last=day, region=region).is_working(day)


def days_of_year(year: int, *, region: str | None = None) -> list[DayView]:
    """The entries in force of a year, of all regions or of one."""
    rows = CalendarDay.objects.filter(on__year=year, replaced_by__isnull=True)
    if region is not None:
        rows = rows.filter(region=region)
    return [_view(row) for row in rows]


def history(*, on: date, region: str = "") -> list[DayView]:
    """Every entry that was ever made for a day, the newest first."""
    return [_view(row) for row in CalendarDay.objects.filter(on=on, region=region).order_by("-id")]


def _around(day: date, add: int, unit: Unit, direction: Direction, region: str) -> WorkingDays:
    """The part of the calendar that a limit can touch: twice its length (weekends) and two months (holidays)."""
    reach = timedelta(days=min(abs(add), 40_000) * (2 if unit is Unit.WORKING_DAY else 1) + 60)
    first = day - reach if direction is Direction.BEFORE and day - date.min > reach else day
    last = day + reach if direction is Direction.AFTER and date.max - day > reach else date.max
    return working_days(first=first, last=day if direction is Direction.BEFORE else last, region=region)


def _view(row: CalendarDay) -> DayView:
    return DayView(
        id=row.pk,
        region=row.region,
        on=row.on,
        working=row.working,
        name=row.name,
        source=row.source,
        replaces_id=row.replaces_id,
        reason=row.reason,
        entered_by=row.entered_by,
        entered_at=row.entered_at,
    )
