"""The parameters that the house knows, read from `seed.toml` beside this file."""

import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from commons.parameters.domain.values import BEGINNING, Definition, Kind, Mark, ParameterUnknown, Row

FILE = Path(__file__).with_name("seed.toml")
AWAITING = FILE.with_name("awaiting.toml")
"""Numbers whose rule is not written yet: in the same form, known to nobody but the test that reads them."""

TRADE_TYPES = (
    "EMISSION_RIGHTS",
    "CARBON_ALLOWANCES",
    "LAND",
    "MINING",
    "WORKS",
    "GOVERNMENT_PROCUREMENT",
    "SOE_PROCUREMENT",
    "PROPERTY_MANAGEMENT",
    "SUPERMARKET",
)
"""交易类别 by which parameters and legality are keyed; the packages above name their own out of these."""


@cache
def definitions() -> dict[str, Definition]:
    """Every parameter by its key, in the order of the file."""
    return {key: _definition(key, table) for key, table in _tables(FILE).items()}


def definition(key: str) -> Definition:
    """One parameter. Refuses (`ParameterUnknown`) a key that is not in the file."""
    found = definitions().get(key)
    if found is None:
        raise ParameterUnknown(key=key)
    return found


def seed_rows(file: Path = FILE) -> Iterator[Row]:
    """The values of a file, checked: each is of its parameter's kind, from a known trade, with mark and source."""
    for key, table in _tables(file).items():
        kind = _definition(key, table)
        for entry in table["values"]:
            row = _row(key, entry)
            kind.parse(row.value)
            yield row


@cache
def _tables(file: Path) -> dict[str, dict[str, Any]]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _definition(key: str, table: dict[str, Any]) -> Definition:
    return Definition(
        key=key,
        label=table["label"],
        label_zh=table["label_zh"],
        kind=Kind(table["type"]),
        unit=table.get("unit", ""),
        minimum=Decimal(table["min"]) if "min" in table else None,
        maximum=Decimal(table["max"]) if "max" in table else None,
        choices=tuple(table.get("choices", ())),
    )


def _row(key: str, entry: dict[str, Any]) -> Row:
    trade_type, valid_from = entry.get("trade_type", ""), entry.get("valid_from", BEGINNING)
    assert trade_type in ("", *TRADE_TYPES), f"{key}: no trade type {trade_type}"
    assert isinstance(valid_from, date), f"{key}: valid_from is a day"
    assert entry["source"], f"{key}: a value needs a source"
    return Row(
        id=0,
        key=key,
        trade_type=trade_type,
        region=entry.get("region", ""),
        valid_from=valid_from,
        value=entry["value"],
        source=entry["source"],
        mark=Mark(entry["mark"]).value,
    )
