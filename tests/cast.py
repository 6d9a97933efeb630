"""The cast: the same named parties in every test and in the demo city."""

from commons.people.models import Organisation, Person
from portal.demo.cast import (
    LONG_AGO,
    ORGANISATIONS,
    PARTIES,
    PASSWORD,
    actor,
    organisation_id,
    person_id,
    uscc,
)

__all__ = ["LONG_AGO", "ORGANISATIONS", "PARTIES", "PASSWORD", "actor", "organisation", "person", "uscc"]


def organisation(key: str) -> Organisation:
    """The organisation of the cast, made on first use."""
    return Organisation.objects.get(pk=organisation_id(key))


def person(key: str) -> Person:
    """The person of the cast with its memberships, made on first use."""
    return Person.objects.get(pk=person_id(key))
