"""Putting a message into the outbox."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from commons.domain.refusals import IdempotencyConflict
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON
from commons.outbox.models import OutboxMessage


def enqueue(*, topic: str, key: str, payload: Mapping[str, JSON], at: datetime) -> None:
    """Promise the message for after the caller's commit; the same topic and key are one message.

    Raises `IdempotencyConflict` when the key was used for another payload.
    """
    assert transaction.get_connection().in_atomic_block, "a message is enqueued inside the transaction of the change"
    body = canonical.encode(payload)
    fresh = OutboxMessage(topic=topic, key=key, payload=canonical.decode(body), enqueued_at=at, due_at=at)
    OutboxMessage.objects.bulk_create([fresh], ignore_conflicts=True)
    stored = OutboxMessage.objects.values_list("payload", flat=True).get(topic=topic, key=key)
    if canonical.encode(stored) != body:
        raise IdempotencyConflict()
