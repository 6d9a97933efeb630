"""Django looks here for the tables of the package; each subject keeps its own."""

from commons.evidence.models import (
    EvidenceCheckpoint,
    EvidenceEntry,
    EvidenceGathered,
    EvidenceLeaf,
    EvidenceNode,
    EvidenceStream,
    EvidenceTree,
    PlatformKey,
)
from commons.people.models import Membership, Organisation, Person

__all__ = [
    "EvidenceCheckpoint",
    "EvidenceEntry",
    "EvidenceGathered",
    "EvidenceLeaf",
    "EvidenceNode",
    "EvidenceStream",
    "EvidenceTree",
    "Membership",
    "Organisation",
    "Person",
    "PlatformKey",
]
