"""REST: what a day is, limits computed by it, and the entering of a day."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.responses import Status

from commons.calendar import queries, services
from commons.domain.deadlines import Direction, Unit
from commons.people.domain.scopes import Scope
from commons.rest.api import Key, actor_of, effectful, require_match, tag
from commons.texts import render

router = Router()


class DayOut(Schema):
    on: date
    region: str
    working: bool
    name: str
    source: str
    """Empty where nothing is entered and the week decides."""


class DayIn(Schema):
    working: bool
    name: str = ""
    source: str
    reason: str = ""


class DeadlineIn(Schema):
    start: date
    add: int
    unit: Unit = Unit.WORKING_DAY
    direction: Direction = Direction.AFTER
    region: str = ""


class DeadlineOut(Schema):
    on: date
    provisional: bool
    steps: list[str]


@router.get("/days/{on}", response=DayOut, summary="What a day is; its ETag names the entry in force")
def day(request: HttpRequest, on: date, region: str = "") -> dict[str, Any]:
    tag(request, _version(on, region))
    return _day(on, region)


@router.put("/days/{on}", auth=Key(Scope.CENTRE), response=DayOut, summary="Enter what a day is, from now on")
@effectful
def enter(request: HttpRequest, on: date, body: DayIn, region: str = "") -> Any:
    require_match(request, _version(on, region))
    services.enter_day(actor=actor_of(request), on=on, region=region, at=timezone.now(), **body.dict())
    tag(request, _version(on, region))
    return Status(200, {**_day(on, region), "on": on.isoformat()})


@router.get("/deadline", response=DeadlineOut, summary="The day that a limit ends on, step by step")
def deadline(request: HttpRequest, asked: Query[DeadlineIn]) -> dict[str, Any]:
    found = queries.deadline(**asked.dict())
    steps = [render(step.message, step.fields) for step in found.steps]
    return {"on": found.on, "provisional": found.provisional, "steps": steps}


def _version(on: date, region: str) -> str:
    entries = queries.history(on=on, region=region)
    return f"{on:%Y%m%d}-{region or '0'}-{entries[0].id if entries else 0}"


def _day(on: date, region: str) -> dict[str, Any]:
    entries = queries.history(on=on, region=region)
    name, source = (entries[0].name, entries[0].source) if entries else ("", "")
    working = queries.is_working_day(on, region=region)
    return {"on": on, "region": region, "working": working, "name": name, "source": source}
