"""Questions to the rule parameters."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from commons.domain.regions import reach
from commons.entries import record_key
from commons.parameters import definitions
from commons.parameters.domain import legality
from commons.parameters.domain.legality import Rule, Verdict
from commons.parameters.domain.values import ParameterUnknown, Row, Value, in_force
from commons.parameters.models import LegalityRule, ParameterValue
from commons.repeated import Repeated

Snapshot = dict[str, dict[str, str]]
"""Per key: value, unit, source, mark, valid_from and the number of the row, all as text."""


@dataclass(frozen=True, slots=True)
class ValueView(Row):
    """A stored value as the page shows it."""

    replaces_id: int | None
    reason: str
    entered_by: str
    entered_at: datetime

    @property
    def record_key(self) -> str:
        """Where its evidence stands in the stream `parameters`."""
        return record_key(self.id, entered_by=self.entered_by, entered_at=self.entered_at)


def value(key: str, *, trade_type: str = "", region: str = "", on: date) -> Value:
    """The value of a parameter, typed. Refuses (`ParameterUnknown`) a key without a value for this trade and region."""
    definition = definitions.definition(key)
    found = in_force(_rows(trade_type, region, keys=(key,)), trade_type=trade_type, region=region, on=on).get(key)
    if found is None:
        raise ParameterUnknown(key=key)
    return definition.parse(found.value)


def integer(key: str, *, trade_type: str = "", region: str = "", on: date) -> int:
    """The whole number of a parameter."""
    found = value(key, trade_type=trade_type, region=region, on=on)
    assert type(found) is int, f"{key} is no whole number"
    return found


def integers(keys: Collection[str], *, trade_type: str = "", region: str = "", on: date) -> dict[str, int]:
    """The whole numbers of several parameters by key; one query. Refuses (`ParameterUnknown`) the first without one."""
    found = in_force(_rows(trade_type, region, keys=keys), trade_type=trade_type, region=region, on=on)
    numbers: dict[str, int] = {}
    for key in keys:
        if key not in found:
            raise ParameterUnknown(key=key)
        number = definitions.definition(key).parse(found[key].value)
        assert type(number) is int, f"{key} is no whole number"
        numbers[key] = number
    return numbers


def decimal(key: str, *, trade_type: str = "", region: str = "", on: date) -> Decimal:
    """The decimal of a parameter."""
    found = value(key, trade_type=trade_type, region=region, on=on)
    assert isinstance(found, Decimal), f"{key} is no decimal"
    return found


def snapshot(*, trade_type: str, region: str, on: date) -> Snapshot:
    """Every parameter in force for a trade, region and day with its source, to be stored at publication."""
    known = definitions.definitions()
    found = in_force(_rows(trade_type, region), trade_type=trade_type, region=region, on=on)
    return {
        key: {
            "value": row.value,
            "unit": known[key].unit,
            "source": row.source,
            "mark": row.mark,
            "valid_from": row.valid_from.isoformat(),
            "row": str(row.id),
        }
        for key, row in sorted(found.items())
        if key in known
    }


def from_snapshot(taken: Mapping[str, Mapping[str, Any]], key: str) -> Value:
    """The typed value in a stored snapshot. Refuses (`ParameterUnknown`) a key that it does not hold."""
    if key not in taken:
        raise ParameterUnknown(key=key)
    return definitions.definition(key).parse(str(taken[key]["value"]))


def history(key: str) -> list[ValueView]:
    """Every row of a parameter: by region, trade and day, the newest entry first."""
    rows = ParameterValue.objects.filter(key=key).order_by("region", "trade_type", "-valid_from", "-id")
    return [_view(row) for row in rows]


def current(*, trade_type: str, region: str, on: date) -> dict[str, Row]:
    """The rows in force, by key."""
    return in_force(_rows(trade_type, region), trade_type=trade_type, region=region, on=on)


def require_lawful(*, method: str, sector: str, region: str, on: date) -> Rule:
    """The line of the legality table that allows a method. Refuses (`MethodUnlawful`) with the article."""
    rules = rules_reaching(region, methods=(method,))
    return legality.require_lawful(rules, method=method, sector=sector, region=region, on=on)


def rules_reaching(region: str, *, methods: Collection[str]) -> list[Rule]:
    """The lines about some methods that hold in a region, of every sector and day; one query."""
    rows = LegalityRule.objects.filter(method__in=methods, region__in=reach(region))
    return [_rule(row) for row in rows]


def legality_rules() -> list[LegalityRule]:
    """The whole table, for the page of this package."""
    return list(LegalityRule.objects.order_by("sector", "method", "region", "-valid_from", "-id"))


def _rows(trade_type: str, region: str, *, keys: Collection[str] | None = None) -> list[Row]:
    # Asked many times in every use case, with the same few numbers of keys and regions.
    regions, wanted = tuple(reach(region)), tuple(keys or ())
    asked = _asked(len(regions), len(wanted))
    return [Row(*row) for row in asked.rows("", trade_type, *regions, *wanted)]


@lru_cache(maxsize=256)
def _asked(regions: int, keys: int) -> Repeated[tuple[Any, ...]]:
    def spell(any_trade: str, trade: str, *rest: str) -> "QuerySet[ParameterValue, tuple[Any, ...]]":
        found = ParameterValue.objects.filter(Q(trade_type=any_trade) | Q(trade_type=trade), region__in=rest[:regions])
        if keys:
            found = found.filter(key__in=rest[regions:])
        return found.values_list("id", "key", "trade_type", "region", "valid_from", "value", "source", "mark")

    return Repeated(spell)


def _view(row: ParameterValue) -> ValueView:
    return ValueView(
        id=row.pk,
        key=row.key,
        trade_type=row.trade_type,
        region=row.region,
        valid_from=row.valid_from,
        value=row.value,
        source=row.source,
        mark=row.mark,
        replaces_id=row.replaces_id,
        reason=row.reason,
        entered_by=row.entered_by,
        entered_at=row.entered_at,
    )


def _rule(row: LegalityRule) -> Rule:
    return Rule(
        id=row.pk,
        method=row.method,
        sector=row.sector,
        region=row.region,
        valid_from=row.valid_from,
        verdict=Verdict(row.verdict),
        article=row.article,
    )
