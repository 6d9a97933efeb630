"""What the page of a notice shows of its selection and of what follows it."""

from datetime import datetime

from commons.domain.actor import Actor
from marketplace.fulfilment import queries
from marketplace.fulfilment.labels import STATES
from marketplace.fulfilment.models import Engagement
from marketplace.fulfilment.policies import can_object, can_object_to_notice, can_read
from marketplace.procurement.domain.states import BEFORE_SELECTION
from marketplace.procurement.queries import ProcurementView
from marketplace.procurement.sections import Section, register_section
from marketplace.selection import queries as selections
from marketplace.selection.labels import STATES as SELECTION_STATES
from marketplace.selection.labels import WAITS


def build(viewer: Actor, found: ProcurementView, at: datetime) -> Section | None:
    """To agencies the way to object, before the selection; then how far it is, who was selected, and each page."""
    selection = selections.of_procurement(found.id)
    if selection is None or found.state in BEFORE_SELECTION:
        may = found.state in BEFORE_SELECTION and bool(can_object_to_notice(viewer, found.owner_organisation_id))
        return Section("marketplace/fulfilment/_objecting.html", {"number": found.id}) if may else None
    engagement = queries.of_selection(selection.id)
    row = Engagement.objects.select_related("agency").filter(pk=engagement.id).first() if engagement else None
    entrants = frozenset(selections.entrant_organisations(selection.id).values())
    own = row is not None and viewer.organisation_id == row.agency_id
    context = {
        "selection": selection,
        "state": SELECTION_STATES[selection.state],
        "wait": WAITS[selection.wait],
        "engagement": row,
        "stage": STATES[row.state] if row else None,
        "on_record": bool(row and row.uploaded_at and row.disclosed and row.contract_paper),
        "may_read": row is not None and bool(can_read(viewer, row)),
        "may_object": row is not None
        and row.objection_until is not None
        and at.date() <= row.objection_until
        and not own
        and bool(can_object(viewer, entrants)),
    }
    return Section("marketplace/fulfilment/_section.html", context)


def register() -> None:
    """Put the section on the page."""
    register_section("selection", 20, build)
