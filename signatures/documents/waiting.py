"""Papers that wait for a signature or seal of the reader's side, for the workspace."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from commons.domain.actor import Actor
from commons.domain.tasks import Waiting
from signatures.documents import queries

MOST = 20


def of_anybody(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Each paper that the reader's organisation has still to sign."""
    for paper in queries.waiting_for(actor, limit=MOST):
        title = _("Sign: %(paper)s") % {"paper": paper.label}
        yield Waiting(title, reverse("documents:paper", args=[paper.number]), None, paper.title)
