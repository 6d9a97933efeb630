"""Questions about objections and complaints."""

from django.db.models import F, Q, QuerySet

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from exchange.complaints.domain.complaints import OPEN
from exchange.complaints.models import Complaint, Objection
from exchange.complaints.policies import can_read_all


def objections(viewer: Actor) -> QuerySet[Objection]:
    """The objections that the viewer may read, what waits longest first: one's own, those to one's projects, or all."""
    found = Objection.objects.select_related("project", "lot", "organisation")
    if not can_read_all(viewer):
        if viewer.organisation_id is None:
            return found.none()
        found = found.filter(Q(organisation_id=viewer.organisation_id) | Q(project__seller_id=viewer.organisation_id))
    return found.order_by("answered_at", "answer_due_on", "id")


def objection(viewer: Actor, objection_id: int) -> Objection:
    """One objection. Refuses (`NotFound`) what the viewer may not read."""
    found = objections(viewer).filter(pk=objection_id).first()
    if found is None:
        raise NotFound()
    return found


def complaints(viewer: Actor) -> QuerySet[Complaint]:
    """The complaints that the viewer may read, open ones first, what is due first before what is due later."""
    found = Complaint.objects.select_related("objection__project", "objection__lot", "objection__organisation")
    if not can_read_all(viewer):
        if viewer.organisation_id is None:
            return found.none()
        own = Q(objection__organisation_id=viewer.organisation_id)
        found = found.filter(own | Q(objection__project__seller_id=viewer.organisation_id))
    return found.order_by(F("ended_at").asc(nulls_first=True), "decision_due_on", "acceptance_due_on", "id")


def open_complaints(viewer: Actor) -> QuerySet[Complaint]:
    """Those of them that wait for the regulator."""
    return complaints(viewer).filter(state__in=[state.value for state in OPEN])


def complaint(viewer: Actor, complaint_id: int) -> Complaint:
    """One complaint with its papers. Refuses (`NotFound`) what the viewer may not read."""
    found = complaints(viewer).prefetch_related("documents").filter(pk=complaint_id).first()
    if found is None:
        raise NotFound()
    return found
