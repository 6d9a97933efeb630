"""Words for the reader: English message ids into the language that is active at the edge."""

import re
from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext, gettext_lazy

from commons.domain.refusals import Refusal
from commons.domain.time import from_text, local_text

PHONE_INVALID = {"invalid": gettext_lazy("Write digits, spaces and + ( ) - only, such as 0757-83000000.")}
REGION_INVALID = {"invalid": gettext_lazy("Write the six digits of the region (GB/T 2260), such as 440600.")}
"""What a field says of a text that it cannot take: for `error_messages`, with an example."""
_WORDS = frozenset({"reason", "kind", "field", "label", "status"})
"""Places that may themselves hold a message id; every other place is data and stays as it is."""


_AMOUNT = re.compile(r"-?\d{4,}\.\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def render(message: str, fields: Mapping[str, object]) -> str:
    """The message in the active language with its places filled: amounts grouped, instants in local time."""
    values = {name: _readable(name, value) for name, value in fields.items()}
    return gettext(message) % values if values else gettext(message)


def _readable(name: str, value: object) -> object:
    if name in _WORDS and isinstance(value, str) and value:
        return gettext(value)
    if isinstance(value, (str, Decimal)) and _AMOUNT.fullmatch(str(value)):
        return f"{Decimal(value):,}"
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return local_text(from_text(value))
    return value


def refusal_text(refusal: Refusal) -> str:
    """What a refusal says to the reader."""
    return render(refusal.message, refusal.fields)
