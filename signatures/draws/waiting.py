"""Draws that wait for the reader's secret, for the workspace."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from commons.domain.actor import Actor
from commons.domain.tasks import Waiting
from signatures.draws.domain.states import DrawState
from signatures.draws.models import DrawHolder

MOST = 20


def of_holder(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Secrets to commit to, and those that the reader kept and has to reveal."""
    commit = Q(draw__state=DrawState.GATHERING.value, commitment="", draw__known_from__gt=now)
    reveal = Q(draw__state=DrawState.ANNOUNCED.value, sealed_secret__isnull=True, secret="", draw__reveal_from__lte=now)
    found = DrawHolder.objects.filter(commit | reveal, person_id=actor.person_id or 0).select_related("draw")
    for holder in found.order_by("draw__known_from")[:MOST]:
        draw, gathering = holder.draw, not holder.commitment
        title = _("Commit to your secret for a draw") if gathering else _("Reveal your secret for a draw")
        until = draw.known_from if gathering else draw.reveal_until
        yield Waiting(title, reverse("draws:custody", args=[draw.pk]), until, draw.title)
