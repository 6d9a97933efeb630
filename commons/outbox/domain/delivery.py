"""How a message lives: waiting, delivered, or dead after too many failures."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from commons.domain.machines import Machine, Row
from commons.evidence.domain.canonical import JSON

LEASE = timedelta(seconds=60)
"""A worker that has not finished by then is taken for dead, and another one takes the message."""

MAX_ATTEMPTS = 12
"""With the delays below the last attempt comes about a day after the first."""

LONGEST_DELAY = timedelta(hours=6)


class MessageState(StrEnum):
    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    DEAD = "DEAD"


class MessageCommand(StrEnum):
    DELIVER = "DELIVER"
    RETRY_LATER = "RETRY_LATER"
    GIVE_UP = "GIVE_UP"
    REVIVE = "REVIVE"


MACHINE = Machine(
    "outbox_message",
    states=MessageState,
    commands=MessageCommand,
    initial=MessageState.PENDING,
    rows=[
        Row(MessageCommand.DELIVER, MessageState.PENDING, MessageState.DELIVERED, "MessageDelivered"),
        Row(MessageCommand.RETRY_LATER, MessageState.PENDING, MessageState.PENDING, "DeliveryFailed", "attempts left"),
        Row(MessageCommand.GIVE_UP, MessageState.PENDING, MessageState.DEAD, "MessageGivenUp", "no attempts left"),
        Row(MessageCommand.REVIVE, MessageState.DEAD, MessageState.PENDING, "MessageRevived"),
    ],
)


@dataclass(frozen=True, slots=True)
class Message:
    """What a handler gets. It may come more than once: `topic` and `key` are the same each time."""

    topic: str
    key: str
    payload: dict[str, JSON]
    enqueued_at: datetime
    attempt: int


def delay_after(attempts: int) -> timedelta:
    """How long to wait after that many failed attempts: 5 s, doubling, at most `LONGEST_DELAY`."""
    return min(timedelta(seconds=5 * 2 ** min(attempts - 1, 20)), LONGEST_DELAY)
