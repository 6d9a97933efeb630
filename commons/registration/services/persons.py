"""A person who acts for themself, as a natural person."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from commons.domain.actor import Actor, Assurance, Role, system_actor
from commons.domain.codes import Uscc, citizen_id, normalise
from commons.domain.deadlines import local_day
from commons.domain.refusals import AssuranceTooLow, NotPermitted
from commons.identity.port import identity
from commons.identity.services import IdentityNotConfirmed
from commons.people import services as people
from commons.people.domain.natural import PersonRegistered
from commons.people.queries import name_of, people_with
from commons.registration.domain.organisations import region_of


def register_natural_person(*, actor: Actor, number: str, at: datetime) -> int:
    """Let the actor buy for themself, as an owner 项目业主 who is a natural person; gives the party's number.

    The identity system is asked whether this identity number (GB 11643) belongs to the name that was confirmed for the
    account. Name and number are kept sealed: the list of dishonesty is asked by them every year.

    Refuses `NotPermitted`, `AssuranceTooLow` (the real name must be confirmed first), `InvalidCode`,
    `IdentityNotConfirmed`, `PersonRegistered` and what `grant_role` refuses.
    """
    if actor.person_id is None:
        raise NotPermitted()
    if actor.assurance < Assurance.REAL_NAME:
        raise AssuranceTooLow(needed=int(Assurance.REAL_NAME), actual=int(actor.assurance))
    who, name = citizen_id(normalise(number), on=local_day(at)), name_of(actor.person_id)
    if name is None or not identity().person(citizen_id=who, name=name).matched:
        raise IdentityNotConfirmed()
    clerk, region = system_actor("registration"), region_of(Uscc(settings.PLATFORM_USCC))
    with transaction.atomic():
        party = people.enrol_natural_person(actor=clerk, number=who, name=name, region=region, at=at)
        people.hold_organisation(party)
        if set(people_with(party, Role.OWNER)) - {actor.person_id}:
            raise PersonRegistered()
        people.grant_role(actor=clerk, person_id=actor.person_id, organisation_id=party, role=Role.OWNER, at=at)
    return party
