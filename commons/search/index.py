"""The index over the terms: a GIN index on PostgreSQL, an FTS5 table kept by triggers on SQLite. Harmless to repeat."""

from collections.abc import Iterator

from django.db import connections

from commons.search.models import SearchText

TABLE = SearchText._meta.db_table


def install(using: str = "default") -> None:
    """Put the index in place when its table is there; SQLite drops triggers silently when it rebuilds a table."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return
        for statement in _postgresql() if connection.vendor == "postgresql" else _sqlite():
            cursor.execute(statement, None)


def _postgresql() -> Iterator[str]:
    yield f"CREATE INDEX IF NOT EXISTS {TABLE}_terms ON {TABLE} USING gin (to_tsvector('simple', terms))"


def _sqlite() -> Iterator[str]:
    add = f"INSERT INTO {TABLE}_fts (rowid, terms) VALUES (new.id, new.terms);"  # noqa: S608  # a table of ours
    take = f"DELETE FROM {TABLE}_fts WHERE rowid = old.id;"  # noqa: S608  # as above
    yield f"CREATE VIRTUAL TABLE IF NOT EXISTS {TABLE}_fts USING fts5(terms, tokenize='unicode61 remove_diacritics 0')"
    for name, event, body in (("in", "INSERT", add), ("out", "DELETE", take), ("on", "UPDATE", take + add)):
        yield f"CREATE TRIGGER IF NOT EXISTS {TABLE}_{name} AFTER {event} ON {TABLE} BEGIN {body} END"
