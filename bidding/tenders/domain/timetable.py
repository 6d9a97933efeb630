"""The dates of a tender, counted by the profile's limits. Pure: the calendar's answers arrive as days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bidding.profiles.domain.profile import Limit, ProcedureProfile
from bidding.profiles.domain.vocabulary import LimitName
from commons.domain.deadlines import Direction, local_day
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.domain.time import to_text

Count = Callable[[date, Limit, Direction], date]
"""The day that lies a limit after or before another, by the calendar of the region."""


class TimeMissing(Refusal):
    code = "TENDER_TIME_MISSING"
    message = gettext_noop("“%(what)s” has no date yet.")
    status = 400


class TimeTooEarly(Refusal):
    """招标投标法 第24条 and its like: each period is at least what the profile says."""

    code = "TENDER_TIME_TOO_EARLY"
    message = gettext_noop("“%(what)s” may be no earlier than %(earliest)s (%(source)s). Choose a later date.")
    status = 400


class ObjectionTooLate(Refusal):
    code = "TENDER_OBJECTION_TOO_LATE"
    message = gettext_noop("An objection of this kind was possible until %(until)s (%(source)s).")


@dataclass(frozen=True, slots=True)
class Times:
    """The dates that the owner states."""

    applications_end_at: datetime | None
    documents_until: datetime | None
    bid_deadline: datetime | None


def require_times(times: Times, profile: ProcedureProfile, *, published_at: datetime, count: Count) -> None:
    """Refuses (`TimeMissing`, `TimeTooEarly`) dates that are missing or break a limit of the profile."""
    day = local_day(published_at)
    if profile.applies_first:
        least = _after(day, profile, LimitName.DOCUMENT_SALE, count)
        limit = profile.limit(LimitName.PREQUALIFICATION_APPLICATION)
        earliest = count(least, limit, Direction.AFTER) if limit else least
        what = gettext_noop("Applications end")
        _require(what, times.applications_end_at, earliest, published_at, limit)
        day = local_day(times.applications_end_at) if times.applications_end_at else day
    _require(
        gettext_noop("Documents can be taken until"),
        times.documents_until,
        _after(day, profile, LimitName.DOCUMENT_SALE, count),
        published_at,
        profile.limit(LimitName.DOCUMENT_SALE),
    )
    stated = [limit for name in (LimitName.BID_PERIOD, LimitName.NOTICE) if (limit := profile.limit(name))]
    earliest, longest = day, None
    for limit in stated:
        found = count(day, limit, Direction.AFTER)
        if profile.is_single_source and limit is profile.limit(LimitName.NOTICE):
            found += timedelta(days=1)  # the last day of the notice is one for objections too (财政部令第74号 第39条)
        if found > earliest:
            earliest, longest = found, limit
    _require(gettext_noop("Bid deadline"), times.bid_deadline, earliest, published_at, longest)
    _require_order(times)


def postponed(deadline: datetime, limit: Limit | None, *, told_at: datetime, count: Count) -> datetime:
    """The deadline after a clarification that affects bids: moved, at its hour, when fewer days are left than needed.

    招标投标法 第23条, 实施条例 第21条: at least 15 days before, else the deadline is postponed.
    """
    if limit is None or _in_time(deadline, told_at, limit, count):
        return deadline
    earliest = count(local_day(told_at), limit, Direction.AFTER)
    moved = deadline
    while local_day(moved) < earliest or not _in_time(moved, told_at, limit, count):
        moved += timedelta(days=1)
    return moved


def latest_objection(deadline: datetime, limit: Limit | None, count: Count) -> date:
    """The last day on which an objection to the documents is possible; without a limit the day of the deadline."""
    return count(local_day(deadline), limit, Direction.BEFORE) if limit else local_day(deadline)


def require_objection(deadline: datetime, limit: Limit | None, *, at: datetime, count: Count) -> None:
    """Refuses (`ObjectionTooLate`) after the last day."""
    until = latest_objection(deadline, limit, count)
    if local_day(at) > until:
        raise ObjectionTooLate(until=until.isoformat(), source=limit.source if limit else "–")


def _in_time(deadline: datetime, told_at: datetime, limit: Limit, count: Count) -> bool:
    """Whether the whole limit lies between the clarification and the deadline."""
    return count(local_day(deadline), limit, Direction.BEFORE) >= local_day(told_at)


def _after(day: date, profile: ProcedureProfile, name: LimitName, count: Count) -> date:
    limit = profile.limit(name)
    return count(day, limit, Direction.AFTER) if limit else day


def _require(what: str, at: datetime | None, earliest: date, published_at: datetime, limit: Limit | None) -> None:
    if at is None:
        raise TimeMissing(what=what)
    if at <= published_at or local_day(at) < earliest:
        source = limit.source if limit else to_text(published_at)
        raise TimeTooEarly(what=what, earliest=earliest.isoformat(), source=source)


def _require_order(times: Times) -> None:
    assert times.bid_deadline is not None, "required above"
    if times.documents_until is not None and times.documents_until > times.bid_deadline:
        raise TimeTooEarly(
            what=gettext_noop("Bid deadline"), earliest=local_day(times.documents_until).isoformat(), source="–"
        )
