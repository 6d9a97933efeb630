"""After the result: the winner gives up, or a decision sets the selection aside."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from marketplace.selection.domain.case import Cause, Dropped
from marketplace.selection.domain.states import SelectionCommand, Wait
from marketplace.selection.models import Selection
from marketplace.selection.services import notices
from marketplace.selection.services.common import keep, locked, move
from marketplace.selection.services.going_on import go_on


@transaction.atomic
def drop_winner(*, actor: Actor, selection_id: int, cause: Cause, at: datetime) -> None:
    """Take the winner out; by the rules of the notice the next one follows, or a new draw, or a new notice.

    Who may, the subject above decides. Refuses `NotFound`, `NotAllowedNow`.
    """
    selection = locked(selection_id)
    case = selection.as_case()
    number = selection.winner.number if selection.winner else ""
    payload = {"number": number, "cause": cause.value}
    values = {"winner": None, "amount": None, "decided_at": None}
    move(selection, SelectionCommand.DROP, actor=actor, at=at, payload=payload, **values)
    notices.reopened(selection, at=at)
    keep(selection, replace(case, dropped=(*case.dropped, Dropped(number, cause))))
    go_on(selection, at=at)


@transaction.atomic
def void(*, actor: Actor, selection_id: int, number: str, at: datetime) -> Selection:
    """Set the selection aside by the decision of that number. Who may, the subject above decides."""
    selection = locked(selection_id)
    values = {"winner": None, "amount": None, "wait": Wait.NOTHING.value}
    move(selection, SelectionCommand.VOID, actor=actor, at=at, payload={"decision": number}, **values)
    notices.voided(selection, number, at=at)
    return selection
