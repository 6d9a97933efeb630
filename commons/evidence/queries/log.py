"""Entries, checkpoints and keys as values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, Subquery

from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from commons.evidence.domain.chain import Link
from commons.evidence.domain.notes import VerifierKey
from commons.evidence.domain.receipts import NO_HEAD, Head
from commons.evidence.domain.trust import Keyring, TrustedKey
from commons.evidence.models import EvidenceCheckpoint, EvidenceEntry, EvidenceLeaf, EvidenceTree, PlatformKey
from commons.evidence.queries.nodes import tree_size


@dataclass(frozen=True, slots=True)
class CheckpointView:
    """A signed checkpoint."""

    size: int
    root: bytes
    issued_at: datetime
    note: str


def latest_checkpoint() -> CheckpointView | None:
    """The newest checkpoint."""
    return _first(EvidenceCheckpoint.objects.order_by("-id"))


def published_head() -> Head:
    """Where the newest checkpoint says that the log stands: what receipts of now name. One small query."""
    newest = EvidenceCheckpoint.objects.order_by("-id").values_list("size", "root").first()
    return NO_HEAD if newest is None else Head(newest[0], bytes(newest[1]))


def signed_so_far() -> tuple[int, CheckpointView | None]:
    """The number of leaves now and the newest checkpoint, in one question once there is one."""
    leaves = Subquery(EvidenceTree.objects.filter(id=1).values("seq")[:1])
    row = EvidenceCheckpoint.objects.annotate(leaves=leaves).order_by("-id").first()
    return (tree_size(), None) if row is None else (row.leaves or 0, _view(row))


def checkpoint_covering(index: int) -> CheckpointView | None:
    """The oldest checkpoint whose tree holds the leaf."""
    return _first(EvidenceCheckpoint.objects.filter(size__gt=index).order_by("id"))


def index_of(stream: str, seq: int) -> int | None:
    """The place of an entry in the tree, once it is gathered."""
    return EvidenceLeaf.objects.filter(stream=stream, seq=seq).values_list("index", flat=True).first()


def anchored_at(stream: str, seq: int) -> datetime | None:
    """When a signed checkpoint first covered the entry: what nobody can take back since. None while none does."""
    index = index_of(stream, seq)
    covering = checkpoint_covering(index) if index is not None else None
    return covering.issued_at if covering else None


def checkpoint_of(size: int) -> CheckpointView | None:
    """The first checkpoint of exactly that size."""
    return _first(EvidenceCheckpoint.objects.filter(size=size).order_by("id"))


def entries_of_type(type_: str) -> Iterator[Link]:
    """Every entry of a type, in any stream: for verifications, which read the whole log anyway."""
    for row in EvidenceEntry.objects.filter(type=type_).order_by("id").iterator(chunk_size=2000):
        yield row.link


def checkpoints(*, after_size: int = -1, limit: int = 100) -> list[CheckpointView]:
    """Checkpoints of trees larger than `after_size`, oldest first: public, for regulators and bidders to keep."""
    rows = EvidenceCheckpoint.objects.filter(size__gt=after_size).order_by("id")[:limit]
    return [_view(row) for row in rows]


def all_checkpoints() -> Iterator[CheckpointView]:
    """Every checkpoint, oldest first: for verifications."""
    for row in EvidenceCheckpoint.objects.order_by("id").iterator(chunk_size=500):
        yield _view(row)


def newest_checkpoints(limit: int) -> list[CheckpointView]:
    """The newest checkpoints, newest first."""
    return [_view(row) for row in EvidenceCheckpoint.objects.order_by("-id")[:limit]]


def entries(stream: str, *, after_seq: int = 0, limit: int = 500) -> Sequence[Link]:
    """Entries of a stream in their order. The caller decides who may read it."""
    rows = EvidenceEntry.objects.filter(stream=stream, seq__gt=after_seq).order_by("seq")[:limit]
    return [row.link for row in rows]


def keyring() -> Keyring:
    """Every public key that the platform ever published, with its validity."""
    return Keyring.of(*(_trusted(row) for row in PlatformKey.objects.order_by("id")))


def published_keys() -> dict[str, JSON]:
    """The platform's keys for the public endpoint, and what offline verifiers are told to trust."""
    return keyring().as_json()


def _first(rows: QuerySet[EvidenceCheckpoint]) -> CheckpointView | None:
    row = rows.first()
    return _view(row) if row else None


def _view(row: EvidenceCheckpoint) -> CheckpointView:
    return CheckpointView(row.size, bytes(row.root), row.issued_at, row.note)


def _trusted(row: PlatformKey) -> TrustedKey:
    until = to_text(row.valid_until) if row.valid_until else None
    return TrustedKey(VerifierKey(row.name, bytes(row.public)), to_text(row.valid_from), until)
