"""Questions about objections."""

from django.db.models import Q, QuerySet

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from exchange.complaints.models import Objection
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
