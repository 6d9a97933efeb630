"""Handing messages on: claim by conditional update, deliver, and come back later when it failed."""

import logging
from contextlib import nullcontext
from datetime import datetime, timedelta
from time import monotonic
from uuid import uuid4

from django.db import transaction
from django.db.models import F, Q, QuerySet

from commons.domain.actor import Actor, Role, require_role
from commons.domain.refusals import NotAllowedNow
from commons.outbox import registry
from commons.outbox.domain.delivery import (
    LEASE,
    MACHINE,
    MAX_ATTEMPTS,
    Message,
    MessageCommand,
    MessageState,
    delay_after,
)
from commons.outbox.models import OutboxMessage

logger = logging.getLogger(__name__)

_ERROR_LENGTH = 2000


class LeaseLost(Exception):
    """Another worker took the message over; what this one did in its transaction is rolled back."""


def deliver_due(at: datetime, limit: int = 100) -> int:
    """Deliver at most `limit` messages that are due; the number delivered. Any number of workers may do so at once."""
    delivered, began = 0, monotonic()
    for message_id in list(_due(at).order_by("due_at", "id").values_list("id", flat=True)[:limit]):
        # A slow receiver takes minutes of a batch: a lease that began with the batch would be over before its message.
        now = at + timedelta(seconds=monotonic() - began)
        if (lease := _claim(message_id, now)) and _deliver(message_id, lease, at):
            delivered += 1
    return delivered


def revive(*, actor: Actor, message_id: int, at: datetime) -> None:
    """Give a dead message all its attempts anew. Raises `NotPermitted`, `NotAllowedNow`."""
    require_role(actor, Role.OPERATOR).require()
    dead = OutboxMessage.objects.filter(id=message_id, state=MessageState.DEAD)
    if dead.update(state=MessageState.PENDING, attempts=0, due_at=at, leased_until=None, lease="") != 1:
        raise NotAllowedNow(command=MessageCommand.REVIVE.value, state="")


def _due(at: datetime) -> QuerySet[OutboxMessage]:
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
    return OutboxMessage.objects.filter(free, state=MessageState.PENDING, due_at__lte=at)


def _claim(message_id: int, at: datetime) -> str:
    """The lease, or nothing when another worker was faster."""
    lease = uuid4().hex
    with transaction.atomic():
        claimed = (
            _due(at).filter(id=message_id).update(lease=lease, leased_until=at + LEASE, attempts=F("attempts") + 1)
        )
    return lease if claimed else ""


def _deliver(message_id: int, lease: str, at: datetime) -> bool:
    row = OutboxMessage.objects.get(id=message_id)
    try:
        handler = registry.handler_of(row.topic)
        with transaction.atomic() if handler.transactional else nullcontext():
            handler.function(_message(row))
            _settle(message_id, lease, MessageCommand.DELIVER, delivered_at=at, last_error="")
    except LeaseLost:
        logger.warning("outbox message %s was taken over by another worker", message_id)
        return False
    except Exception as error:
        # Whatever a handler raises is a failed delivery; the message stays and the others go on.
        logger.exception("outbox message %s (%s) was not delivered", message_id, row.topic)
        _put_back(row, lease, error, at)
        return False
    return True


def _put_back(row: OutboxMessage, lease: str, error: Exception, at: datetime) -> None:
    command = MessageCommand.GIVE_UP if row.attempts >= MAX_ATTEMPTS else MessageCommand.RETRY_LATER
    text = f"{type(error).__name__}: {error}"[:_ERROR_LENGTH]
    try:
        _settle(row.pk, lease, command, due_at=at + delay_after(row.attempts), last_error=text)
    except LeaseLost:
        logger.warning("outbox message %s was taken over by another worker", row.pk)


def _settle(message_id: int, lease: str, command: MessageCommand, **values: object) -> None:
    target = MACHINE.fire(MessageState.PENDING, command).target
    with transaction.atomic():
        held = OutboxMessage.objects.filter(id=message_id, lease=lease, state=MessageState.PENDING)
        if held.update(state=target, leased_until=None, lease="", **values) != 1:
            raise LeaseLost(message_id)


def _message(row: OutboxMessage) -> Message:
    return Message(row.topic, row.key, row.payload, row.enqueued_at, row.attempts)
