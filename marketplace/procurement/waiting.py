"""What waits for an owner and for the centre in the supermarket's notices, for the workspace."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commons.domain.actor import Actor
from commons.domain.tasks import Waiting
from marketplace.procurement import queries
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.models import Question

MOST = 20


def of_owner(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Needs at the reader's step of the chain, needs that came back, failed rounds, questions without an answer."""
    for row in queries.to_approve(actor)[:MOST]:
        yield Waiting(_("Approve a need"), reverse("procurement:own", args=[row.pk]), None, row.title)
    titles = {
        ProcurementState.RETURNED.value: _("A need came back from the check"),
        ProcurementState.FAILED.value: _("A round failed: announce it again or give it up"),
    }
    for row in queries.own(actor).filter(state__in=titles)[:MOST]:
        yield Waiting(titles[row.state], reverse("procurement:own", args=[row.pk]), None, row.title)
    if actor.organisation_id is None:
        return
    asked = Question.objects.filter(
        answered_at__isnull=True,
        procurement__owner__organisation_id=actor.organisation_id,
        procurement__state=ProcurementState.SIGNING_UP.value,
    )
    for question in asked.select_related("procurement")[:MOST]:
        found = question.procurement
        url = reverse("procurement:own", args=[found.pk])
        yield Waiting(_("Answer a question"), url, found.sign_up_until, found.title)


def of_staff(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Needs and amendments to audit."""
    count = queries.to_audit(actor).count()
    if count:
        words = ngettext("%(count)s need to audit", "%(count)s needs to audit", count)
        yield Waiting(words % {"count": count}, reverse("procurement:desk"), count=count)
