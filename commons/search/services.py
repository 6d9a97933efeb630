"""Keeping what can be found."""

from commons.search.domain.bigrams import terms
from commons.search.models import SearchText


def store(*, kind: str, ref: int, text: str) -> None:
    """Let the thing be found by this text from now on; inside the transaction of what changed the text."""
    row = SearchText(kind=kind, ref=ref, terms=terms(text))
    SearchText.objects.bulk_create([row], update_conflicts=True, unique_fields=["kind", "ref"], update_fields=["terms"])
