from commons.people.models.api_key import ApiKey
from commons.people.models.organisation import Membership, Organisation, OrganisationKind
from commons.people.models.person import Person
from commons.people.models.session import PersonSession
from commons.people.models.suspension import OrganisationSuspension

__all__ = [
    "ApiKey",
    "Membership",
    "Organisation",
    "OrganisationKind",
    "OrganisationSuspension",
    "Person",
    "PersonSession",
]
