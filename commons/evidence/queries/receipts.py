"""Receipts against the platform's keys and its log."""

from collections.abc import Iterator, Mapping, Sequence

from commons.evidence.domain import canonical, receipts
from commons.evidence.domain.exports import count
from commons.evidence.domain.notes import BadNote
from commons.evidence.domain.receipts import BadReceipt, Receipt
from commons.evidence.domain.report import Report
from commons.evidence.models import EvidenceEntry
from commons.evidence.queries.log import keyring
from commons.evidence.queries.nodes import root_of, tree_size


def check_receipts(values: Sequence[object]) -> Report:
    """Whether the platform signed each receipt, and whether its log still holds what the receipt says."""
    report, trusted, located = Report(), keyring(), 0
    for number, value in enumerate(values, start=1):
        try:
            receipt = receipts.from_json(value)
            faults = [*receipts.faults(receipt, trusted), *_log_faults(receipt), *head_faults(receipt)]
        except (BadReceipt, BadNote) as error:
            faults = [str(error)]
        located += not faults
        report.add(f"receipt {number}: {fault}" for fault in faults)
    report.facts |= {"receipts": str(len(values)), "found_in_log": str(located)}
    return report


def head_faults(receipt: Receipt) -> Iterator[str]:
    """Whether the log of today grew out of the head that the receipt names, in words."""
    head = receipt.batch.head
    fault = receipts.head_fault(head, root_of(head.size) if head.size <= tree_size() else None)
    if fault:
        yield fault


def _hashes(stream: str) -> Iterator[str]:
    kept = EvidenceEntry.objects.filter(stream=stream).values_list("hash", flat=True)
    return (bytes(one).hex() for one in kept.iterator())


def _log_faults(receipt: Receipt) -> Iterator[str]:
    """The receipt names room, seq and hash of its entry; that of a sealed call no seq, which the hash holds."""
    body = canonical.decode(receipt.body)
    assert isinstance(body, Mapping), "a receipt's body was read as an object"
    try:
        stream, hashed = f"room:{body['room']}", str(body["hash"])
        seq = count(body["seq"]) if body["seq"] or "salt" not in body else None
    except (KeyError, ValueError):
        yield "it does not name room, seq and hash"
        return
    if seq is None:
        if hashed not in _hashes(stream):
            yield f"the log has no such entry of {stream}"
        return
    stored = EvidenceEntry.objects.filter(stream=stream, seq=seq).values_list("hash", flat=True).first()
    if stored is None:
        yield f"the log has no {stream} seq {seq}"
    elif bytes(stored).hex() != hashed:
        yield f"{stream} seq {seq} has another hash in the log"
