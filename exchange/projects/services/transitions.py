"""The one way in which projects and lots change state: by the table, on the old state only, with evidence."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound, Refusal
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import Entry, append
from exchange.projects.domain.states import LOT, PROJECT, LotCommand, LotState, ProjectCommand, ProjectState
from exchange.projects.models import Lot, Project


class StateMoved(Refusal):
    """Somebody else, or the clock, was faster: the row is no longer in the state that was read."""

    code = "STATE_MOVED"
    message = gettext_noop("Somebody else changed this in the meantime. Load the page again.")
    retryable = True


def locked_project(project_id: int) -> Project:
    """The project, locked until the transaction ends. Refuses (`NotFound`)."""
    project = Project.objects.select_for_update(of=("self",)).select_related("seller").filter(pk=project_id).first()
    if project is None:
        raise NotFound()
    return project


def locked_lot(lot_id: int) -> Lot:
    """The lot, locked until the transaction ends. Refuses (`NotFound`)."""
    lot = Lot.objects.select_for_update(of=("self",)).select_related("project__seller").filter(pk=lot_id).first()
    if lot is None:
        raise NotFound()
    return lot


def move_project(
    project: Project,
    command: ProjectCommand,
    *,
    actor: Actor,
    at: datetime,
    payload: Mapping[str, JSON] | None = None,
    **changes: Any,
) -> Entry:
    """Fire `command` and store `changes` with it. Refuses (`NotAllowedNow`, `StateMoved`)."""
    row = PROJECT.fire(ProjectState(project.state), command)
    _update(Project, project, row.source, row.target, changes)
    return append(
        stream=f"project:{project.pk}", type=row.event, actor=actor, payload=dict(payload or {}), decided_at=at
    )


def move_lot(
    lot: Lot,
    command: LotCommand,
    *,
    actor: Actor,
    at: datetime,
    payload: Mapping[str, JSON] | None = None,
    **changes: Any,
) -> Entry:
    """Fire `command` and store `changes` with it. Refuses (`NotAllowedNow`, `StateMoved`)."""
    row = LOT.fire(LotState(lot.state), command)
    _update(Lot, lot, row.source, row.target, changes)
    return append(stream=f"lot:{lot.pk}", type=row.event, actor=actor, payload=dict(payload or {}), decided_at=at)


def _update(
    model: type[Project] | type[Lot], item: Project | Lot, source: str, target: str, changes: dict[str, Any]
) -> None:
    values = {"state": target, **changes}
    if model._default_manager.filter(pk=item.pk, state=source).update(**values) != 1:
        raise StateMoved()
    for name, value in values.items():
        setattr(item, name, value)
