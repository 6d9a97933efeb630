"""Appending prepared entries without waiting for each answer: PostgreSQL only, inside a pipeline of the caller.

A stream that has moved makes the server divide by zero, which fails the caller's whole transaction: the caller reloads
and decides again, as after `StreamMoved`. Values travel as one JSON text, spelt and read in C.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import msgspec

from commons.evidence.domain.chain import GENESIS, Link
from commons.evidence.models import EvidenceEntry, EvidenceStream

_encode = msgspec.json.Encoder().encode
_STREAMS, _ENTRIES = EvidenceStream._meta.db_table, EvidenceEntry._meta.db_table
_NEW_STREAMS = (
    f"INSERT INTO {_STREAMS} (name, seq, head) SELECT name, 0, decode(%s, 'hex') "  # noqa: S608  # our own names
    "FROM json_array_elements_text(%s::json) AS v(name) ON CONFLICT DO NOTHING"
)
_MOVE = (
    f"WITH moved AS (UPDATE {_STREAMS} AS s SET seq = v.seq, head = decode(v.head, 'hex') "  # noqa: S608
    "FROM json_to_recordset(%s::json) AS v(name text, old_seq bigint, old_head text, seq bigint, head text) "
    "WHERE s.name = v.name AND s.seq = v.old_seq AND s.head = decode(v.old_head, 'hex') RETURNING 1) "
    "SELECT 1 / (count(*) = %s)::int FROM moved"
)
_INSERT = (
    f"INSERT INTO {_ENTRIES} (stream, seq, type, actor, payload, decided_at, idempotency_key, prev, hash) "  # noqa: S608
    "SELECT stream, seq, type, actor, convert_to(payload, 'UTF8'), decided_at, key, decode(prev, 'hex'), "
    "decode(hash, 'hex') FROM json_to_recordset(%s::json) AS v(stream text, seq bigint, type text, actor text, "
    "payload text, decided_at timestamptz, key text, prev text, hash text)"
)


def queue_prepared(cursor: Any, rows: Sequence[Link]) -> None:
    """Queue the statements that store `rows` and move their streams; `append_prepared` says what the rows must be."""
    moves, fresh = [], []
    for name, group in groupby(rows, key=lambda row: row.stream):
        run = list(group)
        first, last = run[0], run[-1]
        if first.prev == GENESIS:
            fresh.append(name)
        moves.append(
            {
                "name": name,
                "old_seq": first.seq - 1,
                "old_head": first.prev.hex(),
                "seq": last.seq,
                "head": last.hash.hex(),
            }
        )
    if fresh:
        cursor.execute(_NEW_STREAMS, (GENESIS.hex(), _encode(fresh).decode()))
    moves.sort(key=lambda move: str(move["name"]))
    cursor.execute(_MOVE, (_encode(moves).decode(), len(moves)))
    cursor.execute(_INSERT, (_encode([_entry(row) for row in rows]).decode(),))


def _entry(row: Link) -> dict[str, Any]:
    stream, seq, type_, actor, payload, ts, key, prev, hashed = row
    return {
        "stream": stream,
        "seq": seq,
        "type": type_,
        "actor": actor,
        "payload": payload.decode(),
        "decided_at": ts,
        "key": key,
        "prev": prev.hex(),
        "hash": hashed.hex(),
    }
