"""Tables of tenders."""

from bidding.tenders.models.asking import Addendum, Question, TenderObjection
from bidding.tenders.models.reserves import SecretReserve
from bidding.tenders.models.taking import DocumentTaking, Invitation, PrequalificationApplication
from bidding.tenders.models.tender import (
    ENDS_AT,
    ClauseFinding,
    ProcurementPlan,
    Section,
    Tender,
    TenderCheck,
    TenderFiling,
    TenderProject,
)
from bidding.tenders.models.writing import MediaRelease, PublishedDocument, TenderNotice

__all__ = [
    "ENDS_AT",
    "Addendum",
    "ClauseFinding",
    "DocumentTaking",
    "Invitation",
    "MediaRelease",
    "PrequalificationApplication",
    "ProcurementPlan",
    "PublishedDocument",
    "Question",
    "SecretReserve",
    "Section",
    "Tender",
    "TenderCheck",
    "TenderFiling",
    "TenderNotice",
    "TenderObjection",
    "TenderProject",
]
