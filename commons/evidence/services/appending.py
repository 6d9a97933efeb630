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
    _require_transaction()
    draft = chain.Draft(type, actor.ref, canonical.encode(payload), to_text(decided_at), idempotency_key)
    head = _locked_head(stream)
    if idempotency_key is not None and (first := _first_with(stream, idempotency_key)):
        return _same_or_conflict(first, draft)
    link = chain.link(stream, head, draft)
    _insert(link)
    moved = EvidenceStream.objects.filter(name=stream, seq=head.seq).update(seq=link.seq, head=link.hash)
    assert moved == 1, f"{stream} moved while its row was locked"
    return _entry_of(link)


def hold(stream: str) -> None:
    """Lock the stream until the caller's transaction ends, for those who must look before they append to it."""
    _require_transaction()
    _locked_head(stream)


def _require_transaction() -> None:
    assert transaction.get_connection().in_atomic_block, "evidence is appended inside the transaction of the change"


def _locked_head(stream: str) -> chain.Head:
    locked = EvidenceStream.objects.select_for_update()
    row = locked.filter(name=stream).first()
    if row is None:
        EvidenceStream.objects.bulk_create([EvidenceStream(name=stream)], ignore_conflicts=True)
        row = locked.get(name=stream)
    return chain.Head(row.seq, bytes(row.head))


def _first_with(stream: str, key: str) -> EvidenceEntry | None:
    return EvidenceEntry.objects.filter(stream=stream, idempotency_key=key).first()


def _same_or_conflict(first: EvidenceEntry, draft: chain.Draft) -> Entry:
    if (first.type, first.actor, bytes(first.payload)) != (draft.type, draft.actor, draft.payload):
        raise IdempotencyConflict()
    return _entry_of(first.link)


def _insert(link: chain.Link) -> None:
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


def _entry_of(link: chain.Link) -> Entry:
    return Entry(link.stream, link.seq, link.type, link.hash, from_text(link.ts))
