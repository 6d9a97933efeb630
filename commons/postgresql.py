"""PostgreSQL by its wire: statements that are planned once and run in one exchange, for the few paths that need it."""

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, WeakSet

import psycopg
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

_NAME = re.compile(r"%\((\w+)\)s")
Value = bytes | str | int | None
"""What travels as text: JSON, numbers, spelt instants."""


PLANS = 400
"""Statements that a connection keeps planned, the oldest let go first."""
_PLACE = re.compile(r"%(s|%)")


class Told(NamedTuple):
    """What a statement gave, and how many rows it gave or changed."""

    rows: list[tuple[Any, ...]]
    rowcount: int


def repeat(sql: str, values: Sequence[Any]) -> Told:
    """Run a statement (`%s` for each value) that comes by again and again with other values.

    PostgreSQL plans it once a connection, and no cursor is made for it: around a short statement that took longer than
    the statement. It is part of the transaction under way, and raises Django's errors, as with a cursor; so it does
    where statements are counted or watched, and on SQLite.
    """
    if connection.vendor != "postgresql" or connection.queries_logged or connection.execute_wrappers:
        return _by_cursor(sql, values)
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    wrapper = connections[connection.alias]
    plans = _plans.get(wrapper)
    if plans is None or plans.line is not wrapper.connection:
        plans = _plans[wrapper] = Plans(wrapper.connection)
    with connection.wrap_database_errors:
        return plans.run(sql, values)


def _by_cursor(sql: str, values: Sequence[Any]) -> Told:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return Told(list(cursor.fetchall()) if cursor.description else [], cursor.rowcount)


class Plans:
    """The statements that one connection has planned; values and rows are turned as psycopg's cursors turn them."""

    def __init__(self, line: "psycopg.Connection[Any]", most: int = PLANS) -> None:
        self.line = line
        self._turns, self._most = Transformer(line), most
        self._names: OrderedDict[tuple[str, tuple[int, ...]], bytes] = OrderedDict()
        self._made = 0

    def run(self, sql: str, values: Sequence[Any]) -> Told:
        """Raises psycopg's errors."""
        wire, turns = self.line.pgconn, self._turns
        texts = turns.dump_sequence(values, [PyFormat.AUTO] * len(values))
        types, formats = turns.types or (), turns.formats
        name = self._name_of(sql, types)
        # Only such calls of libpq as let go of the interpreter: another thread may hold what this one waits for.
        if wire.transaction_status == TransactionStatus.IDLE and not self.line.autocommit:
            self._check(wire.exec_(b"BEGIN"))
        result = wire.exec_prepared(name, texts, formats)  # type: ignore[arg-type]  # NULL is None
        self._check(result)
        if result.status != ExecStatus.TUPLES_OK:
            return Told([], result.command_tuples or 0)
        turns.set_pgresult(result)
        rows = turns.load_rows(0, result.ntuples, tuple)
        return Told(rows, len(rows))

    def _name_of(self, sql: str, types: tuple[int, ...]) -> bytes:
        known = self._names.get((sql, types))
        if known is not None:
            self._names.move_to_end((sql, types))
            return known
        if len(self._names) >= self._most:
            self._check(self.line.pgconn.exec_(b"DEALLOCATE " + self._names.popitem(last=False)[1]))
        self._made += 1
        name = b"planned_%d" % self._made
        self._check(self.line.pgconn.prepare(name, _numbered(sql), types))
        self._names[sql, types] = name
        return name

    def _check(self, result: Any) -> None:
        try:
            _check(result, self.line)
        except (psycopg.errors.InvalidSqlStatementName, psycopg.errors.FeatureNotSupported):
            self._names.clear()  # the server let go of them, or their tables are others now: the next try plans anew
            raise


_plans: "WeakKeyDictionary[BaseDatabaseWrapper, Plans]" = WeakKeyDictionary()
"""By Django's connection of a thread, which may have connected anew meanwhile."""


def _numbered(sql: str) -> bytes:
    """The statement with the places as PostgreSQL counts them."""
    numbers = count(1)
    return _PLACE.sub(lambda found: f"${next(numbers)}" if found[1] == "s" else "%", sql).encode()


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
    if result is None or connection.pgconn.status == ConnStatus.BAD:
        raise psycopg.OperationalError("the connection was lost")
    if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
        raise psycopg.errors.error_from_result(result, encoding=connection.info.encoding)


def _as_text(value: Value) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    return str(value).encode()
