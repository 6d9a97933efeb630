"""Django looks here for the tables of the package; each subject keeps its own."""

from marketplace.catalogue.models import ItemMatter, QualificationKind, ServiceItem
from marketplace.credit.models import CreditEvent, CreditScore, Listing, Rating, SupervisionLetter
from marketplace.entry.models import (
    AgencyItem,
    AgencyQualification,
    Entrant,
    ListedOrganisation,
    Practitioner,
    StatusEntry,
)
from marketplace.fulfilment.models import (
    ContractProposal,
    Engagement,
    Grievance,
    GrievanceDocument,
    Milestone,
    Payment,
)
from marketplace.procurement.models import ChainStep, Procurement, ProcurementNotice, Question, StepDecision
from marketplace.selection.models import AgencyCredit, PanelMember, Selection, SelectionEntrant
from marketplace.signups.models import SignUp, Subscription

__all__ = [
    "AgencyCredit",
    "AgencyItem",
    "AgencyQualification",
    "ChainStep",
    "ContractProposal",
    "CreditEvent",
    "CreditScore",
    "Engagement",
    "Entrant",
    "Grievance",
    "GrievanceDocument",
    "ItemMatter",
    "ListedOrganisation",
    "Listing",
    "Milestone",
    "PanelMember",
    "Payment",
    "Practitioner",
    "Procurement",
    "ProcurementNotice",
    "QualificationKind",
    "Question",
    "Rating",
    "Selection",
    "SelectionEntrant",
    "ServiceItem",
    "SignUp",
    "StatusEntry",
    "StepDecision",
    "Subscription",
    "SupervisionLetter",
]
