"""A batch in one exchange with PostgreSQL: from BEGIN to COMMIT without waiting for an answer in between.

Each answer awaited costs a change of threads on a busy machine, ten of them more than the statements themselves. A room
that is not at the expected `seq` makes the server divide by zero: nothing is stored, and the batch is decided again.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import msgspec
import psycopg
from django.db import connection

from commons.evidence.domain.chain import Link
from commons.evidence.services.pipelined import queue_prepared
from exchange.rooms.models import Bid, ReceiptBatch, Room
from exchange.rooms.services.storing import BidRow, RoomMoved, RoomStep

_encode = msgspec.json.Encoder(decimal_format="string").encode
_MOVE = (
    f"WITH moved AS (UPDATE {Room._meta.db_table} AS r SET seq = v.seq, "  # noqa: S608
    "head_hash = decode(v.head_hash, 'hex'), "
    "phase = v.phase, closes_at = v.closes_at, due_at = v.due_at, ended_at = v.ended_at "
    "FROM json_to_recordset(%s::json) AS v(room_id bigint, expected_seq bigint, seq bigint, head_hash text, "
    "phase text, closes_at timestamptz, due_at timestamptz, ended_at timestamptz) "
    "WHERE r.id = v.room_id AND r.seq = v.expected_seq RETURNING 1) SELECT 1 / (count(*) = %s)::int FROM moved"
)
_BATCH = (
    f"INSERT INTO {ReceiptBatch._meta.db_table} (id, root, size, key, signature, signed_at) "  # noqa: S608
    "VALUES (%s, %s, %s, %s, %s, %s)"
)
_COLUMNS = {
    "room_id": "bigint",
    "participant_id": "bigint",
    "bid_id": "text",
    "seq": "bigint",
    "verdict": "text",
    "code": "text",
    "fields": "jsonb",
    "price": "numeric",
    "quantity": "numeric",
    "body_hash": "text",
    "received_at": "timestamptz",
    "decided_at": "timestamptz",
    "hash": "text",
    "prev_hash": "text",
    "batch_id": "uuid",
    "batch_index": "int",
    "path": "text",
}
_BINARY = ("body_hash", "hash", "prev_hash", "path")
_BIDS = (
    f"INSERT INTO {Bid._meta.db_table} ({', '.join(_COLUMNS)}) SELECT "  # noqa: S608
    f"{', '.join(f'decode({name}, $$hex$$)' if name in _BINARY else name for name in _COLUMNS)} "
    f"FROM json_to_recordset(%s::json) AS v({', '.join(f'{name} {kind}' for name, kind in _COLUMNS.items())})"
)


def store_at_once(
    steps: Sequence[RoomStep], batch: ReceiptBatch | None, bids: Sequence[BidRow], links: Sequence[Link]
) -> None:
    """Store a whole batch in a transaction of its own; raises `RoomMoved` and Django's database errors."""
    connection.ensure_connection()
    raw = connection.connection
    assert not connection.in_atomic_block, "a batch has a transaction of its own"
    try:
        with connection.wrap_database_errors, raw.pipeline():
            cursor = psycopg.Cursor(raw)
            cursor.execute("BEGIN")
            _queue(cursor, steps, batch, bids, links)
            cursor.execute("COMMIT")
    except Exception as error:
        with suppress(psycopg.Error):  # a connection that broke has rolled back by itself
            raw.rollback()
        if isinstance(error.__cause__, psycopg.errors.DivisionByZero):
            raise RoomMoved([step.room_id for step in steps]) from None
        raise


def _queue(
    cursor: Any, steps: Sequence[RoomStep], batch: ReceiptBatch | None, bids: Sequence[BidRow], links: Sequence[Link]
) -> None:
    moves = [step._asdict() | {"head_hash": step.head_hash.hex()} for step in sorted(steps)]
    cursor.execute(_MOVE, (_encode(moves).decode(), len(moves)))
    if batch is not None:
        values = (batch.id, batch.root, batch.size, batch.key, batch.signature, batch.signed_at)
        cursor.execute(_BATCH, values)
        cursor.execute(_BIDS, (_encode([_bid(row) for row in bids]).decode(),))
    queue_prepared(cursor, links)


def _bid(row: BidRow) -> dict[str, Any]:
    return {
        "room_id": row[0],
        "participant_id": row[1],
        "bid_id": row[2],
        "seq": row[3],
        "verdict": row[4],
        "code": row[5],
        "fields": msgspec.Raw(row[6].encode()),
        "price": row[7],
        "quantity": row[8],
        "body_hash": row[9].hex(),
        "received_at": row[10],
        "decided_at": row[11],
        "hash": row[12].hex(),
        "prev_hash": row[13].hex(),
        "batch_id": row[14],
        "batch_index": row[15],
        "path": row[16].hex(),
    }
