"""The one engine for time limits.

Day 0, on which the event falls, is not counted (民法典 第201条). A limit *after* an event that ends on a non-working
day ends on the next working day (民法典 第203条). A limit *before* an event ("at least 15 days before the deadline")
is counted back and never rolls: rolling it would shorten what the law protects. Hours and minutes run from the
instant itself and never roll.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from commons.domain.calendar import ONE_DAY, WorkingDays
from commons.domain.refusals import Malformed
from commons.domain.text import gettext_noop
from commons.domain.time import SHANGHAI

LONGEST = 36_600
"""No limit of the rules reaches a hundred years; a longer one is a slip or an attack."""

MOST_STEPS = 40


class Unit(StrEnum):
    DAY = "day"
    WORKING_DAY = "working_day"
    HOUR = "hour"
    MINUTE = "minute"


class Direction(StrEnum):
    AFTER = "after"
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Step:
    """One sentence of the explanation: an English message id and what stands in its places."""

    message: str
    fields: Mapping[str, str]

    def __str__(self) -> str:
        return self.message % self.fields


@dataclass(frozen=True, slots=True)
class Deadline:
    """The day of a time limit, whether it may still move, and how it was found."""

    on: date
    provisional: bool
    steps: tuple[Step, ...]

    @property
    def ends_at(self) -> datetime:
        """The instant at which the day is over in Shanghai: the limit is kept by what happens before it."""
        return datetime.combine(self.on + ONE_DAY, time(), tzinfo=SHANGHAI).astimezone(UTC)

    @property
    def starts_at(self) -> datetime:
        """The instant at which the day begins in Shanghai."""
        return datetime.combine(self.on, time(), tzinfo=SHANGHAI).astimezone(UTC)


def deadline(*, start: date, add: int, unit: Unit, direction: Direction, calendar: WorkingDays) -> Deadline:
    """The day that lies `add` days or working days after or before `start`. Refuses (`Malformed`) an odd range."""
    if unit not in (Unit.DAY, Unit.WORKING_DAY):
        raise Malformed(field="unit", reason=gettext_noop("hours and minutes start from an instant, not from a day"))
    _check_range(add)
    try:
        return _day_limit(start, add, unit, direction, calendar)
    except OverflowError:
        raise Malformed(field="from", reason=gettext_noop("the limit leaves the calendar")) from None


def moment(*, start: datetime, add: int, unit: Unit, direction: Direction) -> datetime:
    """The instant that lies `add` hours or minutes after or before `start`; it runs through nights and holidays."""
    if unit not in (Unit.HOUR, Unit.MINUTE):
        raise Malformed(field="unit", reason=gettext_noop("days start from a day, not from an instant"))
    _check_range(add)
    span = timedelta(hours=add) if unit is Unit.HOUR else timedelta(minutes=add)
    try:
        return start.astimezone(UTC) + (span if direction is Direction.AFTER else -span)
    except OverflowError:
        raise Malformed(field="from", reason=gettext_noop("the limit leaves the calendar")) from None


def local_day(at: datetime) -> date:
    """The day in Shanghai on which an instant falls: the day 0 of limits that start with it."""
    return at.astimezone(SHANGHAI).date()


def _check_range(add: int) -> None:
    if not 0 <= add <= LONGEST:
        raise Malformed(field="add", reason=gettext_noop("a whole number from 0 to 36600 is needed"))


def _day_limit(start: date, add: int, unit: Unit, direction: Direction, calendar: WorkingDays) -> Deadline:
    steps = [Step(gettext_noop("%(day)s is day 0 and is not counted."), {"day": start.isoformat()})]
    looked_at: list[date] = []
    if unit is Unit.DAY:
        on = start + add * (ONE_DAY if direction is Direction.AFTER else -ONE_DAY)
        steps.append(_counted_days(add, direction, on))
    else:
        looked_at = list(_walk(start, add, direction, calendar))
        on = looked_at[-1] if looked_at else start
        steps += _short(list(_runs(looked_at, calendar)))
    if direction is Direction.AFTER:
        looked_at.append(on)
        if not calendar.is_working(on):
            rolled = calendar.next_working(on)
            steps.append(_rolled(on, rolled, calendar))
            on = rolled
        looked_at.append(on)
    elif not calendar.is_working(on):
        steps.append(
            Step(
                gettext_noop("%(day)s is no working day; a limit before an event does not roll."),
                {"day": on.isoformat()},
            )
        )
    unpublished = sorted({day.year for day in looked_at if calendar.is_provisional(day)})
    steps += [_provisional(year) for year in unpublished]
    return Deadline(on, bool(unpublished), tuple(steps))


def _walk(start: date, add: int, direction: Direction, calendar: WorkingDays) -> Iterator[date]:
    """Every day that is looked at until `add` working days are counted."""
    day, counted = start, 0
    while counted < add:
        day += ONE_DAY if direction is Direction.AFTER else -ONE_DAY
        counted += calendar.is_working(day)
        yield day


def _runs(days: list[date], calendar: WorkingDays) -> Iterator[Step]:
    """Consecutive days of one kind as one sentence each."""
    counted, first = 0, 0
    for index, day in enumerate(days):
        kind = (calendar.is_working(day), calendar.name(day))
        if index + 1 < len(days) and kind == (calendar.is_working(days[index + 1]), calendar.name(days[index + 1])):
            continue
        run = days[first : index + 1]
        first = index + 1
        if kind[0]:
            yield _counted_run(run, counted, kind[1])
            counted += len(run)
        else:
            yield _skipped_run(run, kind[1])


def _counted_run(run: list[date], before: int, name: str) -> Step:
    first, last = before + 1, before + len(run)
    fields = {"days": _span(run), "number": f"{first}" if first == last else f"{first}–{last}", "name": name}
    if name:
        return Step(gettext_noop("Working day %(number)s: %(days)s (%(name)s, made up for)."), fields)
    return Step(gettext_noop("Working day %(number)s: %(days)s."), fields)


def _skipped_run(run: list[date], name: str) -> Step:
    if name:
        return Step(gettext_noop("Not counted: %(days)s (%(name)s)."), {"days": _span(run), "name": name})
    return Step(gettext_noop("Not counted: %(days)s (weekend)."), {"days": _span(run)})


def _span(run: list[date]) -> str:
    first, last = min(run).isoformat(), max(run).isoformat()
    return first if first == last else f"{first} – {last}"


def _counted_days(add: int, direction: Direction, on: date) -> Step:
    fields = {"add": str(add), "day": on.isoformat()}
    if direction is Direction.AFTER:
        return Step(gettext_noop("%(add)s days later is %(day)s."), fields)
    return Step(gettext_noop("%(add)s days earlier is %(day)s."), fields)


def _rolled(on: date, to: date, calendar: WorkingDays) -> Step:
    fields = {"day": on.isoformat(), "to": to.isoformat(), "name": calendar.name(on)}
    if fields["name"]:
        return Step(
            gettext_noop("%(day)s is no working day (%(name)s); the limit ends on the next one, %(to)s."), fields
        )
    return Step(gettext_noop("%(day)s is no working day; the limit ends on the next one, %(to)s."), fields)


def _provisional(year: int) -> Step:
    return Step(
        gettext_noop("The holidays of %(year)s are not published yet: the day is provisional and may move."),
        {"year": str(year)},
    )


def _short(steps: list[Step]) -> list[Step]:
    """Long walks keep their first and last sentences."""
    if len(steps) <= MOST_STEPS:
        return steps
    half = MOST_STEPS // 2
    left_out = Step(gettext_noop("(%(count)s further steps of the same kind)"), {"count": str(len(steps) - 2 * half)})
    return [*steps[:half], left_out, *steps[-half:]]
