"""Django looks here for the tables of the package; each subject keeps its own."""

from commons.people.models import Membership, Organisation, Person

__all__ = ["Membership", "Organisation", "Person"]
