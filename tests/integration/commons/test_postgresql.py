"""Statements that PostgreSQL keeps planned: they come back after whatever makes the server forget them."""

import contextlib
import select
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from commons.postgresql import PLANNED_FROM, Answer, PreparedStatement, repeating_cursor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


@pytest.fixture
def line() -> Any:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans as it goes")
    connection.ensure_connection()
    return connection.connection


def planned() -> int:
    """How many statements the server keeps planned for this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        (count,) = cursor.fetchone()
    return int(count)


def repeat() -> None:
    for number in range(PLANNED_FROM + 1):
        with repeating_cursor() as cursor:
            cursor.execute("SELECT %s::int", [number])


def wait_for(answer: Answer) -> None:
    while not answer.is_done():
        select.select([answer.socket], [], [], 10)


def test_statement_is_prepared_again_after_a_rollback_has_swept_it_away(line: Any) -> None:
    statement = PreparedStatement("one_more", "SELECT %(number)s::int")
    statement.execute(line, {"number": 1})
    repeat()
    assert planned() == 2

    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        planned()
        raise ZeroDivisionError
    assert planned() == 0  # without this the rest proves nothing

    with pytest.raises(psycopg.errors.InvalidSqlStatementName):
        wait_for(statement.send(line, {"number": 2}))
    statement.execute(line, {"number": 3})
    assert planned() == 1


def test_statement_that_fails_is_not_run_twice(line: Any) -> None:
    statement = PreparedStatement("fails", "SELECT 1 / %(number)s::int")
    statement.execute(line, {"number": 1})

    with pytest.raises(psycopg.errors.DivisionByZero):
        statement.execute(line, {"number": 0})
    statement.execute(line, {"number": 2})
    assert planned() == 1
