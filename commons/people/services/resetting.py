"""Helping people who lost their password or phone: by somebody who knows them, on record, ending every session."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.crypto import get_random_string

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.evidence import services as evidence
from commons.people import policies
from commons.people.accounts import lift_lock
from commons.people.models import Membership, Person
from commons.people.services.accounts import FIRST_PASSWORD_LENGTH, OpenedAccount
from commons.people.services.api_keys import end_keys_of
from commons.people.services.sessions import end_sessions


def reset_sign_in(*, actor: Actor, person_id: int, at: datetime) -> OpenedAccount:
    """Give the person a new first password, told once; take away second factors and keys; end sessions; lift a lock.

    An administrator does this for people who hold roles in that organisation only: whoever acts elsewhere too is
    helped by the centre's operations desk. Refuses `NotPermitted`, `OwnRole` and `NotFound`.
    """
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(pk=person_id, is_active=True).first()
        if person is None:
            raise NotFound()
        policies.can_reset_sign_in(actor, person_id, organisations=_organisations(person_id)).require()
        password = get_random_string(FIRST_PASSWORD_LENGTH)
        person.set_password(password)
        person.password_was_told = True
        person.save(update_fields=["password", "password_was_told"])
        Authenticator.objects.filter(user=person).delete()
        end_keys_of(actor=actor, person_id=person_id, at=at)
        lift_lock(person)
        evidence.append(
            stream=f"person:{person_id}", type="SignInReset", actor=actor, payload={"by": actor.ref}, decided_at=at
        )
        end_sessions(person_id=person_id, reason="SIGN_IN_RESET", at=at, actor=actor)
    return OpenedAccount(person_id=person_id, username=person.username, first_password=password)


def _organisations(person_id: int) -> frozenset[int]:
    held = Membership.objects.filter(person_id=person_id, ended_at__isnull=True)
    return frozenset(held.values_list("organisation_id", flat=True))
