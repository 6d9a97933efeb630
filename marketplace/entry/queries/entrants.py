"""Owners and agencies as pages and other subjects see them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.people import queries as people
from commons.people.domain.natural import PREFIX
from commons.people.queries import OrganisationView
from commons.repeated import Repeated
from commons.search.queries import matching
from marketplace.entry.domain.entrants import EntrantKind, EntrantState, NotEntered
from marketplace.entry.models import AgencyItem, AgencyQualification, Entrant, Practitioner, StatusEntry
from marketplace.entry.policies import READERS, can_read

SEARCHED = "agency"
"""Of texts that can be searched."""


@dataclass(frozen=True, slots=True)
class EntrantView:
    """An entry with its organisation."""

    id: int
    kind: EntrantKind
    state: EntrantState
    organisation_id: int
    name: str
    """Of a natural person the masked one."""
    uscc: str
    is_person: bool
    region: str
    contact_name: str
    contact_phone: str
    introduction: str
    committed: bool
    licence_number: str
    licence_until: date | None
    credentials_pulled_at: datetime | None
    checks: tuple[Mapping[str, Any], ...]
    submitted_at: datetime | None
    checked_by: str
    return_reason: str
    published_at: datetime | None
    recheck_due_on: date | None
    restricted_until: datetime | None
    suspended_until: datetime | None

    @property
    def code(self) -> str:
        """The unified social credit code; a natural person has none."""
        return "" if self.is_person else self.uscc


def entrant(viewer: Actor, entrant_id: int) -> EntrantView:
    """One entry to those who may read it. Refuses (`NotFound`)."""
    row = Entrant.objects.filter(pk=entrant_id).first()
    if row is None or not can_read(viewer, row):
        raise NotFound()
    return view(row)


def entrant_of(entrant_id: int) -> EntrantView:
    """One entry by its number, for other subjects. Refuses (`NotFound`)."""
    found = views([entrant_id])
    if entrant_id not in found:
        raise NotFound()
    return found[entrant_id]


def views(entrant_ids: Iterable[int]) -> dict[int, EntrantView]:
    """Entries by number; two queries."""
    rows = list(Entrant.objects.filter(pk__in=list(entrant_ids)))
    known = people.organisations({row.organisation_id for row in rows}) if rows else {}
    return {row.pk: _view(row, known[row.organisation_id]) for row in rows}


def own_entrant(actor: Actor, kind: EntrantKind) -> EntrantView | None:
    """The entry of the organisation that the actor acts for, unless it was cancelled."""
    if actor.organisation_id is None:
        return None
    rows = Entrant.objects.filter(organisation_id=actor.organisation_id, kind=kind.value)
    row = rows.exclude(state=EntrantState.CANCELLED.value).first()
    return view(row) if row else None


def numbers_of(organisation_id: int) -> list[int]:
    """Every entry that an organisation ever had as an agency."""
    rows = Entrant.objects.filter(organisation_id=organisation_id, kind=EntrantKind.AGENCY.value)
    return list(rows.values_list("pk", flat=True))


_ENTERED: Repeated[Entrant] = Repeated(
    lambda organisation_id, kind: (
        Entrant.objects.filter(organisation_id=organisation_id, kind=kind)
        .exclude(state=EntrantState.CANCELLED.value)
        .order_by("pk")[:1]
    )
)


def require_entered(actor: Actor, kind: EntrantKind) -> Entrant:
    """The row of the actor's published entry. Refuses (`NotEntered`). One query; for the services of this package."""
    if actor.organisation_id is None:
        raise NotEntered()
    row = _ENTERED.first(actor.organisation_id, kind.value)
    if row is None or row.published_at is None:
        raise NotEntered()
    return row


def directory(*, question: str = "", item_id: int | None = None) -> "QuerySet[Entrant]":
    """The public directory: agencies that were published and not cancelled, by words and by the service offered."""
    found = Entrant.objects.select_related("organisation").filter(
        kind=EntrantKind.AGENCY.value, published_at__isnull=False
    )
    found = found.exclude(state=EntrantState.CANCELLED.value)
    if item_id is not None:
        found = found.filter(Exists(AgencyItem.objects.filter(agency=OuterRef("pk"), item_id=item_id)))
    numbers = matching(SEARCHED, question)
    return (found if numbers is None else found.filter(pk__in=numbers)).order_by("pk")


def was_published(organisation_id: int) -> bool:
    """Whether the supermarket ever showed the organisation, as owner or agency."""
    return Entrant.objects.filter(organisation_id=organisation_id, published_at__isnull=False).exists()


def entrants_waiting(viewer: Actor) -> "QuerySet[Entrant]":
    """What waits for the centre: handed in or being checked, the oldest first."""
    if not viewer.has(*READERS):
        return Entrant.objects.none()
    waiting = [EntrantState.SUBMITTED.value, EntrantState.CHECKING.value]
    return Entrant.objects.select_related("organisation").filter(state__in=waiting).order_by("submitted_at", "id")


def public_feed() -> "QuerySet[StatusEntry]":
    """The shared feed of standing, without natural persons: other cities could not tell who they are."""
    return StatusEntry.objects.exclude(uscc__startswith=PREFIX)


def history(uscc: str) -> list[StatusEntry]:
    """What the feed of standing says of an organisation, the newest first."""
    return list(StatusEntry.objects.filter(uscc=uscc).order_by("-id")[:50])


def view(row: Entrant) -> EntrantView:
    """A row as a value; one query for its organisation."""
    return _view(row, people.organisations([row.organisation_id])[row.organisation_id])


def _view(row: Entrant, organisation: OrganisationView) -> EntrantView:
    return EntrantView(
        id=row.pk,
        kind=EntrantKind(row.kind),
        state=EntrantState(row.state),
        organisation_id=row.organisation_id,
        name=organisation.name,
        uscc=organisation.uscc,
        is_person=organisation.is_person,
        region=organisation.region,
        contact_name=row.contact_name,
        contact_phone=row.contact_phone,
        introduction=row.introduction,
        committed=bool(row.commitment_sha256),
        licence_number=row.licence_number,
        licence_until=row.licence_until,
        credentials_pulled_at=row.credentials_pulled_at,
        checks=tuple(row.checks),
        submitted_at=row.submitted_at,
        checked_by=row.checked_by,
        return_reason=row.return_reason,
        published_at=row.published_at,
        recheck_due_on=row.recheck_due_on,
        restricted_until=row.restricted_until,
        suspended_until=row.suspended_until,
    )


def certificates(agency_ids: Iterable[int]) -> dict[int, list[AgencyQualification]]:
    """The certificates of agencies, by agency; one query."""
    found: dict[int, list[AgencyQualification]] = {}
    rows = AgencyQualification.objects.filter(agency_id__in=list(agency_ids))
    for row in rows.order_by("code", "grade", "id"):
        found.setdefault(row.agency_id, []).append(row)
    return found


def offers_of(agency_id: int) -> list[AgencyItem]:
    """The services that an agency offers."""
    return list(AgencyItem.objects.select_related("item").filter(agency_id=agency_id).order_by("item__code"))


def practitioners_of(agency_id: int) -> list[Practitioner]:
    """The professionals of an agency, with their names: pages mask them for others."""
    return list(Practitioner.objects.filter(agency_id=agency_id).order_by("id"))


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Names of entered organisations by their codes; one query."""
    rows = Entrant.objects.filter(organisation__uscc__in=list(codes)).order_by("id")
    return dict(rows.values_list("organisation__uscc", "organisation__name"))
