import re
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils.translation import gettext

from commons.calendar import published, queries
from commons.domain import deadlines
from commons.domain.deadlines import Deadline, Direction, Unit
from commons.domain.refusals import Malformed
from commons.domain.regions import region
from commons.domain.text import gettext_noop
from commons.domain.time import SHANGHAI, from_text
from commons.json_command import JsonCommand
from commons.texts import render

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class DeadlineRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A time limit: so many units after or before a day (for hours and minutes: an instant)."""

    from_: str = msgspec.field(name="from")
    add: int
    unit: Literal["day", "working_day", "hour", "minute"]
    direction: Literal["after", "before"]
    region: str = ""


class Command(JsonCommand):
    help = "The day of a time limit, with the steps that lead to it (docs/commands.md)."
    request = DeadlineRequest

    def answer(self, request: DeadlineRequest) -> tuple[dict[str, Any], bool]:
        unit, direction = Unit(request.unit), Direction(request.direction)
        if unit in (Unit.HOUR, Unit.MINUTE):
            at = deadlines.moment(start=_instant(request.from_), add=request.add, unit=unit, direction=direction)
            return {"on": at.astimezone(SHANGHAI).isoformat(), "provisional": False, "steps": []}, True
        found = self._deadline(_day(request.from_), request.add, unit, direction, region(request.region))
        return {
            "on": found.on.isoformat(),
            "provisional": found.provisional,
            "steps": [render(step.message, step.fields) for step in found.steps],
        }, True

    def _deadline(self, start: date, add: int, unit: Unit, direction: Direction, place: str) -> Deadline:
        """By the calendar of this installation; where there is none yet, by the published one."""
        try:
            if queries.published_years():
                return queries.deadline(start=start, add=add, unit=unit, direction=direction, region=place)
        except (DatabaseError, ImproperlyConfigured):
            pass
        self.stderr.write(gettext("There is no calendar in the database; the published holidays are used."))
        return deadlines.deadline(
            start=start, add=add, unit=unit, direction=direction, calendar=published.working_days()
        )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else deadlines.local_day(_with_offset(text))
    except (ValueError, OverflowError):
        raise Malformed(field="from", reason=gettext_noop("a day like 2026-09-28 is needed")) from None


def _instant(text: str) -> datetime:
    try:
        return _with_offset(text)
    except (ValueError, OverflowError):
        raise Malformed(
            field="from", reason=gettext_noop("an instant like 2026-09-28T09:00:00+08:00 is needed")
        ) from None


def _with_offset(text: str) -> datetime:
    if not text.isascii():
        raise ValueError("an instant is written in ASCII")
    return from_text(text)
