"""Entering organisations and people on somebody else's evidence: the city's set-up, an import, the demo city."""

from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor, Assurance, Role, deny
from commons.domain.codes import CitizenId
from commons.domain.codes import uscc as checked_uscc
from commons.domain.names import masked_name
from commons.evidence import services as evidence
from commons.people.domain.natural import KIND
from commons.people.models import Membership, Organisation, Person
from commons.people.queries import person_reference
from commons.search import services as search


@transaction.atomic
def enrol_organisation(
    *, actor: Actor, uscc: str, name: str, kind: str, region: str, legal_representative: str = "", at: datetime
) -> int:
    """The organisation of that code, entered on first use; its id. For the platform only; refuses `InvalidCode`."""
    _platform_only(actor)
    row, made = Organisation.objects.get_or_create(
        uscc=checked_uscc(uscc),
        defaults={
            "name": name,
            "kind": kind,
            "region": region,
            "legal_representative": legal_representative,
            "registered_at": at,
            "provenance": actor.system,
        },
    )
    if made:
        search.store(kind="organisation", ref=row.pk, text=f"{row.name} {row.uscc}")
        _record(f"organisation:{row.pk}", "OrganisationEnrolled", actor, at, {"uscc": uscc})
    return row.pk


@transaction.atomic
def enrol_natural_person(*, actor: Actor, number: CitizenId, name: str, region: str, at: datetime) -> int:
    """The natural person of that identity number as a party of its own, entered on first use; its id.

    Everybody reads the masked name; the evidence holds the reference alone. For the platform only.
    """
    _platform_only(actor)
    reference, shown = person_reference(number), masked_name(name)
    row, made = Organisation.objects.get_or_create(
        uscc=reference,
        defaults={
            "name": shown,
            "kind": KIND,
            "region": region,
            "identity": {"name": name.strip(), "number": number},
            "registered_at": at,
            "provenance": actor.system,
        },
    )
    if made:
        _record(f"organisation:{row.pk}", "NaturalPersonEnrolled", actor, at, {"reference": reference})
    return row.pk


@transaction.atomic
def enrol_person(
    *,
    actor: Actor,
    username: str,
    name: str,
    password_hash: str,
    assurance: Assurance,
    organisation_id: int,
    roles: tuple[Role, ...],
    at: datetime,
) -> int:
    """The person of that sign-in name with its roles, entered on first use; its id. For the platform only."""
    _platform_only(actor)
    found = Person.objects.filter(username=username).first()
    if found is not None:
        return found.pk
    made = Person.objects.create(username=username, name=name, password=password_hash, assurance=assurance.value)
    for role in roles:
        Membership.objects.create(person=made, organisation_id=organisation_id, role=role.value, granted_at=at)
    payload = {"level": str(assurance.value), "organisation": str(organisation_id), "roles": ",".join(sorted(roles))}
    _record(f"person:{made.pk}", "PersonEnrolled", actor, at, payload, key="enrolled")
    return made.pk


def hold_organisation(organisation_id: int) -> None:
    """Lock the organisation until the caller's transaction ends: of two first administrators one comes too late."""
    Organisation.objects.select_for_update().get(pk=organisation_id)


def _platform_only(actor: Actor) -> None:
    if not actor.system:
        deny().require()


def _record(
    stream: str, event: str, actor: Actor, at: datetime, payload: dict[str, str], *, key: str | None = None
) -> None:
    evidence.append(stream=stream, type=event, actor=actor, payload=dict(payload), decided_at=at, idempotency_key=key)
