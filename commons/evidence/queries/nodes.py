"""Stored subtrees of the Merkle tree."""

from collections.abc import Iterable, Sequence

from commons.evidence.domain import merkle
from commons.evidence.domain.merkle import Place, Range
from commons.evidence.models import EvidenceNode, EvidenceTree

_LEVEL_BITS = 56


def position_of(place: Place) -> int:
    """The primary key of a subtree."""
    return place.level << _LEVEL_BITS | place.number


def place_at(position: int) -> Place:
    """The subtree of a primary key."""
    return Place(position >> _LEVEL_BITS, position & ((1 << _LEVEL_BITS) - 1))


def stored_nodes(places: Iterable[Place]) -> dict[Place, bytes]:
    """The hashes of perfect subtrees, in one query."""
    positions = [position_of(place) for place in places]
    if not positions:
        return {}
    rows = EvidenceNode.objects.filter(position__in=positions).values_list("position", "hash")
    return {place_at(position): bytes(hashed) for position, hashed in rows.order_by()}


def hashes_of(ranges: Sequence[Range]) -> list[bytes]:
    """The subtree hashes over `ranges`, in one query."""
    nodes = stored_nodes({place for span in ranges for place in merkle.cover(span)})
    return merkle.hashes_of(ranges, nodes)


def root_of(size: int) -> bytes:
    """The root of the tree when it had `size` leaves."""
    return hashes_of([(0, size)])[0]


def tree_size() -> int:
    """The number of leaves now."""
    return EvidenceTree.objects.filter(id=1).values_list("seq", flat=True).first() or 0
