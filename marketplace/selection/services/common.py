"""What every step of a selection shares: loading under a lock, moving the state, recording."""

from collections.abc import Mapping
from datetime import datetime

from commons.domain.actor import Actor, system_actor
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.evidence import services as evidence
from commons.evidence.domain.canonical import JSON
from commons.repeated import Repeated, update
from marketplace.selection.domain.case import Case, case_json
from marketplace.selection.domain.states import SELECTION, SelectionCommand, SelectionState
from marketplace.selection.models import Selection

PLATFORM = system_actor("selection")


_LOCKED: Repeated[Selection] = Repeated(
    lambda number: Selection.objects.select_for_update(of=("self",)).filter(pk=number)
)


def locked(selection_id: int) -> Selection:
    """The selection, locked until the transaction ends. Refuses `NotFound`."""
    row = _LOCKED.first(selection_id)
    if row is None:
        raise NotFound()
    return row


def move(
    selection: Selection,
    command: SelectionCommand,
    *,
    actor: Actor,
    at: datetime,
    payload: Mapping[str, JSON],
    **values: object,
) -> None:
    """Fire `command`, conditional on the state that was read, with its evidence. Refuses `NotAllowedNow`."""
    before = SelectionState(selection.state)
    step = SELECTION.fire(before, command)
    columns = {"state": step.target.value, **values}
    if update(Selection, columns, pk=selection.pk, state=before.value) != 1:
        raise NotAllowedNow(command=command.value, state=before.value)
    for name, value in columns.items():
        setattr(selection, name, value)
    record(selection, step.event, actor=actor, payload=payload, at=at)


def record(selection: Selection, event: str, *, actor: Actor, payload: Mapping[str, JSON], at: datetime) -> None:
    """One entry in the stream of the selection."""
    evidence.append(stream=selection.stream, type=event, actor=actor, payload=payload, decided_at=at)


def keep(selection: Selection, case: Case, **values: object) -> None:
    """Store the case as it is now. The caller holds the lock."""
    data = case_json(case)
    update(Selection, {"case": data, **values}, pk=selection.pk)
    selection.case = data
    for name, value in values.items():
        setattr(selection, name, value)
