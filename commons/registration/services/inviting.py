"""Inviting colleagues by telephone number or e-mail address."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, override

from commons.domain.actor import Actor, Role, system_actor
from commons.domain.refusals import NotFound
from commons.evidence import services as evidence
from commons.outbox import services as outbox
from commons.people import policies
from commons.people import services as people
from commons.people.domain.roles import check_grant
from commons.people.queries import has_address, organisation, roles_of
from commons.registration.domain.codes import Address, AddressKind, NoWayToSend, address
from commons.registration.domain.organisations import InvitationForAnother, InvitationOver
from commons.registration.models import Invitation
from commons.registration.port import messenger
from commons.registration.secrets import invitation_id, invitation_token

HOLDS = timedelta(days=7)


def invite(*, actor: Actor, organisation_id: int, role: Role, contact: str, at: datetime) -> int:
    """Send an invitation that holds for seven days; gives its number.

    Refuses `NotPermitted`, `AssuranceTooLow`, `NotFound`, `Malformed`, `NoWayToSend`, `RoleNotForOrganisation`.
    """
    policies.can_administer_members(actor, organisation_id).require()
    found, where = organisation(organisation_id), address(contact)
    if found is None or actor.person_id is None:
        raise NotFound()
    check_grant(role, organisation_kind=found.kind, held=())
    if not messenger().reaches(where):
        raise NoWayToSend()
    with transaction.atomic():
        row = Invitation.objects.create(
            organisation_id=organisation_id,
            role=role.value,
            kind=where.kind.value,
            address=where.text,
            invited_by_id=actor.person_id,
            invited_at=at,
            expires_at=at + HOLDS,
        )
        outbox.enqueue(topic="registration.invitation", key=str(row.pk), payload={"invitation": str(row.pk)}, at=at)
        _record(row, "ColleagueInvited", actor, at)
    return row.pk


def tell_invited(number: int, *, at: datetime) -> None:
    """Send the link of an invitation that is still open."""
    row = _open(at).select_related("organisation").filter(pk=number).first()
    if row is None:
        return
    link = settings.PUBLIC_URL + reverse("registration:invitation", args=[invitation_token(row.pk)])
    with override("zh-hans"):
        subject = gettext("Invitation to %(name)s on Luochui") % {"name": row.organisation.name}
        text = gettext("Open this address to act for %(name)s: %(link)s (holds for 7 days)")
    text = text % {"name": row.organisation.name, "link": link}
    messenger().send(Address(AddressKind(row.kind), row.address), subject=" ".join(subject.split()), text=text)


def accept(*, actor: Actor, token: str, at: datetime) -> int:
    """Take up the role that the link offers, as the person of its address; gives the organisation's number.

    Refuses `NotFound`, `InvitationForAnother`, `InvitationOver`, and what `grant_role` refuses.
    """
    number = invitation_id(token)
    with transaction.atomic():
        row = Invitation.objects.select_for_update().filter(pk=number).first()
        if row is None or actor.person_id is None:
            raise NotFound()
        if not has_address(actor.person_id, row.kind, row.address):
            raise InvitationForAnother()
        if not _still_may_invite(row) or not _open(at).filter(pk=row.pk).update(
            accepted_at=at, accepted_by=actor.person_id
        ):
            raise InvitationOver()
        people.grant_role(
            actor=system_actor("invitation"),
            person_id=actor.person_id,
            organisation_id=row.organisation_id,
            role=Role(row.role),
            at=at,
        )
        _record(row, "InvitationAccepted", actor, at)
    return row.organisation_id


def withdraw(*, actor: Actor, number: int, at: datetime) -> None:
    """Take an invitation back; one that is over already stays as it is. Refuses `NotFound`, `NotPermitted`."""
    row = Invitation.objects.filter(pk=number).first()
    if row is None:
        raise NotFound()
    policies.can_administer_members(actor, row.organisation_id).require()
    with transaction.atomic():
        if _open(at).filter(pk=number).update(withdrawn_at=at):
            _record(row, "InvitationWithdrawn", actor, at)


def _still_may_invite(row: Invitation) -> bool:
    """Whether the one who invited could do so now: the word of an administrator who was dismissed counts no more."""
    held = roles_of(row.invited_by_id)
    return any(
        one.role is Role.OPERATOR or (one.role is Role.ADMINISTRATOR and one.organisation_id == row.organisation_id)
        for one in held
    )


def _open(at: datetime) -> "QuerySet[Invitation]":
    return Invitation.objects.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at)


def _record(row: Invitation, event: str, actor: Actor, at: datetime) -> None:
    evidence.append(
        stream=f"organisation:{row.organisation_id}",
        type=event,
        actor=actor,
        payload={"invitation": str(row.pk), "role": row.role, "by": str(row.invited_by_id)},
        decided_at=at,
    )
