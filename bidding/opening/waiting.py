"""What waits in opening halls for bidders and for those who open, for the workspace."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from bidding.opening import policies
from bidding.opening.domain.states import HallState
from bidding.opening.models import Hall
from bidding.tenders.queries import terms as tenders
from commons.domain.actor import Actor
from commons.domain.tasks import Waiting

MOST = 10
IN_SESSION = [
    HallState.DECRYPTING.value, HallState.DRAWING.value, HallState.READING.value,
    HallState.CONFIRMING.value, HallState.RECORDING.value,
]  # fmt: skip
"""The list of bidders is public, the record not yet closed."""


def of_bidder(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Openings in session in which the reader's own bid is opened."""
    if actor.organisation_id is None:
        return
    rows = Hall.objects.filter(state__in=IN_SESSION, bids__organisation_id=actor.organisation_id)
    for row in rows.select_related("section__tender").order_by("pk")[:MOST]:
        yield _about(row, _("Your bid is being opened"))


def of_host(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Openings in session that the reader conducts."""
    rows = Hall.objects.filter(state__in=IN_SESSION).select_related("section__tender").order_by("pk")
    for row in rows[:MOST]:
        if policies.can_conduct(actor, tenders.section_terms(row.section_id)):
            yield _about(row, _("An opening is in session"))


def _about(row: Hall, title: str) -> Waiting:
    url = reverse("opening:hall", args=[row.pk])
    return Waiting(title, url, None, f"{row.section.tender.title} · {row.section.title}")
