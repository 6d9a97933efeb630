"""The Merkle tree of RFC 6962 over leaf hashes, read through its perfect subtrees.

A perfect subtree is named (level, number): it covers the leaves [number × 2^level, (number + 1) × 2^level). Once its
leaves are there it never changes, so it is stored once; the ragged right edge is folded from perfect subtrees when
asked for. A proof is a list of ranges of leaves; `cover` says which stored nodes make the hash of a range.
Standard library only.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

EMPTY_ROOT = hashlib.sha256(b"").digest()

Range = tuple[int, int]
"""Leaves [start, end) whose subtree hash is meant."""


class Place(NamedTuple):
    """A perfect subtree."""

    level: int
    number: int


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(width: int) -> int:
    """The largest power of two smaller than `width` (RFC 6962 §2.1)."""
    return 1 << (width - 1).bit_length() - 1


def cover(span: Range) -> list[Place]:
    """The perfect subtrees, left to right, of which the subtree over `span` is made."""
    places: list[Place] = []
    start, end = span
    while start < end:
        level = (end - start).bit_length() - 1
        places.append(Place(level, start >> level))
        start += 1 << level
    return places


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash of a subtree from its cover."""
    if not hashes:
        return EMPTY_ROOT
    folded = hashes[-1]
    for left in reversed(hashes[:-1]):
        folded = node_hash(left, folded)
    return folded


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The subtrees whose hashes prove leaf `index` in the tree of `size` leaves, from the leaf up (RFC 6962 §2.1.1)."""
    assert 0 <= index < size, "the leaf is not in the tree"
    ranges: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The subtrees whose hashes prove that the tree of `new` leaves extends the one of `old` (RFC 6962 §2.1.2)."""
    assert 0 < old <= new, "a tree of old leaves must exist"
    ranges: list[Range] = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start, whole = middle, False
    return ranges[::-1] if whole else [(start, end), *ranges[::-1]]


def hashes_of(ranges: Sequence[Range], nodes: Mapping[Place, bytes]) -> list[bytes]:
    """The subtree hashes of `ranges` from the stored nodes."""
    return [fold([nodes[place] for place in cover(span)]) for span in ranges]


def grow(size: int, leaves: Sequence[bytes], stored: Callable[[Place], bytes]) -> Iterator[tuple[Place, bytes]]:
    """The nodes to store when `leaves` join a tree of `size`; `stored` answers for the perfect subtrees on its edge."""
    fresh: dict[Place, bytes] = {}
    for index, hashed in enumerate(leaves, start=size):
        place = Place(0, index)
        fresh[place] = hashed
        yield place, hashed
        while place.number & 1:
            left = Place(place.level, place.number - 1)
            hashed = node_hash(fresh.get(left) or stored(left), hashed)
            place = Place(place.level + 1, place.number >> 1)
            fresh[place] = hashed
            yield place, hashed


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over all `leaves`, for small trees and for verification from scratch."""
    nodes = list(leaves)
    while len(nodes) > 1:
        paired = [node_hash(nodes[i], nodes[i + 1]) for i in range(0, len(nodes) - 1, 2)]
        nodes = paired + nodes[len(nodes) & ~1 :]
    return nodes[0] if nodes else EMPTY_ROOT


def root_from_inclusion(hashed: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that the proof leads to (RFC 9162 §2.1.3.2), or None when its length does not fit index and size."""
    if not 0 <= index < size:
        return None
    last, place = size - 1, index
    for sibling in proof:
        if last == 0:
            return None
        if place & 1 or place == last:
            hashed = node_hash(sibling, hashed)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hashed = node_hash(hashed, sibling)
        place, last = place >> 1, last >> 1
    return hashed if last == 0 else None


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the new tree extends the old one (RFC 9162 §2.1.4.2)."""
    if old == new:
        return old_root == new_root and not proof
    if not 0 < old < new or not proof:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    from_old = from_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            from_old, from_new = node_hash(sibling, from_old), node_hash(sibling, from_new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            from_new = node_hash(from_new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and from_old == old_root and from_new == new_root
