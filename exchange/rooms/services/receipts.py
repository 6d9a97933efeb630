"""Receipts: one Merkle tree per batch (RFC 6962), one signature of the platform over its root."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from exchange.rooms.protocol import BatchProof, batch_statement

Levels = list[list[bytes]]


@dataclass(frozen=True, slots=True)
class SignedBatch:
    """A batch's tree with the signature over its root."""

    levels: Levels
    key_id: str
    signature: bytes

    @property
    def root(self) -> bytes:
        return self.levels[-1][0]

    @property
    def size(self) -> int:
        return len(self.levels[0])

    def proof(self, index: int) -> BatchProof:
        """What leads from leaf `index` to the signature."""
        return BatchProof(
            root=self.root.hex(),
            size=self.size,
            index=index,
            path=[node.hex() for node in path(self.levels, index)],
            key=self.key_id,
            signature=self.signature.hex(),
        )


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def tree(hashes: Sequence[bytes]) -> Levels:
    """Every level of the tree over leaf `hashes`; a node without a sibling rises as it is."""
    levels: Levels = [list(hashes)]
    while len(levels[-1]) > 1:
        row = levels[-1]
        above = [hashlib.sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row) - 1, 2)]
        if len(row) & 1:
            above.append(row[-1])
        levels.append(above)
    return levels


def path(levels: Levels, index: int) -> list[bytes]:
    """The audit path of leaf `index`, from the leaf up."""
    siblings: list[bytes] = []
    for row in levels[:-1]:
        sibling = index ^ 1
        if sibling < len(row):
            siblings.append(row[sibling])
        index >>= 1
    return siblings


def statement(levels: Levels) -> bytes:
    """What the platform signs."""
    return batch_statement(size=len(levels[0]), root=levels[-1][0])
