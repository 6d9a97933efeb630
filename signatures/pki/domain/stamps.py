"""A time stamp that was asked for: pending until an authority gives its token. Nothing waits for it."""

from datetime import timedelta
from enum import StrEnum

from commons.domain.machines import Machine, Row

LONGEST_DELAY = timedelta(minutes=10)


class StampState(StrEnum):
    PENDING = "PENDING"
    STAMPED = "STAMPED"


class StampCommand(StrEnum):
    STAMP = "STAMP"
    RETRY_LATER = "RETRY_LATER"


STAMPS = Machine(
    "time_stamp",
    states=StampState,
    commands=StampCommand,
    initial=StampState.PENDING,
    rows=[
        Row(StampCommand.STAMP, StampState.PENDING, StampState.STAMPED, "TimeStamped"),
        Row(StampCommand.RETRY_LATER, StampState.PENDING, StampState.PENDING, "TimeStampRetried", "nobody answered"),
    ],
)


def delay_after(attempts: int) -> timedelta:
    """How long to wait after that many failed attempts: 2 s, doubling, at most `LONGEST_DELAY`; never given up."""
    return min(timedelta(seconds=2 * 2 ** min(max(attempts - 1, 0), 20)), LONGEST_DELAY)
