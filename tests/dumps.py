"""All that somebody gets who copies the database: every table, every row, in every spelling that a reader would try."""

from collections.abc import Iterator
from typing import Any

from django.db import connection


def dump(*, without: tuple[str, ...] = ()) -> str:
    """The whole database as text, a line a row; `without` names tables that are left out."""
    return "\n".join(
        line for name in sorted(connection.introspection.table_names()) if name not in without for line in rows(name)
    )


def rows(table: str) -> Iterator[str]:
    """The rows of one table."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')  # names come from the database itself
        names = [column[0] for column in cursor.description]
        for row in cursor.fetchall():
            values = ", ".join(f"{name}={_spelled(value)}" for name, value in zip(names, row, strict=True))
            yield f"{table}: {values}"


def _spelled(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        raw = bytes(value)
        return f"{raw.hex()} {raw.decode('utf-8', 'replace')}"
    return str(value)
