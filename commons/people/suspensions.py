"""Who may not act for now: the one place that knows whether an organisation is suspended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.people.models.suspension import OrganisationSuspension


class OrganisationSuspended(Refusal):
    code = "ORGANISATION_SUSPENDED"
    message = gettext_noop(
        "The organisation may not act here until %(until)s, by decision %(decision)s. Ask the trading centre."
    )
    status = 403


@dataclass(frozen=True, slots=True)
class SuspensionView:
    """A suspension as pages and callers see it."""

    id: int
    organisation_id: int
    decision_body: str
    decision_no: str
    reason: str
    begins_at: datetime
    ends_at: datetime
    lifted_at: datetime | None
    lifted_decision_no: str
    lifted_reason: str


def in_force(organisation_ids: Iterable[int], at: datetime) -> dict[int, SuspensionView]:
    """The suspensions of those organisations that hold at `at`, the one that ends last of each; one query."""
    numbers = set(organisation_ids)
    if not numbers:
        return {}
    rows = OrganisationSuspension.objects.filter(
        organisation_id__in=numbers, begins_at__lte=at, ends_at__gt=at, lifted_at__isnull=True
    )
    return {row.organisation_id: view(row) for row in rows.order_by("ends_at", "id")}


def of(organisation_id: int) -> list[SuspensionView]:
    """Every suspension of an organisation, the newest first."""
    return [view(row) for row in OrganisationSuspension.objects.filter(organisation_id=organisation_id)]


def require_standing(organisation_id: int, at: datetime) -> None:
    """Refuses (`OrganisationSuspended`) an organisation that may not act at `at`."""
    found = in_force([organisation_id], at).get(organisation_id)
    if found is not None:
        raise OrganisationSuspended(until=to_text(found.ends_at), decision=found.decision_no)


def view(row: OrganisationSuspension) -> SuspensionView:
    """The row as a value."""
    return SuspensionView(
        row.pk,
        row.organisation_id,
        row.decision_body,
        row.decision_no,
        row.reason,
        row.begins_at,
        row.ends_at,
        row.lifted_at,
        row.lifted_decision_no,
        row.lifted_reason,
    )
