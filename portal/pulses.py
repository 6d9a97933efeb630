"""Whether somebody keeps time: a mark in the cache that every timekeeper renews, for the operations desk and monitors.

A mark that is missing takes nothing away: time decides, and a late timekeeper only announces late.
"""

from datetime import datetime, timedelta
from pathlib import Path

from django.core.cache import cache
from django.utils import timezone
from prometheus_client import Gauge

KEY = "time-was-kept-at"
LATE = timedelta(seconds=15)
KEPT_FOR_S = 86_400


def beat(at: datetime, *, file: Path | None = None) -> None:
    """Time was kept at `at`."""
    cache.set(KEY, at, timeout=KEPT_FOR_S)
    if file is not None:
        file.touch()


def last() -> datetime | None:
    """When any timekeeper was last heard of, in the last day."""
    found: datetime | None = cache.get(KEY)
    return found


def is_kept(at: datetime) -> bool:
    """Whether a timekeeper was heard of lately."""
    heard = last()
    return heard is not None and at - heard < LATE


def seconds_since() -> float:
    """Since a timekeeper was last heard of; not a number where none was in the last day."""
    heard = last()
    return (timezone.now() - heard).total_seconds() if heard is not None else float("nan")


HEARD = Gauge("luochui_timekeeper_heard_seconds", "Seconds since a timekeeper was last heard of")
HEARD.set_function(seconds_since)
