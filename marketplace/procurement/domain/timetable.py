"""When a round takes sign-ups and when it selects. Pure: the calendar arrives."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from commons.domain.calendar import WorkingDays
from commons.domain.deadlines import Direction, Unit, deadline, local_day
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop

SELECTION_HOUR = timedelta(hours=10)
"""Of the day of selection, Shanghai time."""
LONGEST_DAYS = 60


class SignUpTooShort(Refusal):
    code = "SIGN_UP_TOO_SHORT"
    message = gettext_noop("The rule asks for at least %(least)s working days for signing up; %(days)s are too few.")
    status = 400


class SignUpTooLong(Refusal):
    code = "SIGN_UP_TOO_LONG"
    message = gettext_noop("Sign-ups stay open for at most %(most)s working days.")
    status = 400


@dataclass(frozen=True, slots=True)
class Timetable:
    """`sign_up_until`: the end of a day, before which sign-ups count. `selection_at`: the next working day, 10:00."""

    sign_up_until: datetime
    selection_at: datetime
    provisional: bool


def timetable(*, published_at: datetime, days: int, least: int, calendar: WorkingDays) -> Timetable:
    """The round that begins with its publication, day 0 not counted (民法典 第201条).

    Refuses `SignUpTooShort`, `SignUpTooLong`.
    """
    wanted = days or least
    if wanted < least:
        raise SignUpTooShort(least=least, days=wanted)
    if wanted > LONGEST_DAYS:
        raise SignUpTooLong(most=LONGEST_DAYS)
    after = {"unit": Unit.WORKING_DAY, "direction": Direction.AFTER, "calendar": calendar}
    closes = deadline(start=local_day(published_at), add=wanted, **after)  # type: ignore[arg-type]
    selects = deadline(start=closes.on, add=1, **after)  # type: ignore[arg-type]
    return Timetable(closes.ends_at, selects.starts_at + SELECTION_HOUR, closes.provisional or selects.provisional)


def direct_timetable(*, published_at: datetime, calendar: WorkingDays) -> Timetable:
    """Without sign-ups: the selection is possible at once."""
    return Timetable(published_at, published_at, calendar.is_provisional(local_day(published_at)))
