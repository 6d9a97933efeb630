"""Instants and periods: aware UTC inside, Asia/Shanghai at the edge.

The clock is read once per use case and handed down.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Period:
    """A span of time `[start, end)`: the start belongs to it, the end does not."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        assert self.start.tzinfo, "periods are made of aware instants"
        assert self.end.tzinfo, "periods are made of aware instants"
        assert self.start <= self.end, "a period ends no earlier than it starts"

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end

    def moved_by(self, delta: timedelta) -> "Period":
        return Period(self.start + delta, self.end + delta)


def end_of(day: date) -> datetime:
    """The instant at which a limit that ends on `day` is over: the midnight after it, in Shanghai."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=SHANGHAI)


def to_text(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: `2026-01-05T02:00:00.000Z`. The form of instants in payloads and frames."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def local_text(at: datetime) -> str:
    """As sentences tell an instant: `2026-01-05 10:00:00 UTC+8`, with milliseconds where there are any."""
    text = at.astimezone(SHANGHAI).isoformat(" ", timespec="milliseconds")[:23]
    return f"{text.removesuffix('.000')} UTC+8"


def from_text(text: str) -> datetime:
    """The aware UTC instant that `text` (RFC 3339, with an offset) spells; `ValueError` for anything else."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("the instant has no UTC offset")
    return at.astimezone(UTC)


def to_milliseconds(at: datetime) -> int:
    """Milliseconds since 1970-01-01T00:00Z, rounded down."""
    delta = at - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000


def from_milliseconds(milliseconds: int) -> datetime:
    """The aware UTC instant that many milliseconds after 1970-01-01T00:00Z, exactly."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
