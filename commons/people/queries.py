"""Questions about people, organisations and roles."""

from collections.abc import Iterable
from dataclasses import dataclass

from commons.domain.actor import Role
from commons.people.models import Membership, Organisation, Person


@dataclass(frozen=True, slots=True)
class Held:
    """A role that a person holds now."""

    membership_id: int
    organisation_id: int
    organisation_name: str
    role: Role


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """What anybody may know of an organisation."""

    id: int
    uscc: str
    name: str
    kind: str
    region: str


def roles_of(person_id: int) -> tuple[Held, ...]:
    """Every role that the person holds now, oldest first; one query."""
    rows = Membership.objects.filter(person_id=person_id, ended_at__isnull=True).select_related("organisation")
    return tuple(Held(row.pk, row.organisation_id, row.organisation.name, Role(row.role)) for row in rows)


def organisation(organisation_id: int) -> OrganisationView | None:
    """The organisation of that number, if there is one."""
    return organisations([organisation_id]).get(organisation_id)


def organisations(organisation_ids: Iterable[int]) -> dict[int, OrganisationView]:
    """The organisations of those numbers, by number; one query."""
    rows = Organisation.objects.filter(pk__in=list(organisation_ids))
    return {row.pk: OrganisationView(row.pk, row.uscc, row.name, row.kind, row.region) for row in rows}


def organisation_by_uscc(uscc: str) -> OrganisationView | None:
    """The organisation with that unified social credit code, if it is known here."""
    row = Organisation.objects.filter(uscc=uscc).first()
    return row and OrganisationView(row.pk, row.uscc, row.name, row.kind, row.region)


def people_with(organisation_id: int, *roles: Role) -> tuple[int, ...]:
    """The people who hold one of `roles` for the organisation now."""
    held = Membership.objects.filter(
        organisation_id=organisation_id, role__in=[role.value for role in roles], ended_at__isnull=True
    )
    return tuple(sorted(set(held.values_list("person_id", flat=True))))


def session_epochs(person_ids: Iterable[int]) -> dict[int, int]:
    """The session epoch of each person: sockets opened under a lower one are over. The inactive are left out."""
    return dict(Person.objects.filter(pk__in=list(person_ids), is_active=True).values_list("pk", "session_epoch"))
