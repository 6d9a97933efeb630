"""What kinds of values a parameter may have, and which of several rows holds. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias, TypeVar

from commons.domain.money import parse_decimal
from commons.domain.refusals import Malformed, Refusal
from commons.domain.regions import reach
from commons.domain.text import gettext_noop

Value: TypeAlias = "int | Decimal | bool | str | tuple[Decimal, ...]"

BEGINNING = date(1990, 1, 1)
"""Values without a day hold from here on: before anything that the platform knows."""


class ParameterUnknown(Refusal):
    code = "PARAMETER_UNKNOWN"
    message = gettext_noop("There is no rule parameter “%(key)s” for this trade, region and day. Enter one.")


class Kind(StrEnum):
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLAG = "flag"
    TEXT = "text"
    DECIMALS = "decimals"


class Mark(StrEnum):
    """How sure the source is (docs/rules.md)."""

    READ = "V"
    SECONDARY = "V2"
    REMEMBERED = "R"
    PROPOSED = "D"


@dataclass(frozen=True, slots=True)
class Definition:
    """A parameter: its key, names in both languages, kind, unit and bounds."""

    key: str
    label: str
    label_zh: str
    kind: Kind
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[str, ...] = ()

    def parse(self, text: str) -> Value:
        """The value that `text` spells. Refuses (`Malformed`) another kind and what is out of bounds."""
        if self.kind is Kind.FLAG:
            if text not in ("true", "false"):
                raise Malformed(field="value", reason=gettext_noop("write true or false"))
            return text == "true"
        if self.kind is Kind.TEXT:
            return self._text(text)
        if self.kind is Kind.INTEGER:
            return int(self._number(text, places=0))
        if self.kind is Kind.DECIMALS:
            return tuple(self._number(part.strip(), places=6) for part in text.split(","))
        return self._number(text, places=6)

    def _text(self, text: str) -> str:
        if not text or (self.choices and text not in self.choices):
            reason = gettext_noop("it is not one of the allowed words") if self.choices else gettext_noop("it is empty")
            raise Malformed(field="value", reason=reason)
        return text

    def _number(self, text: str, *, places: int) -> Decimal:
        number = parse_decimal(text, field="value", places=places)
        if self.minimum is not None and number < self.minimum:
            raise Malformed(field="value", reason=gettext_noop("it is below the smallest value allowed"))
        if self.maximum is not None and number > self.maximum:
            raise Malformed(field="value", reason=gettext_noop("it is above the largest value allowed"))
        return number


@dataclass(frozen=True, slots=True)
class Row:
    """One stored value with everything that decides whether it holds."""

    id: int
    key: str
    trade_type: str
    region: str
    valid_from: date
    value: str
    source: str
    mark: str


R = TypeVar("R", bound=Row)


def in_force(rows: Iterable[R], *, trade_type: str, region: str, on: date) -> dict[str, R]:
    """Per key the row that holds: nearest region, then the trade before all trades, then the newest.

    Of two rows from the same day the one entered later holds: it corrects the other.
    """
    places = {name: index for index, name in enumerate(reversed(reach(region)))}
    found: dict[str, R] = {}
    for row in rows:
        if row.valid_from > on or row.region not in places or row.trade_type not in ("", trade_type):
            continue
        best = found.get(row.key)
        if best is None or _rank(row, places) > _rank(best, places):
            found[row.key] = row
    return found


def _rank(row: Row, places: Mapping[str, int]) -> tuple[int, bool, date, int]:
    return (places[row.region], bool(row.trade_type), row.valid_from, row.id)
