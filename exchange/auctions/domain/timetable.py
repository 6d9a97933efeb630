"""When a lot's steps happen, computed from the day of publication and the rule parameters (Foshan 2018)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.domain.time import SHANGHAI

After = Callable[[date, int, str], date]
"""The one deadline engine: day, count, unit ("day" or "working_day") → the last day of the limit."""

END_OF_BUSINESS = time(17, 0)
START_OF_BUSINESS = time(9, 0)


class OpensTooEarly(Refusal):
    code = "LOT_OPENS_TOO_EARLY"
    message = gettext_noop(
        "Lot %(lot)s cannot start bidding before %(earliest)s: the notice, the registration, the deposits, the "
        "qualification and the preparation of the room need their time. Move the start of bidding."
    )


@dataclass(frozen=True, slots=True)
class Periods:
    """The lengths that the rules give: days of notice and registration, working days of qualification, and how long
    bidding waits at the least after the deposits were due and after the method was decided."""

    notice_days: int
    registration_days: int
    qualification_working_days: int
    deposit_hours: int = 0
    readiness_minutes: int = 0

    @property
    def readiness(self) -> timedelta:
        return timedelta(minutes=self.readiness_minutes)


@dataclass(frozen=True, slots=True)
class Timetable:
    """The instants of a lot before its bidding. `earliest_opening` is the first at which bidding may start: the
    deposits were due long enough before, and the method is decided at the end of the qualification at the latest."""

    registration_starts_at: datetime
    registration_ends_at: datetime
    qualification_ends_at: datetime
    earliest_opening: datetime


def timetable(published_at: datetime, periods: Periods, after: After) -> Timetable:
    """Registration takes the last days of the notice; day 0 is not counted; qualification follows in working days."""
    day0 = published_at.astimezone(SHANGHAI).date()
    length = max(periods.notice_days, periods.registration_days)
    ends_on = after(day0, length, "day")
    head_start = length - periods.registration_days
    starts_at = at_time(day0 + timedelta(days=head_start), START_OF_BUSINESS) if head_start else published_at
    qualified_on = after(ends_on, periods.qualification_working_days, "working_day")
    ends_at, qualified_at = at_time(ends_on, END_OF_BUSINESS), at_time(qualified_on, END_OF_BUSINESS)
    return Timetable(
        registration_starts_at=max(starts_at, published_at),
        registration_ends_at=ends_at,
        qualification_ends_at=qualified_at,
        earliest_opening=max(ends_at + timedelta(hours=periods.deposit_hours), qualified_at + periods.readiness),
    )


def at_time(on: date, clock: time) -> datetime:
    """That time of that day in Shanghai, as an aware UTC instant."""
    return datetime.combine(on, clock, tzinfo=SHANGHAI).astimezone(UTC)


def local_day(at: datetime) -> date:
    """The calendar day in Shanghai."""
    return at.astimezone(SHANGHAI).date()


def require_time(table: Timetable, *, lot: int, opens_at: datetime) -> None:
    """Refuses (`OpensTooEarly`) a start of bidding that the rules leave no time for."""
    if opens_at < table.earliest_opening:
        earliest = table.earliest_opening.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        raise OpensTooEarly(lot=lot, earliest=earliest)
