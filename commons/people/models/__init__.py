from commons.people.models.organisation import Membership, Organisation, OrganisationKind
from commons.people.models.person import Person
from commons.people.models.session import PersonSession

__all__ = ["Membership", "Organisation", "OrganisationKind", "Person", "PersonSession"]
