"""Keeping what can be found."""

from commons.search.domain.bigrams import terms
from commons.search.models import SearchText


def store(*, kind: str, ref: int, text: str) -> None:
    """Let the thing be found by this text from now on; inside the transaction of what changed the text."""
    SearchText.objects.update_or_create(kind=kind, ref=ref, defaults={"terms": terms(text)})
