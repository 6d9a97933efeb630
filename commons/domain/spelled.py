"""Strict reading of JSON that a stranger spelled: what is not as documented is refused (`Malformed`) with its place."""

from collections.abc import Mapping
from typing import Any

from commons.domain.refusals import Malformed


def an_object(data: object, place: str, names: set[str] | None) -> Mapping[str, Any]:
    """A JSON object that has no field beside `names` (None: any)."""
    if not isinstance(data, Mapping):
        raise Malformed(field=place, reason="not a JSON object")
    for name in data:
        if names is not None and name not in names:
            raise Malformed(field=f"{place}.{name}", reason="no such field")
    return data


def a_list(data: object, place: str) -> list[Any]:
    if not isinstance(data, list):
        raise Malformed(field=place, reason="not a list")
    return data


def a_text(given: Mapping[str, Any], name: str, prefix: str) -> str:
    """A text that is not empty."""
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise Malformed(field=prefix + name, reason="not a text")
    return value


def a_flag(value: object, place: str) -> bool:
    if not isinstance(value, bool):
        raise Malformed(field=place, reason="neither true nor false")
    return value
