"""The one way in which tenders and sections change state: by the table, on the old state only, with evidence."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bidding.tenders.domain.states import (
    ENDED,
    SECTION,
    TENDER,
    SectionCommand,
    SectionState,
    TenderCommand,
    TenderState,
)
from bidding.tenders.models import Section, Tender
from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import Entry, append
from exchange.projects.services import StateMoved


def locked_tender(tender_id: int) -> Tender:
    """The tender, locked until the transaction ends. Refuses (`NotFound`)."""
    row = Tender.objects.select_for_update(of=("self",)).select_related("project").filter(pk=tender_id).first()
    if row is None:
        raise NotFound()
    return row


def locked_section(section_id: int) -> Section:
    """The section, locked until the transaction ends. Refuses (`NotFound`)."""
    rows = Section.objects.select_for_update(of=("self",)).select_related("tender__project")
    row = rows.filter(pk=section_id).first()
    if row is None:
        raise NotFound()
    return row


def move_tender(
    tender: Tender,
    command: TenderCommand,
    *,
    actor: Actor,
    at: datetime,
    payload: Mapping[str, JSON] | None = None,
    **changes: Any,
) -> Entry:
    """Fire `command` and store `changes` with it. Refuses (`NotAllowedNow`, `StateMoved`)."""
    row = TENDER.fire(TenderState(tender.state), command)
    _update(tender, row.source, row.target, changes)
    return append(stream=f"tender:{tender.pk}", type=row.event, actor=actor, payload=dict(payload or {}), decided_at=at)


def move_section(
    section: Section,
    command: SectionCommand,
    *,
    actor: Actor,
    at: datetime,
    payload: Mapping[str, JSON] | None = None,
    **changes: Any,
) -> Entry:
    """Fire `command` and store `changes` with it; the tender ends with its last section."""
    row = SECTION.fire(SectionState(section.state), command)
    if row.target in ENDED:
        changes.setdefault("ended_at", at)
    _update(section, row.source, row.target, changes)
    entry = append(
        stream=f"section:{section.pk}", type=row.event, actor=actor, payload=dict(payload or {}), decided_at=at
    )
    if row.target in ENDED:
        _end_with_last(section.tender_id, actor=actor, at=at)
    return entry


def _end_with_last(tender_id: int, *, actor: Actor, at: datetime) -> None:
    going_on = Section.objects.filter(tender_id=tender_id).exclude(state__in=[state.value for state in ENDED])
    if not going_on.exists():
        move_tender(locked_tender(tender_id), TenderCommand.END, actor=actor, at=at, ended_at=at)


def _update(item: Tender | Section, source: str, target: str, changes: dict[str, Any]) -> None:
    values = {"state": target, **changes}
    if type(item)._default_manager.filter(pk=item.pk, state=source).update(**values) != 1:
        raise StateMoved()
    for name, value in values.items():
        setattr(item, name, value)
