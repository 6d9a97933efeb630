"""Entering and correcting days: a new row supersedes the one in force and says why."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from commons.calendar import policies
from commons.calendar.models import CalendarDay, CalendarYear
from commons.domain.actor import Actor
from commons.domain.refusals import Malformed, Refusal
from commons.domain.regions import region as check_region
from commons.domain.text import gettext_noop
from commons.evidence.services import append


class CorrectionNeedsReason(Refusal):
    code = "CORRECTION_NEEDS_REASON"
    message = gettext_noop("There is an entry already. Say why it is replaced.")


class NothingChanges(Refusal):
    code = "NOTHING_CHANGES"
    message = gettext_noop("The entry in force says the same already; nothing was changed.")


class EnteredMeanwhile(Refusal):
    code = "ENTERED_MEANWHILE"
    message = gettext_noop("Somebody else changed this entry a moment ago. Look at it again.")
    retryable = True


class YearAlreadyPublished(Refusal):
    code = "CALENDAR_YEAR_ALREADY_PUBLISHED"
    message = gettext_noop("The year %(year)s is entered already; correct its days one by one.")


def enter_day(
    *, actor: Actor, on: date, working: bool, name: str, source: str, at: datetime, region: str = "", reason: str = ""
) -> int:
    """Say what a day is, from now on, for a region; gives the number of the entry.

    Refuses actors without the right, a region that is not six digits, an entry without source (`Malformed`), a change
    without reason, one that changes nothing, and one that lost a race (`EnteredMeanwhile`).
    """
    policies.can_edit_calendar(actor).require()
    _check(region, source)
    try:
        with transaction.atomic():
            current = CalendarDay.objects.filter(region=region, on=on, replaced_by__isnull=True).first()
            if current is not None and not reason.strip():
                raise CorrectionNeedsReason()
            if current is not None and (current.working, current.name, current.source) == (working, name, source):
                raise NothingChanges()
            row = CalendarDay.objects.create(
                region=region,
                on=on,
                working=working,
                name=name,
                source=source,
                replaces=current,
                reason=reason.strip() if current else "",
                entered_by=actor.ref,
                entered_at=at,
            )
            _record(actor, row, at)
    except IntegrityError:
        # Two editors saw the same entry; the unique key lets one of them supersede it.
        raise EnteredMeanwhile() from None
    return row.pk


def publish_year(*, actor: Actor, year: int, source: str, at: datetime) -> None:
    """Declare the arrangement of a year entered, so that its deadlines are final. Refuses a year that is so already."""
    policies.can_edit_calendar(actor).require()
    _check("", source)
    try:
        with transaction.atomic():
            CalendarYear.objects.create(year=year, source=source, entered_by=actor.ref, entered_at=at)
            append(
                stream="calendar",
                type="CalendarYearPublished",
                actor=actor,
                payload={"year": str(year), "source": source},
                decided_at=at,
            )
    except IntegrityError:
        raise YearAlreadyPublished(year=year) from None


def _check(region: str, source: str) -> None:
    check_region(region)
    if not source.strip():
        raise Malformed(field="source", reason=gettext_noop("name the notice or order with its number"))


def _record(actor: Actor, row: CalendarDay, at: datetime) -> None:
    append(
        stream="calendar",
        type="CalendarDayCorrected" if row.replaces_id else "CalendarDayEntered",
        actor=actor,
        payload={
            "entry": str(row.pk),
            "replaces": str(row.replaces_id or ""),
            "on": row.on.isoformat(),
            "region": row.region,
            "working": row.working,
            "name": row.name,
            "source": row.source,
            "reason": row.reason,
        },
        decided_at=at,
    )
