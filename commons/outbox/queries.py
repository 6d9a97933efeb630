"""What waits and what died, for operators and metrics."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from commons.domain.actor import Actor, Role, require_role
from commons.outbox.domain.delivery import MessageState
from commons.outbox.models import OutboxMessage


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up, without its payload."""

    id: int
    topic: str
    key: str
    enqueued_at: datetime
    attempts: int
    last_error: str


def dead_letters(viewer: Actor, *, limit: int = 100) -> list[DeadLetter]:
    """The oldest dead messages. Raises `NotPermitted` for those who do not operate the platform."""
    require_role(viewer, Role.OPERATOR, Role.AUDITOR).require()
    rows = OutboxMessage.objects.filter(state=MessageState.DEAD).order_by("id")[:limit]
    return [DeadLetter(row.pk, row.topic, row.key, row.enqueued_at, row.attempts, row.last_error) for row in rows]


def counts() -> dict[str, int]:
    """Messages by state, for metrics."""
    rows = OutboxMessage.objects.order_by().values_list("state").annotate(number=Count("id"))
    return {state.value: 0 for state in MessageState} | dict(rows)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits, since when the oldest of it is due, and how much was given up."""

    waiting: int
    oldest: datetime | None
    dead: int


def backlog(at: datetime) -> Backlog:
    """What is due and not delivered at `at`; one query."""
    due = Q(state=MessageState.PENDING, due_at__lte=at)
    found = OutboxMessage.objects.aggregate(
        waiting=Count("id", filter=due),
        oldest=Min("due_at", filter=due),
        dead=Count("id", filter=Q(state=MessageState.DEAD)),
    )
    return Backlog(found["waiting"], found["oldest"], found["dead"])
