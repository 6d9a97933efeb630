"""Filling the calendar with what is published; harmless to repeat, and never over a correction."""

from datetime import datetime

from django.db import transaction

from commons.calendar import published
from commons.calendar.models import CalendarDay, CalendarYear
from commons.domain.actor import system_actor
from commons.entries import record_seeding
from commons.evidence.domain.canonical import JSON


def seed(*, at: datetime) -> int:
    """Enter the published days of all years that are not entered yet; gives the number of new days."""
    clerk = system_actor("seed")
    actor = clerk.ref
    with transaction.atomic():
        known = set(CalendarYear.objects.values_list("year", flat=True))
        entered = set(CalendarDay.objects.filter(region="").values_list("on", flat=True))
        days = [
            CalendarDay(
                on=day, working=mark.working, name=mark.name, source=published.SOURCE, entered_by=actor, entered_at=at
            )
            for day, mark in published.marks()
            if day.year not in known and day not in entered
        ]
        CalendarDay.objects.bulk_create(days)
        facts: list[dict[str, JSON]] = [
            {"on": day.on.isoformat(), "working": day.working, "name": day.name} for day in days
        ]
        record_seeding("calendar", "CalendarDays", clerk, facts, at)
        CalendarYear.objects.bulk_create(
            CalendarYear(year=year, source=published.SOURCE, entered_by=actor, entered_at=at)
            for year in sorted(published.years() - known)
        )
    return len(days)
