"""Granting and ending roles. A role that ends takes every session of the person with it."""

from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor, Role
from commons.domain.refusals import NotFound
from commons.evidence import services as evidence
from commons.people import policies
from commons.people.domain.roles import LastAdministrator, check_grant
from commons.people.models import Membership, Organisation, Person
from commons.people.services.sessions import end_sessions


def grant_role(*, actor: Actor, person_id: int, organisation_id: int, role: Role, at: datetime) -> int:
    """Give the person a role for the organisation from `at` on; the number of the membership.

    A role already held is returned as it is. Refuses `NotPermitted`, `OwnRole`, `NotFound`, `RoleNotForOrganisation`
    and `RolesExclude`.
    """
    policies.can_change_role_of(actor, organisation_id, person_id).require()
    with transaction.atomic():
        # The person's row is the lock: two grants at once could otherwise pass the exclusion check side by side.
        person = Person.objects.select_for_update().filter(pk=person_id, is_active=True).first()
        organisation = Organisation.objects.filter(pk=organisation_id).first()
        if person is None or organisation is None:
            raise NotFound()
        current = list(Membership.objects.filter(person=person, ended_at__isnull=True))
        for membership in current:
            if (membership.organisation_id, membership.role) == (organisation_id, role.value):
                return membership.pk
        check_grant(role, organisation_kind=organisation.kind, held=(Role(one.role) for one in current))
        granted = Membership.objects.create(person=person, organisation=organisation, role=role.value, granted_at=at)
        _record("RoleGranted", actor, granted, at)
    return granted.pk


def end_role(*, actor: Actor, membership_id: int, reason: str, at: datetime) -> None:
    """End a role, and with it every session and socket of the person. Ending an ended role changes nothing.

    Refuses `NotPermitted`, `OwnRole`, `NotFound` and `LastAdministrator` (only the centre's operations desk may leave
    an organisation without one).
    """
    membership = Membership.objects.filter(pk=membership_id).first()
    if membership is None:
        raise NotFound()
    policies.can_change_role_of(actor, membership.organisation_id, membership.person_id).require()
    with transaction.atomic():
        # Administrators of one organisation are ended one after the other, or both of two could go at once.
        Organisation.objects.select_for_update().get(pk=membership.organisation_id)
        if membership.role == Role.ADMINISTRATOR.value and actor.organisation_id == membership.organisation_id:
            _require_another_administrator(membership)
        if not Membership.objects.filter(pk=membership_id, ended_at__isnull=True).update(ended_at=at):
            return
        _record("RoleEnded", actor, membership, at, reason=reason)
        end_sessions(person_id=membership.person_id, reason="ROLE_ENDED", at=at, actor=actor)


def end_every_role(*, actor: Actor, person_id: int, reason: str, at: datetime) -> None:
    """End what the person still holds, inside the transaction that closes the account, which ends the sessions."""
    for membership in Membership.objects.select_for_update().filter(person_id=person_id, ended_at__isnull=True):
        Membership.objects.filter(pk=membership.pk).update(ended_at=max(at, membership.granted_at))
        _record("RoleEnded", actor, membership, at, reason=reason)


def _require_another_administrator(membership: Membership) -> None:
    others = Membership.objects.filter(
        organisation_id=membership.organisation_id, role=Role.ADMINISTRATOR.value, ended_at__isnull=True
    ).exclude(pk=membership.pk)
    if not others.exists():
        raise LastAdministrator()


def _record(event: str, actor: Actor, membership: Membership, at: datetime, **more: str) -> None:
    evidence.append(
        stream=f"person:{membership.person_id}",
        type=event,
        actor=actor,
        payload={"organisation": str(membership.organisation_id), "role": str(membership.role), **more},
        decided_at=at,
        idempotency_key=f"{event}:{membership.pk}",
    )
