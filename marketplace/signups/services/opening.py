"""Opening what was sealed, when the selection begins; and striking who is no longer eligible then."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import append
from commons.repeated import update_each
from marketplace.entry.domain.eligibility import BarFound
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.policies import can_select
from marketplace.procurement.services import locked_procurement
from marketplace.signups.domain.signups import SIGN_UP, SignUpCommand, SignUpState, StillSealed
from marketplace.signups.models import SignUp
from marketplace.signups.queries.signups import SignUpView, sign_ups_of

AT_ONCE = 500
"""Rows in one statement."""


@transaction.atomic
def reveal_quotes(*, procurement_id: int, actor: Actor, at: datetime) -> list[SignUpView]:
    """Open every sign-up that counts, all at once, with what lets anybody check its commitment; harmless to repeat.

    Only while the selection is under way (`StillSealed`), by who may select. Six statements, however many.
    """
    row = locked_procurement(procurement_id)
    can_select(actor, audited_by=row.audited_by).require()
    if row.state != ProcurementState.SELECTING:
        raise StillSealed()
    rows = SignUp.objects.filter(procurement_id=row.pk, version=row.version, opened_at__isnull=True)
    sealed = list(rows.filter(state__in=[SignUpState.ACTIVE.value, SignUpState.DISQUALIFIED.value]).order_by("id"))
    if sealed:
        for one in sealed:
            quote = one.sealed["quote"]
            one.quote, one.opened_at = Decimal(quote) if quote is not None else None, at
        for first in range(0, len(sealed), AT_ONCE):
            update_each(SignUp, "quote", {one.pk: one.quote for one in sealed[first : first + AT_ONCE]}, opened_at=at)
        opened: list[JSON] = [
            {
                "commitment": one.commitment,
                "quote": one.sealed["quote"],
                "proposal": one.sealed["proposal"] or None,
                "salt": one.sealed["salt"],
            }
            for one in sealed
        ]
        payload: dict[str, JSON] = {"sign_ups": opened}
        append(stream=f"procurement:{row.pk}", type="SignUpsOpened", actor=actor, payload=payload, decided_at=at)
    return sign_ups_of(procurement_id)


@transaction.atomic
def disqualify(*, sign_up_id: int, bars: Sequence[BarFound], actor: Actor, at: datetime) -> None:
    """Strike a sign-up whose agency is not eligible at the moment of selection, with every reason.

    Only between the closing and the selection. Refuses `NotFound`, `NotAllowedNow`.
    """
    assert bars, "a sign-up is struck for a reason"
    found = SignUp.objects.filter(pk=sign_up_id).first()
    if found is None:
        raise NotFound()
    row = locked_procurement(found.procurement_id)
    can_select(actor, audited_by=row.audited_by).require()
    if row.state not in (ProcurementState.AWAITING_SELECTION, ProcurementState.SELECTING):
        raise NotAllowedNow(command=SignUpCommand.DISQUALIFY.value, state=row.state)
    step = SIGN_UP.fire(SignUpState(found.state), SignUpCommand.DISQUALIFY)
    reasons = [{"bar": one.bar.value, "value": one.value} for one in bars]
    rows = SignUp.objects.filter(pk=found.pk, state=step.source.value)
    if rows.update(state=step.target.value, bars=reasons, ended_at=at) != 1:
        raise NotAllowedNow(command=SignUpCommand.DISQUALIFY.value, state=found.state)
    payload: dict[str, JSON] = {"commitment": found.commitment, "bars": [f"{one.bar}:{one.value}" for one in bars]}
    append(stream=f"procurement:{row.pk}", type=step.event, actor=actor, payload=payload, decided_at=at)
