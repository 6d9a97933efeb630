"""For the timekeeper: selections whose time has come, draws that are drawn, rooms that ended."""

import logging
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from commons.domain.refusals import Refusal
from marketplace.selection.domain.case import Drawn
from marketplace.selection.domain.states import SelectionState, Wait
from marketplace.selection.models import Selection
from marketplace.selection.services import notices
from marketplace.selection.services.beginning import begin
from marketplace.selection.services.common import PLATFORM, keep, locked, record
from marketplace.selection.services.going_on import go_on
from marketplace.selection.services.rooming import take_result
from signatures.draws import queries as draws
from signatures.draws.domain.states import DrawState

logger = logging.getLogger(__name__)

AT_ONCE = 500
"""Selections in one round of the timekeeper."""


def advance_due(at: datetime) -> int:
    """Begin what is due and pull what is ready; each selection in a transaction of its own, so none holds up others."""
    moved = sum(_begun(procurement_id, at) for procurement_id in notices.due(at)[:AT_ONCE])
    waiting = Selection.objects.filter(
        state=SelectionState.RUNNING.value, wait__in=[Wait.DRAW.value, Wait.ROOM.value]
    ).order_by("id")
    return moved + sum(
        pull(selection_id=selection_id, at=at) for selection_id in list(waiting.values_list("pk", flat=True))
    )


def _begun(procurement_id: int, at: datetime) -> bool:
    try:
        begin(actor=PLATFORM, procurement_id=procurement_id, at=at)
    except Refusal:
        logger.exception("the selection of procurement %s could not begin", procurement_id)
        return False
    return True


@transaction.atomic
def pull(*, selection_id: int, at: datetime) -> bool:
    """What a selection waits for, draw or room, enters it when it is there; whether something moved."""
    selection = locked(selection_id)
    if selection.wait == Wait.ROOM.value:
        return take_result(selection, at=at)
    if selection.wait == Wait.DRAW.value:
        return _take_draw(selection, at=at)
    return False


def _take_draw(selection: Selection, *, at: datetime) -> bool:
    """What was drawn enters the case. A void draw waits for its redraw, which two persons order."""
    assert selection.draw_id is not None, "the selection waits for a draw"
    view = draws.draw(selection.draw_id)
    if view.redrawn_as is not None:
        keep(selection, selection.as_case(), draw_id=view.redrawn_as)
        record(selection, "DrawnAnew", actor=PLATFORM, payload={"draw": str(view.redrawn_as)}, at=at)
        return True
    if view.state is not DrawState.DRAWN:
        return False
    case = selection.as_case()
    drawn = Drawn(selection.draw_purpose, str(view.id), view.roster, view.exclusions, view.selected)
    keep(selection, replace(case, draws=(*case.draws, drawn)), draw_id=None, draw_purpose="")
    go_on(selection, at=at)
    return True
