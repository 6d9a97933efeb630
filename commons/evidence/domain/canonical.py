"""Canonical JSON (RFC 8785) without numbers: the only form in which payloads are hashed, stored and signed.

Amounts and counts are strings, so that no reader rounds them. Standard library only: the offline verifier imports this.
For payloads whose names are ASCII, `msgspec.json.Encoder(order="sorted")` makes the same bytes; hot paths may use it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

JSON: TypeAlias = "bool | str | Sequence[JSON] | Mapping[str, JSON] | None"
"""What evidence may hold: no numbers."""


class NotCanonical(ValueError):
    """The bytes are not the canonical form of what they spell, or hold what evidence may not hold."""


def encode(value: JSON) -> bytes:
    """The canonical bytes of `value`. Raises `NotCanonical` for numbers, other types and broken text."""
    try:
        return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        raise NotCanonical("text with a lone surrogate has no UTF-8 form") from None
    except RecursionError:
        raise NotCanonical("it is nested too deeply") from None


def decode(data: bytes) -> JSON:
    """The value of canonical bytes. Raises `NotCanonical` unless `data` is exactly what `encode` would make of it."""
    try:
        value: JSON = json.loads(
            data.decode(), parse_int=_refuse_number, parse_float=_refuse_number, parse_constant=_refuse_number
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise NotCanonical(str(error)) from None
    if encode(value) != data:
        raise NotCanonical("the same value has another canonical spelling")
    return value


def digest(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal, as references to payloads and documents are written."""
    return hashlib.sha256(data).hexdigest()


def _ordered(value: object) -> object:
    if value is None or isinstance(value, bool | str):
        # An enum of text goes in as its text.
        return str(value) if isinstance(value, str) else value
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise NotCanonical("names must be text")
        return {key: _ordered(value[key]) for key in sorted(value, key=_utf16)}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    raise NotCanonical(
        f"evidence holds text, truth values, lists and objects; {type(value).__name__} must be written as text"
    )


def _utf16(name: str) -> bytes:
    """RFC 8785 §3.2.3: names are ordered by UTF-16 code units."""
    return name.encode("utf-16-be", "surrogatepass")


def _refuse_number(text: str) -> str:
    raise NotCanonical(f"the number {text} must be written as text")
