"""REST: the rule parameters, public to read; a value from a day on, entered by those who keep them."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from commons.domain.deadlines import local_day
from commons.parameters import definitions, queries, services
from commons.parameters.domain.values import Row
from commons.parameters.labels import label
from commons.people.domain.scopes import Scope
from commons.rest.api import Key, actor_of, effectful, require_match, tag

router = Router()


class ValueOut(Schema):
    key: str
    label: str
    value: str
    unit: str
    trade_type: str
    region: str
    valid_from: date
    source: str
    mark: str
    row: str


class ParameterOut(Schema):
    key: str
    label: str
    unit: str
    rows: list[ValueOut]


class ValueIn(Schema):
    value: str
    source: str
    mark: str
    valid_from: date
    reason: str
    trade_type: str = ""
    region: str = ""


@router.get("/", response=list[ValueOut], summary="Every parameter in force for a trade, region and day")
def in_force(
    request: HttpRequest, trade_type: str = "EMISSION_RIGHTS", region: str = "", on: date | None = None
) -> list[dict[str, Any]]:
    day = on or local_day(timezone.now())
    found = queries.current(trade_type=trade_type, region=region, on=day)
    return [_out(row) for key, row in sorted(found.items()) if key in definitions.definitions()]


@router.get("/{str:key}", response=ParameterOut, summary="One parameter with every row; its ETag names the newest")
def parameter(request: HttpRequest, key: str) -> dict[str, Any]:
    tag(request, _version(key))
    return _parameter(key)


@router.post("/{str:key}", auth=Key(Scope.CENTRE), response=ParameterOut, summary="Enter a value from a day on")
@effectful
def enter(request: HttpRequest, key: str, body: ValueIn) -> Any:
    definitions.definition(key)
    require_match(request, _version(key))
    services.enter_value(actor=actor_of(request), key=key, at=timezone.now(), **body.dict())
    tag(request, _version(key))
    return _parameter(key)


def _version(key: str) -> str:
    return f"{key}-{max((row.id for row in queries.history(key)), default=0)}"


def _parameter(key: str) -> dict[str, Any]:
    known = definitions.definition(key)
    return {"key": key, "label": label(known), "unit": known.unit, "rows": [_out(row) for row in queries.history(key)]}


def _out(row: Row) -> dict[str, Any]:
    known = definitions.definition(row.key)
    return {
        "key": row.key,
        "label": label(known),
        "value": row.value,
        "unit": known.unit,
        "trade_type": row.trade_type,
        "region": row.region,
        "valid_from": row.valid_from,
        "source": row.source,
        "mark": row.mark,
        "row": str(row.id),
    }
