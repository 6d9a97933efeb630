"""Appending to the log, always inside the transaction of the change that is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import IdempotencyConflict
from commons.domain.time import from_text, to_text
from commons.evidence.domain import canonical, chain
from commons.evidence.domain.canonical import JSON
from commons.evidence.models import EvidenceEntry, EvidenceStream


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
    """Where the stream stands; its row stays locked until the transaction ends."""
    locked = EvidenceStream.objects.select_for_update()
    row = locked.filter(name=stream).first()
    if row is None:
        EvidenceStream.objects.bulk_create([EvidenceStream(name=stream)], ignore_conflicts=True)
        row = locked.get(name=stream)
    return chain.Head(row.seq, bytes(row.head))


def first_with(stream: str, key: str) -> EvidenceEntry | None:
    """The entry that the stream already holds under this idempotency key."""
    return EvidenceEntry.objects.filter(stream=stream, idempotency_key=key).first()


def _same_or_conflict(first: EvidenceEntry, draft: chain.Draft) -> Entry:
    if (first.type, first.actor, bytes(first.payload)) != (draft.type, draft.actor, draft.payload):
        raise IdempotencyConflict()
    return entry_of(first.link)


def store(link: chain.Link, head: chain.Head) -> None:
    """Insert `link` and move its stream, whose row is locked at `head`."""
    EvidenceEntry.objects.create(
        stream=link.stream,
        seq=link.seq,
        type=link.type,
        actor=link.actor,
        payload=link.payload,
        decided_at=from_text(link.ts),
        idempotency_key=link.key,
        prev=link.prev,
        hash=link.hash,
    )
    moved = EvidenceStream.objects.filter(name=link.stream, seq=head.seq).update(seq=link.seq, head=link.hash)
    assert moved == 1, f"{link.stream} moved while its row was locked"


def entry_of(link: chain.Link) -> Entry:
    """The entry as callers get it."""
    return Entry(link.stream, link.seq, link.type, link.hash, from_text(link.ts))
