"""Words for the reader: English message ids into the language that is active at the edge."""

from collections.abc import Mapping

from django.utils.translation import gettext

from commons.domain.refusals import Refusal

_WORDS = frozenset({"reason", "kind", "field", "label", "status"})
"""Places that may themselves hold a message id; every other place is data and stays as it is."""


def render(message: str, fields: Mapping[str, object]) -> str:
    """The message in the active language with its places filled."""
    values = {
        name: gettext(value) if name in _WORDS and isinstance(value, str) and value else value
        for name, value in fields.items()
    }
    return gettext(message) % values if values else gettext(message)


def refusal_text(refusal: Refusal) -> str:
    """What a refusal says to the reader."""
    return render(refusal.message, refusal.fields)
