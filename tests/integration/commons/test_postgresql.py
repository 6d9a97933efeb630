"""Statements that PostgreSQL keeps planned: they come back after whatever makes the server forget them."""

import contextlib
import select
import threading
from typing import Any

import psycopg
import pytest
from django.db import DataError, OperationalError, ProgrammingError, connection, transaction

from commons.postgresql import Answer, Plans, PreparedStatement, Told, repeat

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


def forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert planned() == 0  # without this the tests prove nothing


def wait_for(answer: Answer) -> None:
    while not answer.is_done():
        select.select([answer.socket], [], [], 10)


def test_statement_is_prepared_again_after_the_server_let_go_of_it(line: Any) -> None:
    statement = PreparedStatement("one_more", "SELECT %(number)s::int")
    statement.execute(line, {"number": 1})
    forget()

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


def test_what_is_repeated_is_planned_once_and_keeps_its_plan_over_a_rollback(line: Any) -> None:
    before = planned()
    for number in range(3):
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            assert repeat("SELECT %s::int, '%%'", [number]) == Told([(number, "%")], 1)
            raise ZeroDivisionError

    assert planned() == before + 1


def test_what_is_repeated_belongs_to_the_transaction_under_way(line: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE counted (number int)")
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        assert repeat("INSERT INTO counted VALUES (%s)", [1]) == Told([], 1)
        raise ZeroDivisionError
    with transaction.atomic():
        repeat("INSERT INTO counted VALUES (%s)", [2])
        with pytest.raises(DataError), transaction.atomic():
            repeat("SELECT 1 / %s::int", [0])
        repeat("INSERT INTO counted VALUES (%s)", [3])

    assert repeat("SELECT number FROM counted ORDER BY number", []).rows == [(2,), (3,)]


def test_a_first_statement_that_fails_leaves_a_transaction_to_roll_back(line: Any) -> None:
    with pytest.raises(DataError), transaction.atomic():
        repeat("SELECT 1 / %s::int", [0])

    assert repeat("SELECT 1 / %s::int", [1]).rows == [(1,)]


def test_plans_that_the_server_let_go_of_are_made_again_at_the_next_try(line: Any) -> None:
    repeat("SELECT %s::int", [1])
    forget()

    with pytest.raises(ProgrammingError):
        repeat("SELECT %s::int", [2])
    assert repeat("SELECT %s::int", [3]).rows == [(3,)]


@pytest.mark.parametrize("inside", [True, False])
def test_a_connection_that_the_server_ended_is_told_as_such(line: Any, inside: bool) -> None:
    repeat("SELECT %s::int", [1])
    with psycopg.connect(line.info.dsn, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [line.info.backend_pid])

    with pytest.raises(OperationalError), transaction.atomic() if inside else contextlib.nullcontext():
        repeat("SELECT %s::int", [2])
    connection.close()
    assert repeat("SELECT %s::int", [3]).rows == [(3,)]


@pytest.mark.parametrize("first", [True, False])
def test_who_waits_for_a_lock_does_not_keep_other_threads_waiting(line: Any, first: bool) -> None:
    """The holder of the lock is a thread of the same process, and goes on."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE held (number int)")
        cursor.execute("INSERT INTO held VALUES (1)")
    locked, waits = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            repeat("UPDATE held SET number = number + %s::int", [1])
            locked.set()
            waits.wait(10)
            while not waiting():
                pass
        connection.close()

    def waiting() -> bool:
        return bool(
            repeat("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'transactionid' AND pid <> %s::int", [0]).rows
        )

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert locked.wait(10)
        with transaction.atomic():
            if not first:
                repeat("SELECT %s::int", [1])
            waits.set()
            repeat("UPDATE held SET number = number + %s::int", [1])
        holder.join(10)

        assert not holder.is_alive()
        assert repeat("SELECT number FROM held", []).rows == [(3,)]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE held")


def test_only_so_many_plans_are_kept(line: Any) -> None:
    plans, before = Plans(line, most=2), planned()
    for text in ("a", "b", "a", "c", "a"):
        assert plans.run(f"SELECT %s::text AS {text}", [text]).rows == [(text,)]

    assert planned() == before + 2


def test_a_connection_made_anew_has_plans_of_its_own(line: Any) -> None:
    repeat("SELECT %s::int", [1])
    connection.close()

    assert repeat("SELECT %s::int", [2]).rows == [(2,)]


def test_what_is_repeated_is_counted_where_queries_are(line: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert repeat("SELECT %s::int", [1]).rows == [(1,)]
