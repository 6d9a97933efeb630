"""Instants of a room: milliseconds, as they stand in the log, so that a replay decides on the very same numbers."""

from datetime import datetime, timedelta
from functools import lru_cache

from commons.domain import time


def floor(at: datetime) -> datetime:
    """`at` rounded down to the millisecond."""
    excess = at.microsecond % 1000
    return at.replace(microsecond=at.microsecond - excess) if excess else at


@lru_cache(maxsize=512)
def to_text(at: datetime) -> str:
    """The text of `commons.domain.time`, remembered: bids and their watchers ask for it several times each."""
    return time.to_text(at)


def after(at: datetime, milliseconds: int) -> datetime:
    """So many milliseconds after `at`."""
    return at + _delta(milliseconds)


@lru_cache(maxsize=256)
def _delta(milliseconds: int) -> timedelta:
    """Durations of rules come again with every bid."""
    return timedelta(milliseconds=milliseconds)
