"""Bulk appending of entries whose chain the caller computed: the live rooms' path, one statement for a whole batch."""

from collections.abc import Sequence
from itertools import groupby

from django.db import connection, transaction

from commons.domain.time import from_text
from commons.evidence import bulk
from commons.evidence.domain.chain import GENESIS, Head, Link
from commons.evidence.models import EvidenceEntry, EvidenceStream

_COLUMNS = {
    "stream": "text",
    "seq": "bigint",
    "type": "text",
    "actor": "text",
    "payload": "bytea",
    "decided_at": "timestamptz",
    "idempotency_key": "text",
    "prev": "bytea",
    "hash": "bytea",
}


class StreamMoved(Exception):
    """A stream is not where the caller's chain begins: roll back, reload and decide again."""


def append_prepared(rows: Sequence[Link]) -> None:
    """Store `rows` (of any number of streams, each stream's rows together and in order) and move the heads.

    The chain was computed by `commons.evidence.domain.chain`; names were checked by the caller. Raises `StreamMoved`
    when a stream's head is not the predecessor of its first row; the caller's transaction must then be rolled back.
    """
    if not rows:
        return
    assert transaction.get_connection().in_atomic_block, "evidence is appended inside the transaction of the change"
    runs = [_run(list(group)) for _, group in groupby(rows, key=lambda row: row.stream)]
    _move_heads(runs)
    _insert(rows)


Run = tuple[str, Head, Head]
"""A stream, where it must stand, and where it will stand."""


def _run(rows: list[Link]) -> Run:
    first, last = rows[0], rows[-1]
    return first.stream, Head(first.seq - 1, first.prev), last.head


def _move_heads(runs: list[Run]) -> None:
    fresh = [EvidenceStream(name=name) for name, before, _ in runs if before == Head(0, GENESIS)]
    if fresh:
        EvidenceStream.objects.bulk_create(fresh, ignore_conflicts=True)
    moved = _move_heads_at_once(runs) if connection.vendor == "postgresql" else sum(map(_move_head, runs))
    if moved != len(runs):
        raise StreamMoved(", ".join(name for name, _, _ in runs))


def _move_head(run: Run) -> int:
    name, before, after = run
    rows = EvidenceStream.objects.filter(name=name, seq=before.seq, head=before.hash)
    return rows.update(seq=after.seq, head=after.hash)


def _move_heads_at_once(runs: list[Run]) -> int:
    # Rows are locked in the order of their names, so that two batches never wait for each other in a circle.
    table, names = EvidenceStream._meta.db_table, [name for name, _, _ in runs]
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH locked AS (SELECT name FROM {table} WHERE name = ANY(%s::text[]) ORDER BY name FOR UPDATE) "  # noqa: S608
            f"UPDATE {table} AS s SET seq = v.seq, head = v.head FROM locked, "
            "unnest(%s::text[], %s::bigint[], %s::bytea[], %s::bigint[], %s::bytea[]) "
            "AS v(name, old_seq, old_head, seq, head) "
            "WHERE s.name = v.name AND s.name = locked.name AND s.seq = v.old_seq AND s.head = v.old_head",
            [
                names,
                names,
                [before.seq for _, before, _ in runs],
                [before.hash for _, before, _ in runs],
                [after.seq for _, _, after in runs],
                [after.hash for _, _, after in runs],
            ],
        )
        return int(cursor.rowcount)


def _insert(rows: Sequence[Link]) -> None:
    if connection.vendor == "postgresql":
        # PostgreSQL reads the instants as they are spelled in the leaf.
        bulk.insert(EvidenceEntry, _COLUMNS, rows)
        return
    adapt = connection.ops.adapt_datetimefield_value
    bulk.insert(EvidenceEntry, _COLUMNS, [(*row[:5], adapt(from_text(row[5])), *row[6:]) for row in rows])
