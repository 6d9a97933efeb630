from marketplace.entry.models.entrant import AgencyItem, AgencyQualification, Entrant, Practitioner
from marketplace.entry.models.standing import ListedOrganisation, StatusEntry

__all__ = ["AgencyItem", "AgencyQualification", "Entrant", "ListedOrganisation", "Practitioner", "StatusEntry"]
