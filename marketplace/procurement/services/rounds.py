"""Rounds: ended with their sign-ups counted by the subject above, announced again, with another method in time."""

from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import Entry
from marketplace.procurement.domain.needs import NeedFacts
from marketplace.procurement.domain.notices import ProcurementNoticeKind
from marketplace.procurement.domain.states import ProcurementCommand
from marketplace.procurement.models import Procurement
from marketplace.procurement.policies import can_change
from marketplace.procurement.queries.views import need_of
from marketplace.procurement.services.drafting import checked_columns
from marketplace.procurement.services.reviewing import AGAIN, hand_in
from marketplace.procurement.services.steps import locked_procurement, move_procurement, post_notice, tell


def close_round(row: Procurement, *, enough: bool, payload: dict[str, JSON], actor: Actor, at: datetime) -> Entry:
    """End the sign-ups of a locked procurement: on to the selection, or the round has failed."""
    if enough:
        columns: dict[str, object] = {"pending_amendment": None}
        return move_procurement(row, ProcurementCommand.CLOSE, actor=actor, at=at, payload=payload, **columns)
    return fail_round(row, payload=payload, reason="TOO_FEW_SIGN_UPS", actor=actor, at=at)


def fail_round(row: Procurement, *, payload: dict[str, JSON], reason: str, actor: Actor, at: datetime) -> Entry:
    """The round has failed: counted, published, and the owner told what can be done. The row is locked."""
    columns: dict[str, object] = {
        "failed_rounds": row.failed_rounds + 1,
        "failed_at": at,
        "pending_amendment": None,
    }
    entry = move_procurement(
        row, ProcurementCommand.FAIL, actor=actor, at=at, payload={**payload, "reason": reason}, **columns
    )
    body: dict[str, JSON] = {"code": row.code, "round": str(row.round), "reason": reason}
    post_notice(row, ProcurementNoticeKind.FAILURE, body, actor=actor, at=at, reason=reason)
    subject = gettext_noop("The round of %(title)s has failed. Announce it again, or give it up.")
    tell(row, row.owner.organisation_id, subject, at=at, key=f"failed:{row.round}")
    return entry


@transaction.atomic
def reannounce(*, actor: Actor, procurement_id: int, at: datetime, need: NeedFacts | None = None) -> int:
    """Hand a failed need in for another round, as it was or changed; gives the number of the round.

    Refuses what handing in refuses: also (`MethodStays`) another method before enough rounds have failed.
    """
    row = locked_procurement(procurement_id)
    can_change(actor, row).require()
    changed = checked_columns(need or need_of(row))
    for name, value in changed.items():
        setattr(row, name, value)
    number = row.round + 1
    payload: dict[str, JSON] = {"round": str(number), "method": row.method}
    hand_in(row, AGAIN, actor=actor, at=at, columns={**changed, "round": number}, payload=payload)
    return number
