"""Accounts: opened by those who identify people, closed for good, known more surely as evidence comes in."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string

from commons.domain.actor import Actor, Assurance, Role, system_actor
from commons.domain.refusals import NotFound, Refusal
from commons.domain.text import gettext_noop
from commons.evidence import services as evidence
from commons.people import policies
from commons.people.accounts import lift_lock
from commons.people.models import Person
from commons.people.services.roles import end_every_role, grant_role
from commons.people.services.sessions import end_sessions

FIRST_PASSWORD_LENGTH = 14


class NameTaken(Refusal):
    code = "NAME_TAKEN"
    message = gettext_noop("Somebody already signs in with this name. Choose another one.")


@dataclass(frozen=True, slots=True)
class OpenedAccount:
    """A new account with the password that is told once, to the person, and stored nowhere."""

    person_id: int
    username: str
    first_password: str


def open_account(
    *, actor: Actor, username: str, name: str, organisation_id: int, role: Role, at: datetime
) -> OpenedAccount:
    """Open an account for a colleague with a first role; the first password opens nothing but the choice of another.

    Whoever opens it has seen the person: real name (L2). Higher levels need evidence, see `set_assurance`. Refuses
    `NotPermitted`, `NameTaken` and what `grant_role` refuses.
    """
    if not actor.system:
        policies.can_administer_members(actor, organisation_id).require()
    password = get_random_string(FIRST_PASSWORD_LENGTH)
    try:
        with transaction.atomic():
            person = Person.objects.create_user(
                username, password, name=name, assurance=Assurance.REAL_NAME.value, password_was_told=True
            )
            _record(person.pk, "AccountOpened", actor, at, {"level": str(Assurance.REAL_NAME.value)})
            grant_role(actor=actor, person_id=person.pk, organisation_id=organisation_id, role=role, at=at)
    except IntegrityError as error:
        if Person.objects.filter(username=username).exists():
            raise NameTaken() from error
        raise
    return OpenedAccount(person_id=person.pk, username=username, first_password=password)


def register_account(
    *, username: str, name: str, password_hash: str, language: str, phone: str, email: str, at: datetime
) -> int:
    """Open the account of somebody who proved a telephone number or an e-mail address (L1), without roles; its number.

    Refuses `NameTaken`, also when another account of the same address was quicker.
    """
    try:
        with transaction.atomic():
            person = Person.objects.create(
                username=username,
                name=name,
                password=password_hash,
                language=language,
                phone=phone,
                phone_confirmed_at=at if phone else None,
                email=email,
                email_confirmed_at=at if email else None,
                assurance=Assurance.PHONE.value,
            )
            clerk = system_actor("registration")
            _record(person.pk, "AccountRegistered", clerk, at, {"level": str(Assurance.PHONE.value)})
    except IntegrityError:
        raise NameTaken() from None
    return person.pk


def set_new_password(*, person_id: int, password: str, at: datetime) -> None:
    """Set the password of somebody who proved the account's address; lifts a lock and ends every session."""
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person_id)
        person.set_password(password)
        person.password_was_told = False
        person.save(update_fields=["password", "password_was_told"])
        lift_lock(person)
        clerk = system_actor("registration")
        _record(person_id, "PasswordReset", clerk, at, {"by": "address"})
        end_sessions(person_id=person_id, reason="PASSWORD_RESET", at=at, actor=clerk)


def set_assurance(*, actor: Actor, person_id: int, level: Assurance, source: str, at: datetime) -> None:
    """Record how surely the person is known now and by what (`identity:<case>`, `licence:<number>`, `counter`).

    The identity and licence hooks call it as the platform; people only as the centre's operations desk. Refuses
    `NotPermitted`, `OwnAccount` and `NotFound`. A lowered level ends the person's sessions.
    """
    policies.can_change_account_of(actor, person_id).require()
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(pk=person_id).first()
        if person is None:
            raise NotFound()
        before, person.assurance = person.assurance, level.value
        person.save(update_fields=["assurance"])
        _record(person_id, "AssuranceSet", actor, at, {"level": str(level.value), "source": source})
        if level < before:
            end_sessions(person_id=person_id, reason="ASSURANCE_LOWERED", at=at, actor=actor)


def deactivate(*, actor: Actor, person_id: int, reason: str, at: datetime) -> None:
    """Close the account: no sign-in, no session, no socket, no role. The person's record stays.

    Refuses `NotPermitted` and `OwnAccount`.
    """
    policies.can_change_account_of(actor, person_id).require()
    with transaction.atomic():
        if Person.objects.filter(pk=person_id, is_active=True).update(is_active=False):
            _record(person_id, "AccountClosed", actor, at, {"reason": reason})
            # Who is gone administers nothing any more: the organisation may get another first administrator.
            end_every_role(actor=actor, person_id=person_id, reason=reason, at=at)
            end_sessions(person_id=person_id, reason="ACCOUNT_CLOSED", at=at, actor=actor)


def _record(person_id: int, event: str, actor: Actor, at: datetime, payload: dict[str, str]) -> None:
    evidence.append(stream=f"person:{person_id}", type=event, actor=actor, payload=dict(payload), decided_at=at)
