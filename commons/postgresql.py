"""PostgreSQL by its wire: statements that are planned once and run in one exchange, for the few paths that need it."""

import re
from collections.abc import Mapping
from typing import Any
from weakref import WeakSet

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg.pq import ExecStatus

_NAME = re.compile(r"%\((\w+)\)s")
Value = bytes | str | int | None
"""What travels as text: JSON, numbers, spelt instants."""


PLANNED_FROM = 2
"""Times that a statement is planned anew before the server keeps its plan."""
PLANS = 400
"""Statements that a connection keeps planned, the oldest let go first."""


class PlannedCursor(psycopg.Cursor[Any]):
    """Binds values at the server, which plans each statement once a connection instead of each time.

    Only while one of its statements runs may the connection prepare: what Django spells itself is different each time.
    """

    def execute(self, query: Any, params: Any = None, **options: Any) -> "PlannedCursor":
        plans = self.connection
        plans.prepared_max, plans.prepare_threshold = PLANS, PLANNED_FROM
        try:
            super().execute(query, params, **options)
        finally:
            plans.prepare_threshold = None
        return self


def repeating_cursor() -> CursorWrapper:
    """A cursor for a statement that comes by again and again with other values; on SQLite, Django's own."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    connection.ensure_connection()
    wire = connection.connection
    usual, wire.cursor_factory = wire.cursor_factory, PlannedCursor
    try:
        return connection.cursor()
    finally:
        wire.cursor_factory = usual


class PreparedStatement:
    """A statement with `%(name)s` placeholders, prepared once a connection and run as a transaction of its own.

    psycopg's cursors take five times as long around a short statement. They also let go of every statement of a
    connection that is rolled back, these ones too if a `PlannedCursor` has prepared one: then it is prepared again.
    """

    def __init__(self, name: str, sql: str) -> None:
        self._name = name.encode()
        self._names = tuple(dict.fromkeys(_NAME.findall(sql)))
        self._sql = _NAME.sub(lambda found: f"${self._names.index(found[1]) + 1}", sql).encode()
        self._ready: WeakSet[Any] = WeakSet()

    def execute(self, connection: "psycopg.Connection[Any]", values: Mapping[str, Value]) -> None:
        """Run it, in no block; raises psycopg's errors. Blocks the calling thread, not the interpreter."""
        wire, texts = connection.pgconn, self._texts(values)
        if connection in self._ready:
            try:
                _check(wire.exec_prepared(self._name, texts), connection)
                return
            except psycopg.errors.InvalidSqlStatementName:
                self._ready.discard(connection)
        _check(wire.prepare(self._name, self._sql), connection)
        self._ready.add(connection)
        _check(wire.exec_prepared(self._name, texts), connection)

    def send(self, connection: "psycopg.Connection[Any]", values: Mapping[str, Value]) -> "Answer":
        """Hand it to the server, on a connection that has run it before and is otherwise idle; waits for nothing.

        The answer raises `psycopg.errors.InvalidSqlStatementName` where the server let go of it: `execute` it then.
        """
        assert connection in self._ready, "prepared by its first execution"
        connection.pgconn.send_query_prepared(self._name, self._texts(values))
        return Answer(connection)

    def _texts(self, values: Mapping[str, Value]) -> Any:
        return [_as_text(values[name]) for name in self._names]


class Answer:
    """What the server will say to a statement that was sent."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection
        self._results: list[Any] = []
        self.socket: int = connection.pgconn.socket
        """Readable when there is something to ask `is_done` about."""

    def is_done(self) -> bool:
        """Whether the statement is through and its transaction committed; raises psycopg's errors."""
        wire = self._connection.pgconn
        wire.consume_input()
        while not wire.is_busy():
            result = wire.get_result()
            if result is None:
                # Only now: the server reports a statement before it commits.
                for each in self._results:
                    _check(each, self._connection)
                return True
            self._results.append(result)
        return False


def _check(result: Any, connection: "psycopg.Connection[Any]") -> None:
    if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
        raise psycopg.errors.error_from_result(result, encoding=connection.info.encoding)


def _as_text(value: Value) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    return str(value).encode()
