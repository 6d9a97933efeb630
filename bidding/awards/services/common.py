"""The one way in which awards change state."""

from datetime import datetime
from typing import Any

from bidding.awards.domain.states import AWARD, AwardCommand, AwardState
from bidding.awards.models import Award
from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import append
from exchange.projects.services import StateMoved


def locked_award(award_id: int) -> Award:
    """The award, locked until the transaction ends. Refuses (`NotFound`)."""
    rows = Award.objects.select_for_update(of=("self",))
    row = (
        rows.select_related("section__tender__project", "line__organisation", "line__report")
        .filter(pk=award_id)
        .first()
    )
    if row is None:
        raise NotFound()
    return row


def move_award(
    award: Award, command: AwardCommand, *, actor: Actor, at: datetime, payload: dict[str, JSON] | None = None,
    **changes: Any,
) -> None:  # fmt: skip
    """Fire `command` and store `changes` with it. Refuses (`NotAllowedNow`, `StateMoved`)."""
    row = AWARD.fire(AwardState(award.state), command)
    values = {"state": row.target.value, **changes}
    if Award.objects.filter(pk=award.pk, state=row.source.value).update(**values) != 1:
        raise StateMoved()
    for name, value in values.items():
        setattr(award, name, value)
    append(
        stream=f"section:{award.section_id}",
        type=row.event,
        actor=actor,
        payload={"award": f"award:{award.pk}", **(payload or {})},
        decided_at=at,
    )
