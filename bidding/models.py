"""Django looks here for the tables of the package; each subject keeps its own."""

from bidding.awards.models import Award, CallOff, CandidateList, EvaluationReport, ResultLine
from bidding.profiles.models import ProfileVersion
from bidding.tenders.models import (
    Addendum,
    ClauseFinding,
    DocumentTaking,
    Invitation,
    MediaRelease,
    PrequalificationApplication,
    ProcurementPlan,
    PublishedDocument,
    Question,
    Section,
    Tender,
    TenderCheck,
    TenderFiling,
    TenderNotice,
    TenderObjection,
    TenderProject,
)

__all__ = [
    "Addendum",
    "Award",
    "CallOff",
    "CandidateList",
    "ClauseFinding",
    "DocumentTaking",
    "EvaluationReport",
    "Invitation",
    "MediaRelease",
    "PrequalificationApplication",
    "ProcurementPlan",
    "ProfileVersion",
    "PublishedDocument",
    "Question",
    "ResultLine",
    "Section",
    "Tender",
    "TenderCheck",
    "TenderFiling",
    "TenderNotice",
    "TenderObjection",
    "TenderProject",
]
