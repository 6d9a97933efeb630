"""Appending what must stay secret for a time, and opening it when its time has come."""

import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from commons.domain.actor import Actor
from commons.domain.refusals import IdempotencyConflict
from commons.domain.time import to_text
from commons.evidence import safekeeping
from commons.evidence.domain import blinding, canonical, chain
from commons.evidence.domain.blinding import Opening
from commons.evidence.domain.canonical import JSON
from commons.evidence.domain.chain import Link
from commons.evidence.models import EvidenceEntry, EvidenceSecret
from commons.evidence.services.appending import (
    Entry,
    append,
    entry_of,
    first_with,
    locked_head,
    require_transaction,
    store,
)


class Hidden(StrEnum):
    """What of an entry is secret."""

    ALL = "ALL"
    """Stream, type, actor, key and payload; of the instant, all but the hour."""
    PAYLOAD = "PAYLOAD"


def append_secret(
    *,
    stream: str,
    type: str,
    actor: Actor,
    payload: Mapping[str, JSON],
    decided_at: datetime,
    idempotency_key: str | None = None,
    hidden: Hidden = Hidden.ALL,
) -> Entry:
    """Record one change that nobody may read yet, as `append` does, until `reveal` opens the stream.

    The entry returned names the stream as it stands in the log. Raises as `append`.
    """
    chain.check_names(stream, type, actor.ref, idempotency_key)
    require_transaction()
    draft = chain.Draft(type, actor.ref, canonical.encode(payload), to_text(decided_at), idempotency_key)
    stream_salt = safekeeping.stream_salt(stream) if hidden == Hidden.ALL else None
    opening = Opening(stream, draft, secrets.token_bytes(blinding.SALT_BYTES), stream_salt)
    shown, name = opening.shown, opening.shown_stream
    head = locked_head(name)
    if shown.key is not None and (first := first_with(name, shown.key)):
        return _same_or_conflict(first.link, draft)
    link = chain.link(name, head, shown)
    store(link, head)
    EvidenceSecret.objects.create(stream=name, seq=link.seq, sealed=safekeeping.put_away(link, opening))
    return entry_of(link)


def reveal(*, stream: str, actor: Actor, at: datetime) -> int:
    """Open every secret of `stream` that is not open yet, each as an entry of the stream; how many were opened.

    The caller knows that their time has come. Inside a transaction.
    """
    fresh = 0
    for link, opening in _openings(stream):
        key = f"revealed:{link.seq}" if opening.stream_salt else f"opened:{link.seq}"
        if first_with(stream, key) is not None:
            continue
        append(
            stream=stream,
            type=blinding.REVEALED,
            actor=actor,
            payload=blinding.revelation(link, opening),
            decided_at=at,
            idempotency_key=key,
        )
        fresh += 1
    return fresh


def _openings(stream: str) -> Iterator[tuple[Link, Opening]]:
    for name in (blinding.blind_stream(stream, safekeeping.stream_salt(stream)), stream):
        for secret in EvidenceSecret.objects.filter(stream=name).order_by("seq"):
            link = EvidenceEntry.objects.get(stream=name, seq=secret.seq).link
            yield link, safekeeping.take_out(link, bytes(secret.sealed))


def _same_or_conflict(first: Link, draft: chain.Draft) -> Entry:
    secret = EvidenceSecret.objects.filter(stream=first.stream, seq=first.seq).first()
    known = safekeeping.take_out(first, bytes(secret.sealed)).draft if secret else first
    if (known.type, known.actor, known.payload) != (draft.type, draft.actor, draft.payload):
        raise IdempotencyConflict()
    return entry_of(first)
