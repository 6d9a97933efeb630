"""Requirements in words."""

from collections.abc import Iterable

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.domain.requirements import codes_of, parse


def requirement_words(texts: Iterable[str]) -> dict[str, str]:
    """Stored requirements in words, by their text; one query for all."""
    parsed = {text: parse(text) for text in set(texts)}
    codes = frozenset().union(*(codes_of(one) for one in parsed.values())) if parsed else frozenset()
    known = catalogue.qualifications(codes) if codes else {}
    return {text: catalogue.words_of(one, known) for text, one in parsed.items()}
