"""Django looks here for the tables of the package; each subject keeps its own."""

from marketplace.catalogue.models import ItemMatter, QualificationKind, ServiceItem
from marketplace.entry.models import (
    AgencyItem,
    AgencyQualification,
    Entrant,
    ListedOrganisation,
    Practitioner,
    StatusEntry,
)
from marketplace.procurement.models import ChainStep, Procurement, ProcurementNotice, Question, StepDecision
from marketplace.signups.models import SignUp, Subscription

__all__ = [
    "AgencyItem",
    "AgencyQualification",
    "ChainStep",
    "Entrant",
    "ItemMatter",
    "ListedOrganisation",
    "Practitioner",
    "Procurement",
    "ProcurementNotice",
    "QualificationKind",
    "Question",
    "ServiceItem",
    "SignUp",
    "StatusEntry",
    "StepDecision",
    "Subscription",
]
