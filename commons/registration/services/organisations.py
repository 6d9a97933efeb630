"""Registering an organisation, by who may act for it."""

from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor, Assurance, Role, system_actor
from commons.domain.codes import citizen_id, normalise, uscc
from commons.domain.deadlines import local_day
from commons.domain.refusals import AssuranceTooLow, NotPermitted
from commons.identity.port import identity
from commons.licences.queries import valid_business_licence
from commons.people import services as people
from commons.people.queries import organisation_by_uscc, people_with
from commons.registration.domain.organisations import (
    NotRepresentative,
    OrganisationHasAdministrator,
    kind_of,
    region_of,
)

FIRST_ROLES = (Role.ADMINISTRATOR, Role.BIDDER)


def register_organisation(*, actor: Actor, code: str, number: str, at: datetime) -> int:
    """Make the actor the first administrator of an organisation, and one who may bid for it; gives its number.

    The licence library says that its business licence stands and what it is called, the identity system that this
    person (by identity number, which is asked about and forgotten) may act for it. An organisation that came in by an
    import and has no administrator gets its first one in the same way.

    Refuses `NotPermitted`, `AssuranceTooLow` (the real name must be confirmed first), `InvalidCode`,
    `OrganisationByCentre`, `LicenceNotValid`, `NotRepresentative`, `OrganisationHasAdministrator` and what
    `grant_role` refuses.
    """
    if actor.person_id is None:
        raise NotPermitted()
    if actor.assurance < Assurance.REAL_NAME:
        raise AssuranceTooLow(needed=int(Assurance.REAL_NAME), actual=int(actor.assurance))
    known, who = uscc(normalise(code)), citizen_id(normalise(number), on=local_day(at))
    kind = kind_of(known)
    licence = valid_business_licence(uscc=known, on=local_day(at))
    if not identity().represents(citizen_id=who, uscc=known):
        raise NotRepresentative()
    clerk = system_actor("registration")
    with transaction.atomic():
        organisation_id = people.enrol_organisation(
            actor=clerk, uscc=known, name=licence.holder, kind=kind, region=region_of(known), at=at
        )
        people.hold_organisation(organisation_id)
        if people_with(organisation_id, Role.ADMINISTRATOR):
            raise OrganisationHasAdministrator()
        for role in FIRST_ROLES:
            people.grant_role(actor=clerk, person_id=actor.person_id, organisation_id=organisation_id, role=role, at=at)
    return organisation_id


def is_registered(code: str) -> bool:
    """Whether an organisation of that code is known here."""
    return organisation_by_uscc(uscc(normalise(code))) is not None
