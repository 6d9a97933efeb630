"""The exchange looks for completeness: passes a project on, or sends it back with the reasons."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.evidence.domain.canonical import digest
from exchange.projects.domain.completeness import CODES, missing, require_complete, require_reason
from exchange.projects.domain.states import ProjectCommand
from exchange.projects.models import CompletenessCheck, Project
from exchange.projects.policies import can_check_project
from exchange.projects.services.transitions import locked_project, move_project


@transaction.atomic
def pass_check(*, actor: Actor, project_id: int, found: Mapping[str, bool], at: datetime) -> None:
    """Record that everything is there. Refuses (`CheckIncomplete`) while an item is missing."""
    can_check_project(actor).require()
    project = locked_project(project_id)
    require_complete(found)
    _record(project, actor, found, passed=True, reason="", at=at)
    move_project(project, ProjectCommand.PASS_CHECK, actor=actor, at=at, payload={"found": sorted(CODES)})


@transaction.atomic
def return_project(*, actor: Actor, project_id: int, found: Mapping[str, bool], reason: str, at: datetime) -> None:
    """Send the project back to its seller. Refuses (`ReasonMissing`) a return that does not say why."""
    can_check_project(actor).require()
    project = locked_project(project_id)
    words = require_reason(reason)
    _record(project, actor, found, passed=False, reason=words, at=at)
    # The reason is free text and may name people: evidence holds its digest.
    payload = {"missing": list(missing(found)), "reason_sha256": digest(words.encode())}
    move_project(project, ProjectCommand.RETURN, actor=actor, at=at, payload=payload)


def _record(
    project: Project, actor: Actor, found: Mapping[str, bool], *, passed: bool, reason: str, at: datetime
) -> None:
    assert actor.person_id is not None, "a role is held by a person"
    CompletenessCheck.objects.create(
        project=project,
        person_id=actor.person_id,
        found={code: bool(found.get(code)) for code in sorted(CODES)},
        passed=passed,
        reason=reason,
        checked_at=at,
    )
