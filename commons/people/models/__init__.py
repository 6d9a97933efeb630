from commons.people.models.organisation import Membership, Organisation
from commons.people.models.person import Person

__all__ = ["Membership", "Organisation", "Person"]
