"""What waits for an owner and for the centre in the supermarket's notices, for the workspace."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from commons.domain.actor import Actor
from commons.domain.tasks import Waiting
from commons.domain.time import end_of
from commons.intake import queries as cases
from marketplace.duties import Duty, Rows, rows, tally
from marketplace.procurement import queries
from marketplace.procurement.domain.needs import Source
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.models import Question

_S = ProcurementState


def _to_audit(count: int) -> str:
    return ngettext("%(count)s need to audit", "%(count)s needs to audit", count) % {"count": count}


DUTIES = {
    "NEED_APPROVE": Duty(_("Approve a need"), "procurement:own"),
    "NEED_CASE": Duty(_("Hand in the need of a case"), "procurement:own"),
    "NEED_RETURNED": Duty(_("A need came back from the check"), "procurement:own"),
    "NEED_FAILED": Duty(_("A round failed: announce it again or give it up"), "procurement:own"),
    "NEED_QUESTION": Duty(_("Answer a question"), "procurement:own"),
    "NEEDS_AUDIT": Duty("", "procurement:desk", numbered=False, count=_to_audit),
}


def of_owner(actor: Actor, now: datetime) -> Iterator[Rows]:
    """Needs at the reader's step of the chain, cases to go on with, what came back, failed rounds, questions."""
    own = queries.own(actor)
    asked = Question.objects.filter(
        answered_at__isnull=True,
        procurement__owner__organisation_id=actor.organisation_id or 0,
        procurement__state=_S.SIGNING_UP.value,
    )
    yield rows(queries.to_approve(actor), "NEED_APPROVE")
    yield rows(own.filter(state=_S.DRAFT.value, source=Source.CASE.value), "NEED_CASE")
    yield rows(own.filter(state=_S.RETURNED.value), "NEED_RETURNED")
    yield rows(own.filter(state=_S.FAILED.value), "NEED_FAILED")
    yield rows(
        asked, "NEED_QUESTION", number="procurement_id", title="procurement__title",
        due_at="procurement__sign_up_until",
    )  # fmt: skip


def cases_of_owner(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Cases of the intake that ask for a service and for which nothing is drafted yet."""
    for found in cases.waiting_of(actor.organisation_id or 0):
        due_at = end_of(found.case.due_on) if found.case.due_on else None
        about = f"{found.case.item} · {found.case.number}"
        yield Waiting(gettext("Draft the need of a case"), reverse("procurement:workspace"), due_at, about)


def of_staff(actor: Actor, now: datetime) -> Iterator[Rows]:
    """Needs and amendments to audit."""
    yield tally(queries.to_audit(actor), "NEEDS_AUDIT")
