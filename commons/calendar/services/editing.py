"""Entering and correcting days: a new row supersedes the one in force and says why."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from commons.calendar import policies
from commons.calendar.models import CalendarDay, CalendarYear
from commons.domain.actor import Actor
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.entries import check_source, supersede
from commons.evidence.services import append


class YearAlreadyPublished(Refusal):
    code = "CALENDAR_YEAR_ALREADY_PUBLISHED"
    message = gettext_noop("The year %(year)s is entered already; correct its days one by one.")


def enter_day(
    *, actor: Actor, on: date, working: bool, name: str, source: str, at: datetime, region: str = "", reason: str = ""
) -> int:
    """Say what a day is, from now on, for a region; gives the number of the entry.

    Refuses actors without the right, a region that is not six digits, an entry without source (`Malformed`), a change
    without reason, one that changes nothing, and one that lost a race (`commons.entries.supersede`).
    """
    policies.can_edit_calendar(actor).require()
    check_source(region, source)
    row = supersede(
        CalendarDay,
        stream="calendar",
        noun="CalendarDay",
        actor=actor,
        place={"region": region, "on": on},
        says={"working": working, "name": name, "source": source},
        same=("working", "name", "source"),
        reason=reason,
        at=at,
    )
    return row.pk


def publish_year(*, actor: Actor, year: int, source: str, at: datetime) -> None:
    """Declare the arrangement of a year entered, so that its deadlines are final. Refuses a year that is so already."""
    policies.can_edit_calendar(actor).require()
    check_source("", source)
    try:
        with transaction.atomic():
            CalendarYear.objects.create(year=year, source=source, entered_by=actor.ref, entered_at=at)
            append(
                stream="calendar",
                type="CalendarYearPublished",
                actor=actor,
                payload={"year": str(year), "source": source},
                decided_at=at,
                idempotency_key=f"year:{year}",
            )
    except IntegrityError:
        raise YearAlreadyPublished(year=year) from None
