"""What waits for an issuer of guarantees, for the workspace."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from commons.domain.actor import Actor, Role
from commons.domain.tasks import Waiting
from signatures.guarantees import policies, queries
from signatures.guarantees.domain.dossier import Dossier
from signatures.guarantees.domain.states import GuaranteeState
from signatures.guarantees.services.common import ends_at

MOST = 20
_S = GuaranteeState


def of_issuer(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Applications to take up, to assess and to sign, and claims to decide, each for whose work it is."""
    titles: dict[GuaranteeState, str] = {}
    if actor.has(Role.ISSUER):
        titles[_S.APPLIED] = _("Assess an application")
    if actor.has(Role.ISSUER_MANAGER):
        titles |= {_S.UNDERWRITING: _("Sign or decline a guarantee"), _S.CLAIMED: _("Decide a claim")}
    if not titles or not policies.can_work_at_issuer(actor):
        return
    for one in queries.of_issuer(actor, *titles)[:MOST]:
        yield Waiting(titles[one.state], reverse("guarantees:one", args=[one.ref]), _due(one.dossier), one.title)


def _due(dossier: Dossier) -> datetime:
    """By when: a claim has its own day, an application is over with the deadline of its procedure."""
    return ends_at(dossier.claim.due_on) if dossier.claim is not None else dossier.deadline
