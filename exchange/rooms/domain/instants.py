"""Instants of a room: milliseconds, as they stand in the log, so that a replay decides on the very same numbers."""

from datetime import UTC, datetime, timedelta


def floor(at: datetime) -> datetime:
    """`at` rounded down to the millisecond."""
    excess = at.microsecond % 1000
    return at.replace(microsecond=at.microsecond - excess) if excess else at


def to_text(at: datetime) -> str:
    """The same text as `commons.domain.time.to_text`, three times as fast: bids pay for it several times each."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def after(at: datetime, milliseconds: int) -> datetime:
    return at + timedelta(milliseconds=milliseconds)
