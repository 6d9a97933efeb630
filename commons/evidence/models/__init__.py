from commons.evidence.models.log import EvidenceEntry, EvidenceStream
from commons.evidence.models.tree import (
    EvidenceCheckpoint,
    EvidenceGathered,
    EvidenceLeaf,
    EvidenceNode,
    EvidenceTree,
    PlatformKey,
)

__all__ = [
    "EvidenceCheckpoint",
    "EvidenceEntry",
    "EvidenceGathered",
    "EvidenceLeaf",
    "EvidenceNode",
    "EvidenceStream",
    "EvidenceTree",
    "PlatformKey",
]
