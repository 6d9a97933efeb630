"""Questions about registrations that are under way."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from commons.domain.actor import Actor, Role
from commons.domain.refusals import NotFound
from commons.people import policies
from commons.people.queries import has_address
from commons.registration.domain.codes import CODE_HOLDS, Address, AddressKind, Purpose
from commons.registration.models import AddressCheck, Invitation
from commons.registration.secrets import code_of, invitation_id


@dataclass(frozen=True, slots=True)
class CheckView:
    """A code that somebody waits for. `shown_code` only where the embedded city sends nothing."""

    purpose: Purpose
    address: str
    until: datetime
    shown_code: str


def check(token: str, *, purpose: Purpose) -> CheckView:
    """The check that a link names, its address masked. Refuses `NotFound`."""
    row = AddressCheck.objects.filter(token=token, purpose=purpose.value).first()
    if row is None:
        raise NotFound()
    # Somebody whose address has no account here is shown nothing that would tell so.
    told = purpose is Purpose.REGISTER or row.person_id is not None
    return CheckView(
        purpose=Purpose(row.purpose),
        address=Address(AddressKind(row.kind), row.address).masked,
        until=row.began_at + CODE_HOLDS,
        shown_code=code_of(row) if settings.CODES_SHOWN and told else "",
    )


@dataclass(frozen=True, slots=True)
class InvitationView:
    id: int
    organisation_name: str
    role: Role
    address: str
    invited_by: str
    invited_at: datetime
    expires_at: datetime
    mine: bool


def invitation(viewer: Actor, token: str, *, at: datetime) -> InvitationView:
    """The open invitation that a link names. Refuses `NotFound`."""
    rows = Invitation.objects.select_related("organisation", "invited_by")
    row = rows.filter(
        pk=invitation_id(token), accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at
    ).first()
    if row is None:
        raise NotFound()
    return _view(row, mine=viewer.person_id is not None and has_address(viewer.person_id, row.kind, row.address))


def invitations_of(organisation_id: int, *, viewer: Actor, at: datetime) -> tuple[InvitationView, ...]:
    """The open invitations of an organisation. Refuses `NotPermitted`; one query."""
    policies.can_see_members(viewer, organisation_id).require()
    rows = Invitation.objects.select_related("organisation", "invited_by").filter(
        organisation_id=organisation_id, accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at
    )
    return tuple(_view(row, mine=False) for row in rows)


def _view(row: Invitation, *, mine: bool) -> InvitationView:
    return InvitationView(
        id=row.pk,
        organisation_name=row.organisation.name,
        role=Role(row.role),
        address=Address(AddressKind(row.kind), row.address).masked,
        invited_by=row.invited_by.name,
        invited_at=row.invited_at,
        expires_at=row.expires_at,
        mine=mine,
    )
