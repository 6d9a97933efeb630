"""Where something that somebody did stands in the log: for the line “who, when, receipt” of every record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from commons.evidence.models import EvidenceEntry


@dataclass(frozen=True, slots=True)
class Record:
    """An entry without its payload. The caller decides who may see it."""

    stream: str
    seq: int
    type: str
    actor: str
    at: datetime
    hash: str


def records_by_key(stream: str, keys: Iterable[str]) -> dict[str, Record]:
    """The entries of a stream under those keys; one query."""
    rows = EvidenceEntry.objects.filter(stream=stream, idempotency_key__in=set(keys))
    return {str(row.idempotency_key): _record(row) for row in rows}


def records_of(stream: str, *, limit: int = 50) -> list[Record]:
    """The newest entries of a stream, the oldest of them first; one query."""
    return [_record(row) for row in EvidenceEntry.objects.filter(stream=stream).order_by("-seq")[:limit]][::-1]


def records_in(streams: Iterable[str], keys: Iterable[str]) -> dict[tuple[str, str], Record]:
    """The entries of several streams under those keys, by stream and key; one query."""
    rows = EvidenceEntry.objects.filter(stream__in=set(streams), idempotency_key__in=set(keys))
    return {(row.stream, str(row.idempotency_key)): _record(row) for row in rows}


def _record(row: EvidenceEntry) -> Record:
    return Record(row.stream, row.seq, row.type, row.actor, row.decided_at, bytes(row.hash).hex())
