"""Verifying people and organisations by the identity system."""

from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor, Assurance
from commons.domain.codes import citizen_id, normalise, uscc
from commons.domain.deadlines import local_day
from commons.domain.refusals import NotPermitted, Refusal
from commons.domain.text import gettext_noop
from commons.evidence import services as evidence
from commons.identity.port import identity
from commons.people.models import Person


class IdentityNotConfirmed(Refusal):
    """The identity system does not know anybody by these particulars."""

    code = "IDENTITY_NOT_CONFIRMED"
    message = gettext_noop("The identity system does not confirm this name and number. Compare them with the document.")


def verify_person(*, actor: Actor, number: str, name: str, at: datetime) -> Assurance:
    """Confirm who the actor is by number and name; gives the level he is known at from now on (it never falls).

    Refuses the anonymous, an invalid number (`InvalidCode`) and particulars that do not match (`IdentityNotConfirmed`).
    The number is asked about and forgotten: neither the tables nor the evidence keep it.
    """
    if actor.person_id is None:
        raise NotPermitted()
    answer = identity().person(citizen_id=citizen_id(normalise(number), on=local_day(at)), name=name.strip())
    if not answer.matched:
        raise IdentityNotConfirmed()
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=actor.person_id)
        # Who was known by telephone only gets the name that is confirmed; who has a real name raises nobody else's.
        if person.assurance >= Assurance.REAL_NAME and person.name != name.strip():
            raise IdentityNotConfirmed()
        level, told = max(Assurance(person.assurance), answer.assurance), name.strip()
        Person.objects.filter(pk=person.pk).update(assurance=level.value, name=told)
        evidence.append(
            stream=f"person:{person.pk}",
            type="IdentityConfirmed",
            actor=actor,
            payload={"reference": answer.reference, "assurance": str(int(level))},
            decided_at=at,
        )
    return level


def confirm_organisation(*, code: str, name: str) -> Assurance:
    """How surely an organisation is known. Refuses what fails (`InvalidCode`, `IdentityNotConfirmed`)."""
    answer = identity().organisation(uscc=uscc(normalise(code)), name=name.strip())
    if not answer.matched:
        raise IdentityNotConfirmed()
    return answer.assurance
