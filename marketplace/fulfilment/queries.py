"""Engagements as pages and the subjects above see them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.fulfilment.domain.states import OVER, EngagementState
from marketplace.fulfilment.models import Engagement, Grievance, Payment
from marketplace.fulfilment.policies import OVERSEERS, can_read, can_read_grievance


@dataclass(frozen=True, slots=True)
class EngagementView:
    """An engagement as a value."""

    id: int
    procurement_id: int
    selection_id: int
    owner_id: int
    agency_id: int
    title: str
    region: str
    amount: Decimal | None
    state: EngagementState
    suspended_by: str
    published_at: datetime | None
    contract_due_on: date | None
    signed_at: datetime | None
    ended_at: datetime | None
    rating_due_on: date | None


def engagement(engagement_id: int) -> EngagementView:
    """The engagement. Raises `NotFound`. Who may know, the caller decides."""
    row = Engagement.objects.filter(pk=engagement_id).first()
    if row is None:
        raise NotFound()
    return view(row)


def view(row: Engagement) -> EngagementView:
    """The row as a value."""
    return EngagementView(
        id=row.pk,
        procurement_id=row.procurement_id,
        selection_id=row.selection_id,
        owner_id=row.owner_id,
        agency_id=row.agency_id,
        title=row.title,
        region=row.region,
        amount=row.amount,
        state=EngagementState(row.state),
        suspended_by=row.suspended_by,
        published_at=row.published_at,
        contract_due_on=row.contract_due_on,
        signed_at=row.signed_at,
        ended_at=row.ended_at,
        rating_due_on=row.rating_due_on,
    )


def readable(viewer: Actor, engagement_id: int) -> Engagement:
    """The row with both sides for those who may read it; for the pages of this package. Raises `NotFound`."""
    row = Engagement.objects.select_related("owner", "agency", "selection").filter(pk=engagement_id).first()
    if row is None or not can_read(viewer, row):
        raise NotFound()
    return row


def of_selection(selection_id: int) -> EngagementView | None:
    """What follows a selection now."""
    row = Engagement.objects.filter(selection_id=selection_id).order_by("-id").first()
    return view(row) if row else None


def mine(viewer: Actor) -> "QuerySet[Engagement]":
    """The viewer's own, as either side; everything for the overseers; newest first."""
    rows = Engagement.objects.select_related("owner", "agency").order_by("-id")
    if viewer.has(*OVERSEERS):
        return rows
    number = viewer.organisation_id
    return rows.none() if number is None else rows.filter(Q(owner_id=number) | Q(agency_id=number))


def results(words: str = "") -> "QuerySet[Engagement]":
    """Every published result whose title, owner or agency is called like `words`, newest first; public."""
    rows = Engagement.objects.filter(published_at__isnull=False).select_related("owner", "agency", "selection")
    if words:
        named = Q(title__icontains=words) | Q(owner__name__icontains=words)
        rows = rows.filter(named | Q(agency__name__icontains=words))
    return rows.order_by("-published_at", "-id")


def under_way(organisation_id: int, kind: EntrantKind) -> int:
    """How many services of an organisation, as owner or as agency, are not over."""
    side = {"owner_id": organisation_id} if kind is EntrantKind.OWNER else {"agency_id": organisation_id}
    return Engagement.objects.filter(**side).exclude(state__in=[one.value for one in OVER]).count()


def paid(engagement_id: int) -> Decimal:
    """The sum of the recorded payments, in yuan."""
    total = Payment.objects.filter(engagement_id=engagement_id).aggregate(total=Sum("amount"))["total"]
    return total or Decimal(0)


def grievance(viewer: Actor, grievance_id: int) -> Grievance:
    """One objection for those who may read it; for the pages of this package. Raises `NotFound`."""
    rows = Grievance.objects.select_related(
        "engagement__owner", "engagement__agency", "organisation", "procurement__owner"
    )
    found = rows.filter(pk=grievance_id).first()
    if found is None or not can_read_grievance(viewer, found):
        raise NotFound()
    return found


def grievances(viewer: Actor) -> "QuerySet[Grievance]":
    """Objections that the viewer has to do with, newest first."""
    rows = Grievance.objects.select_related("procurement", "organisation").order_by("-id")
    if viewer.has(*OVERSEERS):
        return rows
    number = viewer.organisation_id
    if number is None:
        return rows.none()
    owned = Q(procurement__owner__organisation_id=number)
    return rows.filter(Q(organisation_id=number) | owned | Q(engagement__agency_id=number))


def finished_since(since: datetime) -> list[EngagementView]:
    """Services accepted since a moment."""
    rows = Engagement.objects.filter(state=EngagementState.DONE.value, ended_at__gte=since).order_by("id")
    return [view(row) for row in rows]
