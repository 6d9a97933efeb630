"""Bulk inserts in one statement: COPY on PostgreSQL, `executemany` on SQLite. No ORM object per row."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection, models

FEW_ROWS = 3
"""So many go as plain values: one exchange with the server instead of COPY's two."""


def insert(model: type[models.Model], columns: Collection[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert `rows`, whose values stand in the order of `columns`."""
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    table = f'"{model._meta.db_table}" ({names})'
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) > FEW_ROWS:
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = f"({', '.join(['%s'] * len(columns))})"
        if connection.vendor == "postgresql":
            values = [value for row in rows for value in row]
            cursor.execute(f"INSERT INTO {table} VALUES {', '.join([places] * len(rows))}", values)  # noqa: S608
        else:
            cursor.executemany(f"INSERT INTO {table} VALUES {places}", rows)  # noqa: S608  # names from the model
