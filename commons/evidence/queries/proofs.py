"""Proofs from the stored tree: one query for the nodes, however many entries are asked for."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from commons.evidence.domain import merkle
from commons.evidence.domain.canonical import JSON
from commons.evidence.domain.consistency import FORMAT
from commons.evidence.models import EvidenceCheckpoint, EvidenceEntry, EvidenceLeaf
from commons.evidence.queries.log import CheckpointView, latest_checkpoint
from commons.evidence.queries.nodes import hashes_of, stored_nodes, tree_size


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Where an entry stands in the tree of `size` leaves, and the hashes that lead from it to the root."""

    stream: str
    seq: int
    index: int
    size: int
    path: tuple[bytes, ...]


def inclusion(stream: str, seq: int, *, size: int | None = None) -> InclusionProof | None:
    """The proof for one entry; None while it is not in a tree of that size."""
    return next(iter(inclusions(stream, [seq], size=size)), None)


def inclusions(stream: str, seqs: Sequence[int], *, size: int | None = None) -> list[InclusionProof]:
    """The proofs for those of `seqs` that are in the tree of `size` leaves (default: all leaves of now)."""
    size = tree_size() if size is None else size
    leaves = EvidenceLeaf.objects.filter(stream=stream, seq__in=seqs, index__lt=size).order_by("seq")
    placed = [(seq, index, merkle.inclusion_ranges(index, size)) for seq, index in leaves.values_list("seq", "index")]
    nodes = stored_nodes({place for _, _, ranges in placed for span in ranges for place in merkle.cover(span)})
    return [
        InclusionProof(stream, seq, index, size, tuple(merkle.hashes_of(ranges, nodes)))
        for seq, index, ranges in placed
    ]


def path_of(entry_hash: bytes, index: int, size: int) -> tuple[bytes, ...] | None:
    """The proof for the entry of that hash at `index` in the tree of `size` leaves; None where another one is."""
    place = merkle.Place(0, index)
    if not 0 <= index < size <= tree_size() or stored_nodes([place]).get(place) != entry_hash:
        return None
    return tuple(hashes_of(merkle.inclusion_ranges(index, size)))


def consistency(old: int, new: int) -> list[bytes]:
    """The hashes that show that the tree of `new` leaves extends the tree of `old`."""
    return hashes_of(merkle.consistency_ranges(old, new)) if 0 < old < new else []


def public_proof(stream: str, seq: int, entry_hash: bytes) -> tuple[InclusionProof, CheckpointView] | None:
    """The place of an entry in the newest checkpoint; None while it has none.

    Only for who knows the entry's hash, from a receipt: how many entries a stream has may be a secret.
    """
    checkpoint = latest_checkpoint()
    if checkpoint is None or not EvidenceEntry.objects.filter(stream=stream, seq=seq, hash=entry_hash).exists():
        return None
    proof = inclusion(stream, seq, size=checkpoint.size)
    return (proof, checkpoint) if proof else None


def consistency_bundle(old_size: int) -> dict[str, JSON] | None:
    """For `python -m signatures.verify consistency`: the first checkpoint of that size, the newest, the proof."""
    old = EvidenceCheckpoint.objects.filter(size=old_size).order_by("id").first()
    new = EvidenceCheckpoint.objects.order_by("-id").first()
    if old is None or new is None:
        return None
    path = [base64.b64encode(hashed).decode() for hashed in consistency(old.size, new.size)]
    return {"format": FORMAT, "old": old.note, "new": new.note, "path": path}
