"""Closing the sign-up at its deadline: who took part is published, and the round goes on or has failed."""

from datetime import datetime, timedelta

from django.db import transaction

from commons.domain.actor import Actor, system_actor
from commons.domain.refusals import NotAllowedNow
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import append
from commons.repeated import update_each
from marketplace.procurement import services as procurements
from marketplace.procurement.domain.states import ProcurementCommand, ProcurementState
from marketplace.procurement.models import Procurement
from marketplace.procurement.queries.views import view
from marketplace.signups.domain.signups import SignUpState, StillOpen
from marketplace.signups.models import SignUp
from marketplace.signups.services.signing_up import CLERK, stream_of

AT_ONCE = 500
"""Rows in one statement."""
GRACE = timedelta(seconds=2)
"""What arrived before the deadline is settled until then."""


@transaction.atomic
def close_signups(*, procurement_id: int, at: datetime, actor: Actor | None = None) -> bool:
    """End the sign-ups of the version in force; whether there were enough. Only the platform's clock does it.

    Refuses `StillOpen` before the deadline and `NotAllowedNow` in another state. Twelve statements, however many.
    """
    row = procurements.locked_procurement(procurement_id)
    if row.state != ProcurementState.SIGNING_UP or row.sign_up_until is None:
        raise NotAllowedNow(command=ProcurementCommand.CLOSE.value, state=row.state)
    if at < row.sign_up_until:
        raise StillOpen(until=to_text(row.sign_up_until))
    rows = SignUp.objects.filter(procurement_id=row.pk, state=SignUpState.ACTIVE.value)
    rows.exclude(version=row.version).update(state=SignUpState.OUTDATED.value, ended_at=at)
    _name(row.pk)
    found = list(rows.order_by("id").values_list("agency__organisation__uscc", "commitment"))
    minimum = view(row).minimum
    enough = len(found) >= minimum.number
    payload: dict[str, JSON] = {
        "stream": stream_of(row.pk),
        "sign_ups": [{"agency": uscc, "commitment": commitment} for uscc, commitment in found],
        "minimum": str(minimum.number),
        "parameter": minimum.parameter,
    }
    who = actor or system_actor("timekeeper")
    append(
        stream=stream_of(row.pk),
        type="SignUpsNamed",
        actor=CLERK,
        payload={"procurement": f"procurement:{row.pk}", "count": str(len(found))},
        decided_at=at,
    )
    procurements.close_round(row, enough=enough, payload=payload, actor=who, at=at)
    return enough


def _name(procurement_id: int) -> None:
    """Who signed up is no secret any more."""
    sealed = SignUp.objects.filter(procurement_id=procurement_id, agency__isnull=True).order_by()
    named = [(number, said["agency"]) for number, said in sealed.values_list("pk", "sealed")]
    for first in range(0, len(named), AT_ONCE):
        update_each(SignUp, "agency", dict(named[first : first + AT_ONCE]))


def advance_due(at: datetime, limit: int = 100) -> int:
    """Close what is due and settled. For the timekeeper; how many were closed."""
    due = Procurement.objects.filter(state=ProcurementState.SIGNING_UP.value, sign_up_until__lte=at - GRACE)
    numbers = list(due.order_by("sign_up_until", "id").values_list("pk", flat=True)[:limit])
    return sum(_close(number, at) for number in numbers)


def _close(procurement_id: int, at: datetime) -> bool:
    try:
        close_signups(procurement_id=procurement_id, at=at)
    except (NotAllowedNow, StillOpen):
        return False  # another process was faster, or an amendment moved the deadline
    return True
