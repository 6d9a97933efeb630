"""Questions about the log: checkpoints, proofs, keys, entries."""

from commons.evidence.queries.log import (
    CheckpointView,
    checkpoint_covering,
    checkpoints,
    entries,
    latest_checkpoint,
    published_keys,
    verifier_keys,
)
from commons.evidence.queries.nodes import root_of, tree_size
from commons.evidence.queries.proofs import InclusionProof, consistency, inclusion, inclusions

__all__ = [
    "CheckpointView",
    "InclusionProof",
    "checkpoint_covering",
    "checkpoints",
    "consistency",
    "entries",
    "inclusion",
    "inclusions",
    "latest_checkpoint",
    "published_keys",
    "root_of",
    "tree_size",
    "verifier_keys",
]
