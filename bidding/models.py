"""Django looks here for the tables of the package; each subject keeps its own."""

from bidding.awards.models import Award, CallOff, CandidateList, EvaluationReport, ResultLine
from bidding.bids.models import LibraryItem
from bidding.opening.models import Hall, HallBid, HallEntry, HallPicture, HallSignIn, HallWord
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
    "Hall",
    "HallBid",
    "HallEntry",
    "HallPicture",
    "HallSignIn",
    "HallWord",
    "Invitation",
    "LibraryItem",
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
