"""Lets Django empty append-only tables between tests: lift the triggers, flush, put them back, in one transaction.

The bypass lives here and nowhere in the product.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations

from commons.evidence import append_only


@pytest.fixture(scope="session", autouse=True)
def _flush_reaches_append_only_tables() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for operations in {type(connection.ops) for connection in connections.all()}:
            patch.setattr(operations, "execute_sql_flush", _flush(operations.execute_sql_flush))
        yield


def _flush(original: Callable[..., None]) -> Callable[..., None]:
    def execute_sql_flush(self: BaseDatabaseOperations, sql_list: Any) -> None:
        with triggers_lifted(self.connection):
            original(self, sql_list)

    return execute_sql_flush


@contextmanager
def triggers_lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """What a database administrator could do: the tables can be changed inside the block."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in _lifting(connection):
            cursor.execute(statement, None)
        yield
        append_only.install(connection.alias)


def _lifting(connection: BaseDatabaseWrapper) -> Iterator[str]:
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
    if connection.vendor == "postgresql":
        # Foreign keys wait for the commit, and a table for which some wait cannot be altered.
        yield "SET CONSTRAINTS ALL IMMEDIATE"
    for model in append_only.guarded_models():
        table = model._meta.db_table
        if table not in existing:
            continue
        if connection.vendor == "postgresql":
            yield f'ALTER TABLE "{table}" DISABLE TRIGGER USER'
        else:
            yield from (f"DROP TRIGGER IF EXISTS {name}" for name in append_only.trigger_names("sqlite", model))
