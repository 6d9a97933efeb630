"""Streams of the log as a file that can be checked offline."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from commons.domain.time import to_text
from commons.evidence import keys
from commons.evidence.domain import exports
from commons.evidence.domain.chain import Link
from commons.evidence.domain.exports import Proven
from commons.evidence.models import EvidenceEntry, EvidenceStream
from commons.evidence.queries.log import keyring, latest_checkpoint
from commons.evidence.queries.proofs import inclusions

_PAGE = 500


def export(streams: Sequence[str] | None = None, *, at: datetime) -> Iterator[bytes]:
    """The lines of `luochui-log/v1` for `streams` (default: all), with proofs to the newest checkpoint.

    Lazy, never whole in memory. The caller decides who may have them.
    """
    known = EvidenceStream.objects.order_by("name").values_list("name", flat=True)
    names = list(known) if streams is None else list(known.filter(name__in=streams))
    keys.publish(at=at)
    checkpoint = latest_checkpoint()
    return exports.write(
        key=keys.signing_key(keys.Purpose.LOG),
        at=to_text(at),
        checkpoint=checkpoint.note if checkpoint else None,
        keys=keyring(),
        streams=names,
        entries=(entry for name in names for entry in _proven(name, checkpoint.size if checkpoint else 0)),
    )


def _proven(stream: str, size: int) -> Iterator[Proven]:
    for page in _pages(stream):
        proofs = {proof.seq: proof for proof in inclusions(stream, [link.seq for link in page], size=size)}
        for link in page:
            proof = proofs.get(link.seq)
            yield Proven(link, proof.index, proof.path) if proof else Proven(link)


def _pages(stream: str) -> Iterator[list[Link]]:
    after = 0
    while True:
        rows = EvidenceEntry.objects.filter(stream=stream, seq__gt=after).order_by("seq")[:_PAGE]
        page = [row.link for row in rows]
        if not page:
            return
        yield page
        after = page[-1].seq
