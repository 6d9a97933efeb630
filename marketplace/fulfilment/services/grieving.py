"""Objections to a result, and complaints: the regulator takes up, suspends, decides, each under a number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON, digest
from exchange.notices.services import NumberedDecision
from marketplace.fulfilment.domain.refusals import (
    ComplaintTooEarly,
    ComplaintTooLateHere,
    ObjectionTooLate,
    words_of,
)
from marketplace.fulfilment.domain.states import (
    BEFORE_CONTRACT,
    GRIEVANCE,
    EngagementCommand,
    EngagementState,
    GrievanceCommand,
    GrievanceState,
)
from marketplace.fulfilment.models import Engagement, Grievance, GrievanceDocument
from marketplace.fulfilment.policies import can_act_as_owner, can_complain, can_decide, can_object
from marketplace.fulfilment.services.common import days, locked, move, record, tell, working_days
from marketplace.procurement import services as procurements
from marketplace.selection import queries as selections
from marketplace.selection import services as selecting


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
def object_to(*, actor: Actor, engagement_id: int, words: str, at: datetime) -> int:
    """An agency of the selection objects to its result, within the limit; the objection's number.

    Refuses `NotFound`, `NotPermitted`, `ObjectionTooLate`, `WordsTooShort`, `NotAllowedNow` a second time.
    """
    engagement = locked(engagement_id)
    entrants = selections.entrant_organisations(engagement.selection_id)
    can_object(actor, frozenset(entrants.values())).require()
    assert actor.organisation_id is not None, "the policy knows the organisation"
    if engagement.objection_until is None or local_day(at) > engagement.objection_until:
        raise ObjectionTooLate(until=str(engagement.objection_until))
    if Grievance.objects.filter(engagement=engagement, organisation_id=actor.organisation_id).exists():
        raise NotAllowedNow(command="OBJECT", state="RAISED")
    said = words_of(words)
    due = working_days("supermarket.objection_working_days", engagement.region, at)
    row = Grievance.objects.create(
        engagement=engagement, organisation_id=actor.organisation_id, words=said, raised_at=at, answer_due_on=due,
        complaint_until=days("complaint.days", engagement.region, at),
    )  # fmt: skip
    _record(row, "ObjectionRaised", {"words_sha256": digest(said.encode())}, actor=actor, at=at)
    subject = gettext_noop("An objection to the result of %(title)s waits for your answer until %(until)s")
    link = f"/supermarket/objections/{row.pk}/"
    tell(engagement, engagement.owner_id, subject, at=at, key=f"objection:{row.pk}", link=link, until=due.isoformat())
    return row.pk


@transaction.atomic
def answer(*, actor: Actor, grievance_id: int, words: str, at: datetime) -> None:
    """The owner answers. Refuses `NotFound`, `NotPermitted`, `WordsTooShort`, `NotAllowedNow`."""
    row = _locked(grievance_id)
    can_act_as_owner(actor, row.engagement).require()
    said = words_of(words)
    until = days("complaint.days", row.engagement.region, at)
    payload = {"words_sha256": digest(said.encode())}
    values = {"answer": said, "answered_at": at, "complaint_until": until}
    _step(row, GrievanceCommand.ANSWER, payload, actor=actor, at=at, **values)
    subject = gettext_noop("Your objection to the result of %(title)s was answered")
    _tell(row, row.organisation_id, subject, at=at, key="answered")


@transaction.atomic
def complain(*, actor: Actor, grievance_id: int, words: str, at: datetime) -> None:
    """Complain to the regulator about the answer, or that none came in time.

    Refuses `NotFound`, `NotPermitted`, `ComplaintTooEarly`, `ComplaintTooLateHere`, `WordsTooShort`, `NotAllowedNow`.
    """
    row = _locked(grievance_id)
    can_complain(actor, row).require()
    today = local_day(at)
    if row.answered_at is None and today <= row.answer_due_on:
        raise ComplaintTooEarly(until=row.answer_due_on.isoformat())
    if today > row.complaint_until:
        raise ComplaintTooLateHere(until=row.complaint_until.isoformat())
    said = words_of(words)
    payload = {"words_sha256": digest(said.encode())}
    _step(row, GrievanceCommand.COMPLAIN, payload, actor=actor, at=at, complaint=said, complained_at=at)
    subject = gettext_noop("There is a complaint to the regulator about the result of %(title)s")
    _tell(row, row.engagement.owner_id, subject, at=at, key="complained")


@transaction.atomic
def take_up(*, actor: Actor, grievance_id: int, ruling: Ruling, suspend: bool, at: datetime) -> None:
    """The regulator takes the complaint up and, if it says so, suspends everything until its decision.

    Refuses `NotFound`, `NotPermitted`, `DecisionMissing`, `WordsTooShort`, `NotAllowedNow`.
    """
    row = _decided_by(actor, grievance_id)
    given = ruling.require()
    suspends = suspend and EngagementState(row.engagement.state) in BEFORE_CONTRACT
    _step(row, GrievanceCommand.TAKE_UP, _said(given), actor=actor, at=at, suspends=suspends)
    _keep(row, "ComplaintTakenUp", given, actor=actor, at=at)
    if suspends:
        Engagement.objects.filter(pk=row.engagement_id, suspended_by="").update(suspended_by=given.number)
        _record(row, "EngagementSuspended", {"number": given.number}, actor=actor, at=at)
        procurements.suspend(
            actor=actor,
            procurement_id=row.engagement.procurement_id,
            decision=given.decision,
            reason=given.words,
            at=at,
        )
    _tell_both(row, given, at=at)


@transaction.atomic
def reject(*, actor: Actor, grievance_id: int, ruling: Ruling, at: datetime) -> None:
    """The regulator does not take the complaint up. Refuses as `take_up`."""
    row = _decided_by(actor, grievance_id)
    given = ruling.require()
    _step(row, GrievanceCommand.REJECT, _said(given), actor=actor, at=at, ended_at=at)
    _keep(row, "ComplaintRejected", given, actor=actor, at=at)
    _tell_both(row, given, at=at)


@transaction.atomic
def settle(*, actor: Actor, grievance_id: int, ruling: Ruling, uphold: bool, at: datetime) -> None:
    """The regulator decides: dismissed, everything goes on; upheld, the result is set aside and announced anew.

    Refuses as `take_up`.
    """
    row = _decided_by(actor, grievance_id)
    given = ruling.require()
    command = GrievanceCommand.UPHOLD if uphold else GrievanceCommand.DISMISS
    _step(row, command, _said(given), actor=actor, at=at, ended_at=at)
    event = "ComplaintUpheld" if uphold else "ComplaintDismissed"
    _keep(row, event, given, actor=actor, at=at)
    if row.suspends:
        _resume(row, given, actor=actor, at=at)
    if uphold:
        _revoke(row, given, actor=actor, at=at)
    _tell_both(row, given, at=at)


def _resume(row: Grievance, given: Ruling, *, actor: Actor, at: datetime) -> None:
    others = Grievance.objects.filter(
        engagement=row.engagement, suspends=True, state=GrievanceState.ACCEPTED.value
    ).exclude(pk=row.pk)
    if others.exists():
        return
    Engagement.objects.filter(pk=row.engagement_id).update(suspended_by="")
    row.engagement.refresh_from_db()
    _record(row, "EngagementResumed", {"number": given.number}, actor=actor, at=at)
    procurements.resume(
        actor=actor,
        procurement_id=row.engagement.procurement_id,
        decision=given.decision,
        reason=given.words,
        at=at,
    )


def _revoke(row: Grievance, given: Ruling, *, actor: Actor, at: datetime) -> None:
    engagement = row.engagement
    payload: dict[str, JSON] = {"number": given.number}
    values = {"ended_at": at, "end_words": given.words, "suspended_by": ""}
    move(engagement, EngagementCommand.REVOKE, actor=actor, at=at, payload=payload, **values)
    selecting.void(actor=actor, selection_id=engagement.selection_id, number=given.number, at=at)


def _decided_by(actor: Actor, grievance_id: int) -> Grievance:
    can_decide(actor).require()
    return _locked(grievance_id)


def _locked(grievance_id: int) -> Grievance:
    rows = Grievance.objects.select_for_update(of=("self",)).select_related("engagement")
    row = rows.filter(pk=grievance_id).first()
    if row is None:
        raise NotFound()
    return row


def _step(
    row: Grievance, command: GrievanceCommand, payload: Mapping[str, JSON], *, actor: Actor, at: datetime,
    **values: object,
) -> None:  # fmt: skip
    step = GRIEVANCE.fire(GrievanceState(row.state), command)
    changed = Grievance.objects.filter(pk=row.pk, state=row.state)
    if changed.update(state=step.target.value, **values) != 1:
        raise NotAllowedNow(command=command.value, state=row.state)
    row.refresh_from_db()
    _record(row, step.event, payload, actor=actor, at=at)


def _said(given: Ruling) -> dict[str, JSON]:
    return {"number": given.number, "words_sha256": digest(given.words.encode())}


def _keep(row: Grievance, event: str, given: Ruling, *, actor: Actor, at: datetime) -> None:
    GrievanceDocument.objects.create(
        grievance=row, event=event, number=given.number, words=given.words, document_id=given.decision.document_id,
        issued_by=actor.ref, issued_at=at,
    )  # fmt: skip


def _record(row: Grievance, event: str, payload: Mapping[str, JSON], *, actor: Actor, at: datetime) -> None:
    record(row.engagement, event, actor=actor, payload={"objection": f"grievance:{row.pk}", **payload}, at=at)


def _tell_both(row: Grievance, given: Ruling, *, at: datetime) -> None:
    subject = gettext_noop("The regulator issued %(number)s about the result of %(title)s")
    for organisation_id in (row.organisation_id, row.engagement.owner_id, row.engagement.agency_id):
        _tell(row, organisation_id, subject, at=at, key=given.number, number=given.number)


def _tell(row: Grievance, organisation_id: int, subject: str, *, at: datetime, key: str, **more: str) -> None:
    link = f"/supermarket/objections/{row.pk}/"
    tell(row.engagement, organisation_id, subject, at=at, key=f"grievance:{row.pk}:{key}", link=link, **more)
