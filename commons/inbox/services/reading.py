"""Marking messages as read."""

from datetime import datetime

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound, NotPermitted
from commons.inbox import queries
from commons.inbox.models import InboxReading

AT_ONCE = 500


def mark_read(*, actor: Actor, message_id: int, at: datetime) -> queries.MessageView:
    """The message, from now on read by this person. Refuses (`NotFound`) messages of others."""
    found = queries.message(actor, message_id) if actor.person_id is not None else None
    if found is None or actor.person_id is None:
        raise NotFound()
    _read([found.id], actor.person_id, at)
    return found


def mark_all_read(*, actor: Actor, at: datetime, up_to: int) -> int:
    """Mark everything as read that the reader had on the screen: nothing newer than message `up_to`; gives how many."""
    if actor.person_id is None:
        raise NotPermitted()
    mine = queries.page(actor, unread_only=True).paginator.object_list
    numbers = [row.pk for row in mine[:AT_ONCE] if row.pk <= up_to]
    _read(numbers, actor.person_id, at)
    return len(numbers)


def _read(numbers: list[int], person_id: int, at: datetime) -> None:
    InboxReading.objects.bulk_create(
        [InboxReading(message_id=number, person_id=person_id, read_at=at) for number in numbers],
        ignore_conflicts=True,  # the same reader, on two devices
    )
