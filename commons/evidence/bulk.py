"""Bulk inserts in one statement: `unnest` on PostgreSQL, `executemany` on SQLite. No ORM object per row."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


def insert(model: type[models.Model], columns: dict[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert `rows`; `columns` maps each column to its PostgreSQL type, in the order of the values."""
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    into = f'INSERT INTO "{model._meta.db_table}" ({names})'
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
            values = [list(column) for column in zip(*rows, strict=True)]
            cursor.execute(f"{into} SELECT * FROM unnest({arrays})", values)  # noqa: S608  # names from the model
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"{into} VALUES ({places})", rows)
