"""Complaints about results and notices: the regulator takes up, suspends, decides, each under a number."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON, digest
from exchange.notices.services import NumberedDecision
from marketplace.fulfilment.domain.refusals import words_of
from marketplace.fulfilment.domain.states import (
    BEFORE_CONTRACT,
    EngagementCommand,
    EngagementState,
    GrievanceCommand,
    GrievanceState,
)
from marketplace.fulfilment.models import Engagement, Grievance, GrievanceDocument
from marketplace.fulfilment.policies import can_decide
from marketplace.fulfilment.services.common import move
from marketplace.fulfilment.services.grievances import locked_grievance, record_about, step, tell_about
from marketplace.procurement import services as procurements
from marketplace.procurement.domain.states import BEFORE_SELECTION, RESUME, ProcurementState
from marketplace.selection import queries as selections
from marketplace.selection import services as selecting
from marketplace.selection.domain.states import SelectionState

GONE = (EngagementState.GIVEN_UP.value, EngagementState.REVOKED.value)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the regulator decided: its numbered document, and what it says in words."""

    decision: NumberedDecision
    words: str

    @property
    def number(self) -> str:
        return self.decision.number.strip()

    def require(self) -> "Ruling":
        """Refuses `DecisionMissing`, `WordsTooShort`."""
        self.decision.require()
        return Ruling(self.decision, words_of(self.words))


@transaction.atomic
def take_up(*, actor: Actor, grievance_id: int, ruling: Ruling, suspend: bool, at: datetime) -> None:
    """The regulator takes the complaint up and, if it says so, suspends everything until its decision.

    Refuses `NotFound`, `NotPermitted`, `DecisionMissing`, `WordsTooShort`, `NotAllowedNow`.
    """
    row = _decided_by(actor, grievance_id)
    given, engagement = ruling.require(), _engagement(row)
    suspends = suspend and _can_stop(row, engagement)
    step(row, GrievanceCommand.TAKE_UP, _said(given), actor=actor, at=at, suspends=suspends)
    _keep(row, "ComplaintTakenUp", given, actor=actor, at=at)
    if suspends:
        if engagement is not None:
            Engagement.objects.filter(pk=engagement.pk, suspended_by="").update(suspended_by=given.number)
            record_about(row, "EngagementSuspended", {"number": given.number}, actor=actor, at=at)
        procurements.suspend(
            actor=actor, procurement_id=row.procurement_id, decision=given.decision, reason=given.words, at=at
        )
    _tell_all(row, engagement, given, at=at)


@transaction.atomic
def reject(*, actor: Actor, grievance_id: int, ruling: Ruling, at: datetime) -> None:
    """The regulator does not take the complaint up. Refuses as `take_up`."""
    row = _decided_by(actor, grievance_id)
    given = ruling.require()
    step(row, GrievanceCommand.REJECT, _said(given), actor=actor, at=at, ended_at=at)
    _keep(row, "ComplaintRejected", given, actor=actor, at=at)
    _tell_all(row, _engagement(row), given, at=at)


@transaction.atomic
def settle(*, actor: Actor, grievance_id: int, ruling: Ruling, uphold: bool, at: datetime) -> None:
    """The regulator decides: dismissed, everything goes on; upheld, notice or result is set aside and announced anew.

    Refuses as `take_up`.
    """
    row = _decided_by(actor, grievance_id)
    given, engagement = ruling.require(), _engagement(row)
    command = GrievanceCommand.UPHOLD if uphold else GrievanceCommand.DISMISS
    step(row, command, _said(given), actor=actor, at=at, ended_at=at)
    event = "ComplaintUpheld" if uphold else "ComplaintDismissed"
    _keep(row, event, given, actor=actor, at=at)
    if row.suspends:
        _resume(row, engagement, given, actor=actor, at=at)
    if uphold:
        _set_aside(row, engagement, given, actor=actor, at=at)
    _tell_all(row, engagement, given, at=at)


def _engagement(row: Grievance) -> Engagement | None:
    """What the complaint is about; about a notice, what has come of it meanwhile."""
    if row.engagement is not None:
        return row.engagement
    return Engagement.objects.filter(procurement_id=row.procurement_id).exclude(state__in=GONE).first()


def _can_stop(row: Grievance, engagement: Engagement | None) -> bool:
    """Until the contract is signed everything can stand still."""
    if engagement is not None:
        return EngagementState(engagement.state) in BEFORE_CONTRACT
    return ProcurementState(row.procurement.state) in RESUME


def _resume(row: Grievance, engagement: Engagement | None, given: Ruling, *, actor: Actor, at: datetime) -> None:
    others = Grievance.objects.filter(
        procurement_id=row.procurement_id, suspends=True, state=GrievanceState.ACCEPTED.value
    ).exclude(pk=row.pk)
    if others.exists():
        return
    if engagement is not None:
        Engagement.objects.filter(pk=engagement.pk).update(suspended_by="")
        engagement.refresh_from_db()
        record_about(row, "EngagementResumed", {"number": given.number}, actor=actor, at=at)
    procurements.resume(
        actor=actor, procurement_id=row.procurement_id, decision=given.decision, reason=given.words, at=at
    )


def _set_aside(row: Grievance, engagement: Engagement | None, given: Ruling, *, actor: Actor, at: datetime) -> None:
    """The round has failed: before the selection, while it runs, or with its result. A signed contract stands."""
    payload: dict[str, JSON] = {"number": given.number}
    if engagement is not None:
        if row.about_notice and EngagementState(engagement.state) not in BEFORE_CONTRACT:
            return
        values = {"ended_at": at, "end_words": given.words, "suspended_by": ""}
        move(engagement, EngagementCommand.REVOKE, actor=actor, at=at, payload=payload, **values)
        selecting.void(actor=actor, selection_id=engagement.selection_id, number=given.number, at=at)
        return
    selection = selections.of_procurement(row.procurement_id)
    if selection is not None and selection.state is SelectionState.RUNNING:
        selecting.void(actor=actor, selection_id=selection.id, number=given.number, at=at)
        return
    notice = procurements.locked_procurement(row.procurement_id)
    if ProcurementState(notice.state) in BEFORE_SELECTION:
        procurements.fail_round(notice, payload=payload, reason=given.number, actor=actor, at=at)


def _decided_by(actor: Actor, grievance_id: int) -> Grievance:
    can_decide(actor).require()
    return locked_grievance(grievance_id)


def _said(given: Ruling) -> dict[str, JSON]:
    return {"number": given.number, "words_sha256": digest(given.words.encode())}


def _keep(row: Grievance, event: str, given: Ruling, *, actor: Actor, at: datetime) -> None:
    GrievanceDocument.objects.create(
        grievance=row, event=event, number=given.number, words=given.words, document_id=given.decision.document_id,
        issued_by=actor.ref, issued_at=at,
    )  # fmt: skip


def _tell_all(row: Grievance, engagement: Engagement | None, given: Ruling, *, at: datetime) -> None:
    subject = gettext_noop("The regulator issued %(number)s about %(title)s")
    concerned = {row.organisation_id, row.procurement.owner.organisation_id}
    for organisation_id in concerned | ({engagement.agency_id} if engagement is not None else set()):
        tell_about(row, organisation_id, subject, at=at, key=given.number, number=given.number)
