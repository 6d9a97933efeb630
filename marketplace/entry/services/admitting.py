"""Taking over organisations that were in the supermarket before: imports and the platform's own set-up.

Their checks were made elsewhere; the entry says so by its provenance and its document.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from commons.domain.actor import Actor, Role, require_role
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from marketplace.entry.domain.eligibility import Qualification
from marketplace.entry.domain.entrants import EntrantKind, EntrantState, StatusKind
from marketplace.entry.models import AgencyItem, AgencyQualification, Entrant
from marketplace.entry.services.checking import recheck_due
from marketplace.entry.services.drafting import index
from marketplace.entry.services.steps import feed, record


class AlreadyEntered(Refusal):
    code = "ALREADY_ENTERED"
    message = gettext_noop("The organisation has an entry of this kind already.")


@dataclass(frozen=True, slots=True)
class Admission:
    """What is taken over of an organisation."""

    organisation_id: int
    kind: EntrantKind
    contact_name: str = ""
    contact_phone: str = ""
    introduction: str = ""
    item_ids: Collection[int] = ()
    qualifications: tuple[Qualification, ...] = ()
    licence_number: str = ""
    licence_until: date | None = None
    recheck_due_on: date | None = None
    """None: by the rule parameter, from the day of the admission."""
    document_ref: str = field(default="")


@transaction.atomic
def admit(*, actor: Actor, facts: Admission, at: datetime, provenance: str = "migrated") -> int:
    """Publish an entry that holds already elsewhere; gives its number. Systems and the operations desk only.

    Refuses `NotPermitted`, `AlreadyEntered`.
    """
    if not actor.system:
        require_role(actor, Role.OPERATOR).require()
    known = Entrant.objects.filter(organisation_id=facts.organisation_id, kind=facts.kind.value)
    if known.exclude(state=EntrantState.CANCELLED.value).exists():
        raise AlreadyEntered()
    row = Entrant(
        organisation_id=facts.organisation_id,
        kind=facts.kind.value,
        state=EntrantState.PUBLISHED.value,
        contact_name=facts.contact_name,
        contact_phone=facts.contact_phone,
        introduction=facts.introduction,
        licence_number=facts.licence_number,
        licence_until=facts.licence_until,
        credentials_pulled_at=at,
        published_at=at,
        provenance=provenance,
        created_at=at,
    )
    row.recheck_due_on = facts.recheck_due_on or recheck_due(row, at)
    row.save(force_insert=True)
    AgencyItem.objects.bulk_create([AgencyItem(agency=row, item_id=number) for number in facts.item_ids])
    AgencyQualification.objects.bulk_create([_certificate(row, one) for one in facts.qualifications])
    payload = {"provenance": provenance, "document": facts.document_ref, "state": row.state}
    entry = record(row, "EntryAdmitted", actor=actor, at=at, payload=payload)
    feed(row, StatusKind.ENTERED, entry, at=at)
    if facts.kind is EntrantKind.AGENCY:
        index(row, facts.introduction)
    return row.pk


def _certificate(row: Entrant, one: Qualification) -> AgencyQualification:
    return AgencyQualification(
        agency=row,
        code=one.code,
        grade=one.grade,
        number=one.number,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
        revoked=one.revoked,
    )
