"""Finding things by what a reader typed."""

from django.db import connection
from django.db.models import QuerySet

from commons.search.domain.bigrams import Phrase, phrases
from commons.search.index import TABLE
from commons.search.models import SearchText


def matching(kind: str, question: str) -> "QuerySet[SearchText, int] | None":
    """The numbers of the things of a kind whose text holds every word of the question; None when nothing is asked.

    To be used as `filter(pk__in=…)`: one query with that of the caller.
    """
    asked = phrases(question)
    if not asked:
        return None
    found = SearchText.objects.filter(kind=kind).order_by()
    if connection.vendor == "postgresql":
        where, spelled = "to_tsvector('simple', terms) @@ to_tsquery('simple', %s)", " & ".join(map(_tsquery, asked))
    else:
        where = f"id IN (SELECT rowid FROM {TABLE}_fts WHERE {TABLE}_fts MATCH %s)"  # noqa: S608  # a table of ours
        spelled = " AND ".join(map(_fts5, asked))
    # Terms hold Chinese characters, letters and digits only, so no quotation mark of theirs ends a quoted word.
    return found.extra(where=[where], params=[spelled]).values_list("ref", flat=True)  # noqa: S610


def _tsquery(phrase: Phrase) -> str:
    return " <-> ".join(f"'{term}'" for term in phrase.terms) + (":*" if phrase.prefix else "")


def _fts5(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.terms)}"' + (" *" if phrase.prefix else "")
