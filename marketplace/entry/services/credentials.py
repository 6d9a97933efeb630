"""Licence and qualifications, pulled from the licence library: at entry, at every re-check, daily, and on demand.

The library is asked outside any transaction; sign-ups only read what was stored.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from commons.domain.actor import Actor, system_actor
from commons.domain.codes import uscc as as_uscc
from commons.domain.refusals import NotFound
from commons.evidence.domain.canonical import JSON
from commons.licences.domain import Licence
from commons.licences.port import licences
from commons.people import queries as people
from marketplace.entry.domain.entrants import EntrantKind, EntrantState
from marketplace.entry.models import AgencyQualification, Entrant
from marketplace.entry.policies import can_check, can_keep
from marketplace.entry.services.steps import locked, record

EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the licence library said at one time."""

    licence: Licence | None
    qualifications: tuple[Licence, ...]


def refresh_credentials(*, actor: Actor, entrant_id: int, at: datetime) -> Credentials:
    """Pull and store what the library says now. The entrant's own people, staff, and the platform may ask."""
    row = Entrant.objects.filter(pk=entrant_id).first()
    if row is None:
        raise NotFound()
    if not can_check(actor):
        can_keep(actor, row).require()
    found = pull(row)
    with transaction.atomic():
        keep(locked(entrant_id), found, actor=actor, at=at)
    return found


def refresh_due(at: datetime, limit: int = 20) -> int:
    """Pull for agencies whose last pull is a day old; how many were pulled. For the errands of the platform."""
    rows = Entrant.objects.filter(kind=EntrantKind.AGENCY.value, state=EntrantState.PUBLISHED.value)
    due = rows.filter(credentials_pulled_at__lt=at - EVERY).order_by("credentials_pulled_at", "id")
    numbers = list(due.values_list("pk", flat=True)[:limit])
    for number in numbers:
        refresh_credentials(actor=system_actor("licences"), entrant_id=number, at=at)
    return len(numbers)


def pull(row: Entrant) -> Credentials:
    """What the library says; may go over the network. An owner has no qualifications to show, a person no licence."""
    organisation = people.organisations([row.organisation_id])[row.organisation_id]
    if organisation.is_person:
        return Credentials(None, ())
    code = as_uscc(organisation.uscc)
    library = licences()
    held = library.qualifications(uscc=code) if row.kind == EntrantKind.AGENCY else ()
    return Credentials(library.business_licence(uscc=code), tuple(held))


def keep(row: Entrant, found: Credentials, *, actor: Actor, at: datetime) -> None:
    """Store it, with evidence when something changed. The caller holds the entry's lock.

    What was taken over from another register stands until the library knows the organisation.
    """
    if found == Credentials(None, ()) and row.provenance != "entered":
        Entrant.objects.filter(pk=row.pk).update(credentials_pulled_at=at)
        return
    licence = found.licence
    until = licence.valid_until if licence else None
    if licence and (licence.revoked or licence.suspended):
        until = licence.valid_from - timedelta(days=1)  # taken back: it stands on no day
    says = {"licence_number": licence.number if licence else "", "licence_until": until}
    before = _fingerprint(row)
    AgencyQualification.objects.filter(agency=row).exclude(
        number__in=[one.number for one in found.qualifications]
    ).delete()
    AgencyQualification.objects.bulk_create(
        [_qualification(row, one) for one in found.qualifications],
        update_conflicts=True,
        unique_fields=["agency", "code", "number"],
        update_fields=["grade", "issuer", "valid_from", "valid_until", "revoked"],
    )
    Entrant.objects.filter(pk=row.pk).update(**says, credentials_pulled_at=at)
    for name, value in {**says, "credentials_pulled_at": at}.items():
        setattr(row, name, value)
    after = _fingerprint(row)
    if before != after:
        record(row, "CredentialsPulled", actor=actor, at=at, payload={"holds": after})


def _fingerprint(row: Entrant) -> list[JSON]:
    licence = f"{row.licence_number}/{row.licence_until or '-'}"
    held = AgencyQualification.objects.filter(agency=row).order_by("code", "number")
    return [licence, *(f"{o.code}@{o.grade}/{o.number}/{o.valid_until or '-'}/{o.revoked}" for o in held)]


def _qualification(row: Entrant, licence: Licence) -> AgencyQualification:
    return AgencyQualification(
        agency=row,
        code=licence.scope,
        grade=licence.grade,
        number=licence.number,
        issuer=licence.issuer,
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
        revoked=licence.revoked or licence.suspended,
    )
