"""A batch as one prepared statement, which is a transaction of its own: PostgreSQL only.

One exchange with the server and one plan for all of a batch; several statements cost a lone bid more than its fsync. A
room or stream that is not where the batch expects it makes the server divide by zero: nothing is stored, and the batch
is decided again.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import psycopg
from django.db import connection

from commons.evidence.domain.chain import Link
from commons.evidence.services import embedded
from commons.postgresql import Answer, PreparedStatement
from exchange.rooms.models import Bid, ReceiptBatch, Room
from exchange.rooms.services.storing import BatchRow, BidRow, RoomMoved, RoomStep

Values = dict[str, Any]
_encode = msgspec.json.Encoder(decimal_format="string").encode
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
    "batch_index": "int",
    "path": "text",
}
_BATCH = ("batch_id", "root", "size", "key", "signature", "head_size", "head_root", "signed_at")
_BINARY = ("body_hash", "hash", "prev_hash", "path")
_VALUES = ", ".join(f"decode({name}, 'hex')" if name in _BINARY else name for name in _COLUMNS)
_TYPES = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())

# Rooms are locked in the order of their ids, and streams after them: two batches never wait for each other in a circle.
_STORE = PreparedStatement(
    "room_batch",
    f"WITH locked AS (SELECT id FROM {Room._meta.db_table} WHERE id = ANY(%(room_ids)s::bigint[]) "  # noqa: S608
    "ORDER BY id FOR UPDATE), "
    f"moved AS (UPDATE {Room._meta.db_table} AS r SET seq = v.seq, head_hash = decode(v.head_hash, 'hex'), "
    "phase = v.phase, closes_at = v.closes_at, due_at = v.due_at, ended_at = v.ended_at "
    "FROM locked, json_to_recordset(%(steps)s::json) AS v(room_id bigint, expected_seq bigint, seq bigint, "
    "head_hash text, phase text, closes_at timestamptz, due_at timestamptz, ended_at timestamptz) "
    "WHERE r.id = locked.id AND r.id = v.room_id AND r.seq = v.expected_seq RETURNING 1), "
    f"batch AS (INSERT INTO {ReceiptBatch._meta.db_table} (id, root, size, key, signature, head_size, "
    "head_root, signed_at) "
    "SELECT %(batch_id)s::uuid, decode(%(root)s, 'hex'), %(size)s::int, %(key)s, decode(%(signature)s, 'hex'), "
    "%(head_size)s::bigint, decode(%(head_root)s, 'hex'), %(signed_at)s::timestamptz "
    "WHERE %(batch_id)s::uuid IS NOT NULL), "
    f"bids AS (INSERT INTO {Bid._meta.db_table} ({', '.join(_COLUMNS)}, batch_id) SELECT {_VALUES}, "
    f"%(batch_id)s::uuid FROM json_to_recordset(%(bids)s::json) AS v({_TYPES})), "
    f"{embedded.CTES} "
    f"SELECT 1 / ((SELECT count(*) FROM moved) = %(rooms)s::bigint AND {embedded.HELD})::int",
)


def store_at_once(values: Values) -> "psycopg.Connection[Any]":
    """Store a whole batch in a transaction of its own; raises `RoomMoved` and Django's database errors.

    Gives the connection, on which `send` may store the next batches.
    """
    connection.ensure_connection()
    assert not connection.in_atomic_block, "a batch has a transaction of its own"
    try:
        with connection.wrap_database_errors:
            _STORE.execute(connection.connection, values)
    except Exception as error:
        if isinstance(error.__cause__, psycopg.errors.DivisionByZero):
            raise RoomMoved() from None
        raise
    line: psycopg.Connection[Any] = connection.connection
    return line


def send(line: "psycopg.Connection[Any]", values: Values) -> Answer:
    """Store a whole batch the same way, without waiting; the answer raises psycopg's errors."""
    return _STORE.send(line, values)


def values_of(
    steps: Sequence[RoomStep], batch: BatchRow | None, bids: Sequence[BidRow], links: Sequence[Link]
) -> Values:
    """What a batch stores, as the statement takes it."""
    return {**_room_values(steps), **_bid_values(batch, bids), **embedded.parameters(links)}


def _room_values(steps: Sequence[RoomStep]) -> Values:
    moves = [step._asdict() | {"head_hash": step.head_hash.hex()} for step in steps]
    room_ids = ",".join(str(step.room_id) for step in steps)
    return {"room_ids": f"{{{room_ids}}}", "steps": _encode(moves), "rooms": len(steps)}


def _bid_values(batch: BatchRow | None, bids: Sequence[BidRow]) -> Values:
    if batch is None:
        return {**dict.fromkeys(_BATCH), "bids": b"[]"}
    return {
        "batch_id": batch.id,
        "root": batch.root.hex(),
        "size": batch.size,
        "key": batch.key,
        "signature": batch.signature.hex(),
        "head_size": batch.head_size,
        "head_root": batch.head_root.hex(),
        "signed_at": batch.signed_at.isoformat(),
        "bids": _encode([_bid(row) for row in bids]),
    }


class _Bid(msgspec.Struct, gc=False):
    """A bid as the statement reads it; the names are those of `_COLUMNS`."""

    room_id: int
    participant_id: int
    bid_id: str
    seq: int
    verdict: str
    code: str
    fields: msgspec.Raw
    price: Any
    quantity: Any
    body_hash: str
    received_at: Any
    decided_at: Any
    hash: str
    prev_hash: str
    batch_index: int
    path: str


def _bid(row: BidRow) -> _Bid:
    fields = msgspec.Raw(row[6].encode())
    hashes = row[9].hex(), row[12].hex(), row[13].hex(), row[16].hex()
    return _Bid(*row[:6], fields, row[7], row[8], hashes[0], row[10], row[11], hashes[1], hashes[2], row[15], hashes[3])
