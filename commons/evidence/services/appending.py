"""Appending to the log, always inside the transaction of the change that is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from commons.domain.actor import Actor
from commons.domain.refusals import IdempotencyConflict
from commons.domain.time import from_text, to_text
from commons.evidence.domain import canonical, chain
from commons.evidence.domain.canonical import JSON
from commons.evidence.models import EvidenceEntry, EvidenceStream
from commons.postgresql import repeat
from commons.repeated import Repeated

# Spelled out, because every change of the platform passes here: compiling them anew each time costs more than they do.
_STREAMS, _ENTRIES = EvidenceStream._meta.db_table, EvidenceEntry._meta.db_table
_LOCK = f"SELECT seq, head FROM {_STREAMS} WHERE name = %s"  # noqa: S608
_BEGIN = f"INSERT INTO {_STREAMS} (name, seq, head) VALUES (%s, %s, %s) ON CONFLICT (name) DO NOTHING"  # noqa: S608
_MOVE = f"UPDATE {_STREAMS} SET seq = %s, head = %s WHERE name = %s AND seq = %s"  # noqa: S608
_INSERT = (
    f"INSERT INTO {_ENTRIES} (stream, seq, type, actor, payload, decided_at, idempotency_key, prev, hash) "  # noqa: S608
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_AT_ONCE = f"WITH moved AS ({_MOVE} RETURNING 1), inserted AS ({_INSERT}) SELECT * FROM moved"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a change stands in the log."""

    stream: str
    seq: int
    type: str
    hash: bytes
    decided_at: datetime


def append(
    *,
    stream: str,
    type: str,
    actor: Actor,
    payload: Mapping[str, JSON],
    decided_at: datetime,
    idempotency_key: str | None = None,
) -> Entry:
    """Record one change in `stream`; the stream stays locked until the caller's transaction ends.

    With an idempotency key that the stream already holds, the first entry is returned unchanged. Raises
    `IdempotencyConflict` when that entry had another type, actor or payload; `BadName` and `NotCanonical` are bugs of
    the caller. Personal data has no place in a payload: references only.
    """
    chain.check_names(stream, type, actor.ref, idempotency_key)
    require_transaction()
    draft = chain.Draft(type, actor.ref, canonical.encode(payload), to_text(decided_at), idempotency_key)
    head = locked_head(stream)
    if idempotency_key is not None and (first := first_with(stream, idempotency_key)):
        return _same_or_conflict(first, draft)
    link = chain.link(stream, head, draft)
    store(link, head)
    return entry_of(link)


def hold(stream: str) -> None:
    """Lock the stream until the caller's transaction ends, for those who must look before they append to it."""
    require_transaction()
    locked_head(stream)


def require_transaction() -> None:
    """A mistake of the caller otherwise."""
    assert transaction.get_connection().in_atomic_block, "evidence is appended inside the transaction of the change"


def locked_head(stream: str) -> chain.Head:
    """Where the stream stands; its row stays locked until the transaction ends. One statement, three for a new one."""
    lock = _LOCK + (" FOR UPDATE" if connection.features.has_select_for_update else "")
    found = repeat(lock, [stream]).rows
    if not found:
        # Who begins it at the same moment waits here, and then finds where the other one left it.
        repeat(_BEGIN, [stream, 0, chain.GENESIS])
        found = repeat(lock, [stream]).rows
    ((seq, head),) = found
    return chain.Head(int(seq), bytes(head))


_WITH_KEY: Repeated[EvidenceEntry] = Repeated(
    lambda stream, key: EvidenceEntry.objects.filter(stream=stream, idempotency_key=key).order_by("id")[:1]
)


def first_with(stream: str, key: str) -> EvidenceEntry | None:
    """The entry that the stream already holds under this idempotency key."""
    return _WITH_KEY.first(stream, key)


def _same_or_conflict(first: EvidenceEntry, draft: chain.Draft) -> Entry:
    if (first.type, first.actor, bytes(first.payload)) != (draft.type, draft.actor, draft.payload):
        raise IdempotencyConflict()
    return entry_of(first.link)


def store(link: chain.Link, head: chain.Head) -> None:
    """Insert `link` and move its stream, whose row is locked at `head`. One statement on PostgreSQL, two elsewhere."""
    moved: list[Any] = [link.seq, link.hash, link.stream, head.seq]
    decided_at = connection.ops.adapt_datetimefield_value(from_text(link.ts))
    entry: list[Any] = [*link[:5], decided_at, *link[6:]]
    if connection.vendor == "postgresql":
        held = repeat(_AT_ONCE, [*moved, *entry]).rowcount == 1
    else:
        repeat(_INSERT, entry)
        held = repeat(_MOVE, moved).rowcount == 1
    assert held, f"{link.stream} moved while its row was locked"


def entry_of(link: chain.Link) -> Entry:
    """The entry as callers get it."""
    return Entry(link.stream, link.seq, link.type, link.hash, from_text(link.ts))
