"""Appending prepared entries as part of a caller's own statement: PostgreSQL only, for the live rooms.

A statement of the caller takes `CTES` in its WITH list and lets `HELD` decide whether it may stand. Values travel as
one JSON text, spelt and read in C.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from commons.evidence.domain.chain import GENESIS, Link
from commons.evidence.models import EvidenceEntry, EvidenceStream

_encode = msgspec.json.Encoder().encode
_STREAMS, _ENTRIES = EvidenceStream._meta.db_table, EvidenceEntry._meta.db_table

CTES = (
    f"evidence_moved AS (UPDATE {_STREAMS} AS s SET seq = v.seq, head = decode(v.head, 'hex') "  # noqa: S608
    "FROM json_to_recordset(%(evidence_moves)s::json) "
    "AS v(name text, old_seq bigint, old_head text, seq bigint, head text) "
    "WHERE s.name = v.name AND s.seq = v.old_seq AND s.head = decode(v.old_head, 'hex') RETURNING 1), "
    f"evidence_inserted AS (INSERT INTO {_ENTRIES} "
    "(stream, seq, type, actor, payload, decided_at, idempotency_key, prev, hash) "
    "SELECT stream, seq, type, actor, convert_to(payload, 'UTF8'), decided_at, key, decode(prev, 'hex'), "
    "decode(hash, 'hex') FROM json_to_recordset(%(evidence_entries)s::json) AS v(stream text, seq bigint, type text, "
    "actor text, payload text, decided_at timestamptz, key text, prev text, hash text))"
)
"""Moves the streams and inserts the entries; takes what `parameters` gives."""

HELD = "(SELECT count(*) FROM evidence_moved) = %(evidence_streams)s::bigint"
"""Whether every stream stood where its first entry says. If not, the caller must make its statement fail."""


class _Move(NamedTuple):
    name: str
    old_seq: int
    old_head: str
    seq: int
    head: str


def begins_a_stream(rows: Sequence[Link]) -> bool:
    """Whether some row is the first of its stream: such rows go through `append_prepared`, which makes the stream."""
    return any(row.prev == GENESIS for row in rows)


def parameters(rows: Sequence[Link]) -> dict[str, Any]:
    """What `CTES` and `HELD` take to store `rows`; `append_prepared` says what the rows must be."""
    moves = [_move(list(group)) for _, group in groupby(rows, key=lambda row: row.stream)]
    return {
        "evidence_moves": _encode([move._asdict() for move in sorted(moves)]),
        "evidence_streams": len(moves),
        "evidence_entries": _encode([_entry(row) for row in rows]),
    }


def _move(run: list[Link]) -> _Move:
    first, last = run[0], run[-1]
    return _Move(first.stream, first.seq - 1, first.prev.hex(), last.seq, last.hash.hex())


class _Entry(msgspec.Struct, gc=False):
    """An entry as `CTES` reads it."""

    stream: str
    seq: int
    type: str
    actor: str
    payload: str
    decided_at: str
    key: str | None
    prev: str
    hash: str


def _entry(row: Link) -> _Entry:
    stream, seq, type_, actor, payload, ts, key, prev, hashed = row
    return _Entry(stream, seq, type_, actor, payload.decode(), ts, key, prev.hex(), hashed.hex())
