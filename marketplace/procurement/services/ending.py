"""Suspension and resumption by numbered decisions; what expires by the clock or with a withdrawn case."""

from datetime import datetime, timedelta

from django.db import transaction

from commons.domain.actor import Actor, system_actor
from commons.domain.refusals import NotAllowedNow
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON
from commons.intake import queries as cases
from exchange.notices.services import NumberedDecision
from marketplace.procurement.domain.notices import ProcurementNoticeKind
from marketplace.procurement.domain.states import RESUME, ProcurementCommand, ProcurementState
from marketplace.procurement.models import Procurement
from marketplace.procurement.policies import can_suspend
from marketplace.procurement.queries.views import number_of
from marketplace.procurement.services.drafting import void
from marketplace.procurement.services.steps import locked_procurement, move_procurement, post_notice, tell

EXPIRY = "supermarket.failed_expiry_days"
WITH_CASE = [
    ProcurementState.DRAFT.value,
    ProcurementState.RETURNED.value,
    ProcurementState.SIGNING_UP.value,
    ProcurementState.AWAITING_SELECTION.value,
    ProcurementState.FAILED.value,
]
"""States in which a withdrawn case ends the need."""


@transaction.atomic
def suspend(*, actor: Actor, procurement_id: int, decision: NumberedDecision, reason: str, at: datetime) -> None:
    """Stop everything until the regulator lets it go on. Refuses `NotPermitted`, `DecisionMissing`, `NotAllowedNow`."""
    can_suspend(actor).require()
    row = locked_procurement(procurement_id)
    suspend_locked(row, decision, reason, actor=actor, at=at)


def suspend_locked(row: Procurement, decision: NumberedDecision, reason: str, *, actor: Actor, at: datetime) -> None:
    """The same for a row that the caller holds, as when a complaint suspends."""
    before = row.state
    payload = _payload(decision.require(), reason)
    move_procurement(row, ProcurementCommand.SUSPEND, actor=actor, at=at, payload=payload, suspended_from=before)
    post_notice(row, ProcurementNoticeKind.SUSPENSION, payload, actor=actor, at=at, reason=reason)
    subject = gettext_noop("%(title)s is suspended by decision %(number)s")
    tell(row, row.owner.organisation_id, subject, at=at, key=f"suspended:{decision.number}", number=decision.number)


@transaction.atomic
def resume(*, actor: Actor, procurement_id: int, decision: NumberedDecision, reason: str, at: datetime) -> None:
    """Go on where it stopped; an open round gets the time back that it lost."""
    can_suspend(actor).require()
    row = locked_procurement(procurement_id)
    if row.state != ProcurementState.SUSPENDED:
        raise NotAllowedNow(command="RESUME", state=row.state)
    before = ProcurementState(row.suspended_from)
    payload = _payload(decision.require(), reason)
    columns: dict[str, object] = {"suspended_from": ""}
    stopped = row.notices.filter(kind=ProcurementNoticeKind.SUSPENSION.value).order_by("-id").first()
    if before is ProcurementState.SIGNING_UP and stopped is not None and row.sign_up_until and row.selection_at:
        lost = at - stopped.published_at
        columns |= {"sign_up_until": row.sign_up_until + lost, "selection_at": row.selection_at + lost}
    move_procurement(row, RESUME[before], actor=actor, at=at, payload=payload, **columns)
    post_notice(row, ProcurementNoticeKind.RESUMPTION, payload, actor=actor, at=at, reason=reason)


def advance_due(at: datetime, limit: int = 100) -> int:
    """Failed needs that nobody announced again expire 已过时. For the timekeeper; how many expired."""
    failed = Procurement.objects.filter(state=ProcurementState.FAILED.value, failed_at__lt=at - timedelta(days=1))
    numbers = list(failed.order_by("failed_at", "id").values_list("pk", flat=True)[:limit])
    return sum(_expire(number, at) for number in numbers)


def follow_cases(at: datetime, limit: int = 100) -> int:
    """Needs whose case the intake withdrew are void. For the errands; how many."""
    rows = Procurement.objects.filter(state__in=WITH_CASE).exclude(case_number="").order_by("id")
    waiting = dict(rows.values_list("case_number", "pk")[:5_000])
    withdrawn = cases.cancelled(waiting)
    for number in withdrawn[:limit]:
        reason = f"收件系统撤回办件 {number}"
        void(actor=system_actor("intake"), procurement_id=waiting[number], reason=reason, at=at)
    return len(withdrawn[:limit])


@transaction.atomic
def _expire(procurement_id: int, at: datetime) -> bool:
    row = locked_procurement(procurement_id)
    if row.state != ProcurementState.FAILED or row.failed_at is None:
        return False
    if at < row.failed_at + timedelta(days=number_of(row.parameters, EXPIRY)):
        return False
    move_procurement(row, ProcurementCommand.EXPIRE, actor=system_actor("timekeeper"), at=at, ended_at=at)
    return True


def _payload(decision: NumberedDecision, reason: str) -> dict[str, JSON]:
    return {
        "authority": decision.body.strip(),
        "number": decision.number.strip(),
        "document": f"document:{decision.document_id}",
        "reason": reason.strip(),
    }
