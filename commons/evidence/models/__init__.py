from commons.evidence.models.log import EvidenceEntry, EvidenceStream
from commons.evidence.models.secrets import EvidenceSecret
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
    "EvidenceSecret",
    "EvidenceStream",
    "EvidenceTree",
    "PlatformKey",
]
