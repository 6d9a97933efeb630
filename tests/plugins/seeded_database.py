"""After a test that commits, the database is as it was made: emptied, and the rows that it was seeded with put back.

Django's own way truncates every table and runs all that follows a migration once more, which took seconds a test.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test import TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker

from tests.plugins.append_only import triggers_lifted


@dataclass
class Seeds:
    """The rows of every table that was not empty when the database was made."""

    tables: list[str] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)
    """By table: on PostgreSQL what COPY gave, elsewhere rows."""

    def keep(self) -> None:
        self.tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        with connection.cursor() as cursor:
            for table in self.tables:
                cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")')
                if cursor.fetchone()[0]:
                    self.kept[table] = _copied(cursor, table)

    def restore(self) -> None:
        if connection.vendor == "postgresql":
            with transaction.atomic(), connection.cursor() as cursor:
                # No trigger runs until the commit: neither those that refuse nor the foreign keys.
                cursor.execute("SET LOCAL session_replication_role = replica")
                self._refill(cursor)
        else:
            with triggers_lifted(connection), connection.cursor() as cursor:
                self._refill(cursor)

    def _refill(self, cursor: CursorWrapper) -> None:
        changed = [
            table for table in self.tables if table not in self.kept or _copied(cursor, table) != self.kept[table]
        ]
        for table in changed:
            cursor.execute(f'DELETE FROM "{table}"')
        for table in changed:
            if table in self.kept:
                _put_back(cursor, table, self.kept[table])


def _copied(cursor: CursorWrapper, table: str) -> Any:
    if connection.vendor == "postgresql":
        with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
            return b"".join(copy)
    cursor.execute(f'SELECT * FROM "{table}"')
    return cursor.fetchall()


def _put_back(cursor: CursorWrapper, table: str, rows: Any) -> None:
    if connection.vendor == "postgresql":
        with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
            copy.write(rows)
        return
    places = ", ".join(["%s"] * len(rows[0]))
    cursor.executemany(f'INSERT INTO "{table}" VALUES ({places})', rows)


SEEDS = Seeds()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """After the database is made and seeded."""
    with django_db_blocker.unblock():
        SEEDS.keep()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: SEEDS.restore())
        yield
