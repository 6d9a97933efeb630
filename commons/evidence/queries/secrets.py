"""Verification of what the log hides for a time: sealed openings against commitments, revelations against entries."""

from collections.abc import Iterator

from django.db import connection

from commons.domain.sealing import SealBroken
from commons.evidence import safekeeping
from commons.evidence.domain import blinding
from commons.evidence.domain.chain import Link
from commons.evidence.domain.report import Report
from commons.evidence.models import EvidenceEntry, EvidenceSecret

_PAGE = 2000


def secret_faults(report: Report) -> Iterator[str]:
    """Each blinded entry has its sealed opening, which opens to what was committed; and no opening is left over."""
    opened = 0
    waiting = {(secret.stream, secret.seq): bytes(secret.sealed) for secret in EvidenceSecret.objects.iterator(_PAGE)}
    for entry in _committed():
        sealed = waiting.pop((entry.stream, entry.seq), None)
        where = f"{entry.stream} seq {entry.seq}"
        if sealed is None:
            if not _is_too_young(entry):
                yield f"{where}: what it hides is missing"
            continue
        try:
            yield from blinding.opening_faults(entry, safekeeping.take_out(entry, sealed))
            opened += 1
        except (SealBroken, ValueError) as error:
            yield f"{where}: what it hides cannot be opened: {error}"
    for stream, seq in waiting:
        yield f"{stream} seq {seq}: something is hidden for an entry that hides nothing"
    report.facts["secrets"] = str(opened)


def _committed() -> Iterator[Link]:
    """The entries that hide something."""
    table = EvidenceEntry._meta.db_table
    size = "octet_length" if connection.vendor == "postgresql" else "length"
    rows = EvidenceEntry.objects.extra(where=[f"{size}({table}.payload) = %s"], params=[_COMMITMENT_BYTES])  # noqa: S610
    for row in rows.order_by("id").iterator(chunk_size=_PAGE):
        if blinding.is_committed(bytes(row.payload)):
            yield row.link


_COMMITMENT_BYTES = len(b'{"commitment":""}') + 64


def _is_too_young(entry: Link) -> bool:
    """Written after the openings were read: then it has one now."""
    return EvidenceSecret.objects.filter(stream=entry.stream, seq=entry.seq).exists()


def revealed_faults(revelation: Link) -> Iterator[str]:
    """The entry that a revelation opens stands in the log as it says."""
    try:
        told, _ = blinding.opened(revelation.payload)
    except ValueError:
        return  # already said by the pure check
    row = EvidenceEntry.objects.filter(stream=told.stream, seq=told.seq).first()
    if row is None or row.link != told:
        yield f"{revelation.stream} seq {revelation.seq}: opens an entry that the log does not hold"
