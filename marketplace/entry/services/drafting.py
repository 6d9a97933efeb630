"""An organisation prepares its entry: particulars, services offered, practitioners; then hands it in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from commons.domain.actor import Actor
from commons.domain.refusals import Malformed, NotAllowedNow, NotFound, Refusal
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON
from commons.people import queries as people
from commons.search import services as search
from marketplace.catalogue.models import ServiceItem
from marketplace.entry.domain.entrants import (
    EDITABLE,
    EntrantCommand,
    EntrantKind,
    EntrantState,
    EntryIncomplete,
)
from marketplace.entry.models import AgencyItem, Entrant, Practitioner
from marketplace.entry.policies import can_enter, can_keep
from marketplace.entry.queries.entrants import SEARCHED
from marketplace.entry.services import credentials
from marketplace.entry.services.steps import locked, move, record


class PractitionerKnown(Refusal):
    code = "PRACTITIONER_KNOWN"
    message = gettext_noop("A practitioner with the certificate %(certificate)s is in the list already.")


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What the organisation says of itself."""

    contact_name: str
    contact_phone: str
    introduction: str = ""


@transaction.atomic
def open_entry(*, actor: Actor, kind: EntrantKind, at: datetime) -> int:
    """Begin an entry, or find the one that is there. Refuses who does not act in that role."""
    can_enter(actor, kind).require()
    assert actor.organisation_id is not None, "a role is held for an organisation"
    rows = Entrant.objects.filter(organisation_id=actor.organisation_id, kind=kind.value)
    found = rows.exclude(state=EntrantState.CANCELLED.value).first()
    if found is not None:
        return found.pk
    row = Entrant.objects.create(organisation_id=actor.organisation_id, kind=kind.value, created_at=at)
    record(row, "EntryOpened", actor=actor, at=at)
    return row.pk


@transaction.atomic
def save_entry(*, actor: Actor, entrant_id: int, facts: EntryFacts, at: datetime) -> None:
    """Keep the particulars; also those of a published entry, which are contacts only."""
    row = _own(actor, entrant_id)
    Entrant.objects.filter(pk=row.pk).update(
        contact_name=facts.contact_name.strip(),
        contact_phone=facts.contact_phone.strip(),
        introduction=facts.introduction.strip(),
    )
    record(row, "EntrySaved", actor=actor, at=at)
    if row.kind == EntrantKind.AGENCY:
        index(row, facts.introduction)


@transaction.atomic
def offer_items(*, actor: Actor, entrant_id: int, item_ids: Collection[int], at: datetime) -> None:
    """Say which services the agency offers from now on. Refuses (`Malformed`) items that are not in force."""
    row = _own(actor, entrant_id, EntrantKind.AGENCY)
    wanted = set(item_ids)
    known = set(ServiceItem.objects.filter(pk__in=wanted, withdrawn_at__isnull=True).values_list("pk", flat=True))
    if known != wanted:
        raise Malformed(field="items", reason=gettext_noop("an item is not in the catalogue"))
    row.offers.exclude(item_id__in=wanted).delete()
    offered = [AgencyItem(agency=row, item_id=number) for number in sorted(wanted)]
    AgencyItem.objects.bulk_create(offered, ignore_conflicts=True)
    payload: dict[str, JSON] = {"items": [f"item:{number}" for number in sorted(wanted)]}
    record(row, "ServicesOffered", actor=actor, at=at, payload=payload)


@transaction.atomic
def add_practitioner(
    *, actor: Actor, entrant_id: int, name: str, title: str, certificate: str, valid_until: date | None, at: datetime
) -> int:
    """Name a professional; the evidence holds no name. Refuses `Malformed`, `PractitionerKnown`."""
    row = _own(actor, entrant_id, EntrantKind.AGENCY)
    if not (name.strip() and title.strip() and certificate.strip()):
        raise Malformed(field="name", reason=gettext_noop("it is empty"))
    try:
        with transaction.atomic():
            made = Practitioner.objects.create(
                agency=row,
                name=name.strip(),
                title=title.strip(),
                certificate=certificate.strip(),
                valid_until=valid_until,
            )
    except IntegrityError:
        raise PractitionerKnown(certificate=certificate.strip()) from None
    record(row, "PractitionerNamed", actor=actor, at=at, payload={"practitioner": f"practitioner:{made.pk}"})
    return made.pk


@transaction.atomic
def remove_practitioner(*, actor: Actor, entrant_id: int, practitioner_id: int, at: datetime) -> None:
    """Take a professional off the list. Refuses (`NotFound`)."""
    row = _own(actor, entrant_id, EntrantKind.AGENCY)
    if not Practitioner.objects.filter(pk=practitioner_id, agency=row).delete()[0]:
        raise NotFound()
    record(row, "PractitionerRemoved", actor=actor, at=at, payload={"practitioner": f"practitioner:{practitioner_id}"})


def submit_entry(*, actor: Actor, entrant_id: int, at: datetime) -> None:
    """Hand the entry in. Licence and qualifications are pulled first, outside the transaction.

    Refuses (`EntryIncomplete`) missing contacts, no service offered, an unsigned commitment.
    """
    credentials.refresh_credentials(actor=actor, entrant_id=entrant_id, at=at)
    with transaction.atomic():
        row = _own(actor, entrant_id)
        if EntrantState(row.state) not in EDITABLE:
            raise NotAllowedNow(command=EntrantCommand.SUBMIT.value, state=row.state)
        _require_complete(row)
        move(row, EntrantCommand.SUBMIT, actor=actor, at=at, submitted_at=at, return_reason="")


def index(row: Entrant, introduction: str = "") -> None:
    """Let the agency be found by its name, its code and what it says of itself."""
    organisation = people.organisations([row.organisation_id])[row.organisation_id]
    search.store(kind=SEARCHED, ref=row.pk, text=f"{organisation.name} {organisation.uscc} {introduction}")


def _require_complete(row: Entrant) -> None:
    if not (row.contact_name and row.contact_phone):
        raise EntryIncomplete(reason=gettext_noop("name a contact and a telephone number"))
    if row.kind == EntrantKind.AGENCY and not row.offers.exists():
        raise EntryIncomplete(reason=gettext_noop("choose at least one service that you offer"))
    if row.kind == EntrantKind.AGENCY and not row.commitment_sha256:
        raise EntryIncomplete(reason=gettext_noop("sign the commitment letter"))


def _own(actor: Actor, entrant_id: int, kind: EntrantKind | None = None) -> Entrant:
    row = locked(entrant_id, kind)
    can_keep(actor, row).require()
    if EntrantState(row.state) in (EntrantState.CANCELLED, EntrantState.CHECKING, EntrantState.SUBMITTED):
        raise NotAllowedNow(command="CHANGE", state=row.state)
    return row
