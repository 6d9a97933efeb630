"""The calendar of a year, its corrections, and a computer of deadlines."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from commons.calendar import queries, services
from commons.calendar.forms import DayForm, DeadlineForm, YearForm
from commons.calendar.policies import can_edit_calendar
from commons.domain.deadlines import Direction, Unit, local_day
from commons.domain.refusals import NotFound
from commons.evidence.queries import records_by_key
from commons.pages import FormPage, actor_of, csv_response, signed_in, who
from commons.texts import render as text

FIRST_YEAR, LAST_YEAR = 1990, 2100


@require_GET
def year(request: HttpRequest) -> HttpResponseBase:
    """The entries of a year; `?format=csv` as a file. Everybody may look."""
    shown = _year(request)
    days = queries.days_of_year(shown)
    by = who((day.entered_by for day in days), viewer=actor_of(request))
    records = records_by_key("calendar", (day.record_key for day in days))
    if request.GET.get("format") == "csv":
        return _download(shown, days, by)
    context = {
        "year": shown,
        "previous": shown - 1 if shown > FIRST_YEAR else None,
        "next": shown + 1 if shown < LAST_YEAR else None,
        "days": [(day, by[day.entered_by], records.get(day.record_key)) for day in days],
        "published": shown in queries.published_years(),
        "may_edit": bool(can_edit_calendar(actor_of(request))),
        **_deadline(request),
    }
    return render(request, "commons/calendar/year.html", context)


class EnterDay(FormPage):
    """Enter or correct one day."""

    template_name = "commons/calendar/day.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_edit_calendar(signed_in(request)).require()
        return DayForm(data, initial=self._as_it_is(request))

    def context(self, request: HttpRequest) -> dict[str, Any]:
        entries = self._entries(request)
        by = who((entry.entered_by for entry in entries), viewer=signed_in(request))
        records = records_by_key("calendar", (entry.record_key for entry in entries))
        return {"history": [(entry, by[entry.entered_by], records.get(entry.record_key)) for entry in entries]}

    def _as_it_is(self, request: HttpRequest) -> dict[str, Any]:
        """The entry in force, to be changed where it is wrong."""
        asked = {name: request.GET.get(name, "") for name in ("on", "region")}
        entries = self._entries(request)
        if not entries:
            return asked
        return {**asked, "working": "yes" if entries[0].working else "no", "name": entries[0].name}

    def _entries(self, request: HttpRequest) -> list[queries.DayView]:
        asked = DayForm({**request.GET.dict(), **request.POST.dict()})
        asked.is_valid()
        on, region = asked.cleaned_data.get("on"), asked.cleaned_data.get("region", "")
        return queries.history(on=on, region=region) if on else []

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        services.enter_day(actor=signed_in(request), at=at, **form.cleaned_data)
        messages.success(request, _("The day is entered. Deadlines that are not fixed yet follow it."))
        return f"{reverse('calendar:year')}?year={form.cleaned_data['on'].year}"


class PublishYear(FormPage):
    """Declare a year entered."""

    template_name = "commons/calendar/publish.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_edit_calendar(signed_in(request)).require()
        if not FIRST_YEAR <= self.kwargs["year"] <= LAST_YEAR:
            raise NotFound()
        return YearForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        shown = self.kwargs["year"]
        return {"year": shown, "count": len(queries.days_of_year(shown, region=""))}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        shown = self.kwargs["year"]
        services.publish_year(actor=signed_in(request), year=shown, source=form.cleaned_data["source"], at=at)
        messages.success(request, _("Deadlines of %(year)s are no longer provisional.") % {"year": shown})
        return f"{reverse('calendar:year')}?year={shown}"


def _year(request: HttpRequest) -> int:
    asked = request.GET.get("year", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else 0
    return number if FIRST_YEAR <= number <= LAST_YEAR else local_day(timezone.now()).year


def _deadline(request: HttpRequest) -> dict[str, Any]:
    """The computed limit, when one was asked for."""
    if "add" not in request.GET:
        return {"form": DeadlineForm(initial={"start": local_day(timezone.now()), "add": 3})}
    form = DeadlineForm(request.GET)
    if not form.is_valid():
        return {"form": form}
    asked = form.cleaned_data
    found = queries.deadline(
        start=asked["start"], add=asked["add"], unit=Unit(asked["unit"]), direction=Direction(asked["direction"])
    )
    return {"form": form, "found": found, "steps": [text(step.message, step.fields) for step in found.steps]}


def _download(shown: int, days: list[queries.DayView], by: dict[str, str]) -> HttpResponseBase:
    header = [
        _("Day"),
        _("Region"),
        _("The day is"),
        _("Name of the day"),
        _("Source"),
        _("Entered by"),
        _("Entered at"),
    ]
    rows = (
        (
            day.on,
            day.region,
            _("a working day") if day.working else _("a day off"),
            day.name,
            day.source,
            by[day.entered_by],
            day.entered_at,
        )
        for day in days
    )
    return csv_response(f"calendar-{shown}", header, rows)
