"""The one way in which deals change state."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from commons.domain.actor import Actor
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import Entry, append
from exchange.contracts.domain.deals import DEAL, DealCommand, DealState
from exchange.contracts.models import Deal
from exchange.projects.services import StateMoved


def move_deal(
    deal: Deal,
    command: DealCommand,
    *,
    actor: Actor,
    at: datetime,
    payload: Mapping[str, JSON] | None = None,
    **changes: Any,
) -> Entry:
    """Fire `command` and store `changes` with it, with evidence in the lot's stream.

    Refuses (`NotAllowedNow`) what the table has no row for, and (`StateMoved`) when somebody was faster.
    """
    row = DEAL.fire(DealState(deal.state), command)
    values = {"state": row.target.value, **changes}
    if Deal.objects.filter(pk=deal.pk, state=row.source.value).update(**values) != 1:
        raise StateMoved()
    for name, value in values.items():
        setattr(deal, name, value)
    facts = {"deal": f"deal:{deal.pk}", **(payload or {})}
    return append(stream=f"lot:{deal.lot_id}", type=row.event, actor=actor, payload=facts, decided_at=at)
