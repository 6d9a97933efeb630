"""Objections of agencies, to a notice before the selection and to a result after it; answers; complaints."""

from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.refusals import NotAllowedNow
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON, digest
from marketplace.fulfilment.domain.refusals import (
    ComplaintTooEarly,
    ComplaintTooLateHere,
    NoticeObjectionTooLate,
    ObjectionTooLate,
    words_of,
)
from marketplace.fulfilment.domain.states import GrievanceCommand
from marketplace.fulfilment.models import Grievance
from marketplace.fulfilment.policies import can_answer, can_complain, can_object, can_object_to_notice
from marketplace.fulfilment.services.common import days, locked, working_days
from marketplace.fulfilment.services.grievances import locked_grievance, record_about, step, tell_about
from marketplace.procurement import queries as procurements
from marketplace.procurement import services as procuring
from marketplace.procurement.domain.states import BEFORE_SELECTION, ProcurementState
from marketplace.selection import queries as selections


@transaction.atomic
def object_to(*, actor: Actor, engagement_id: int, words: str, at: datetime) -> int:
    """An agency of the selection objects to its result, within the limit; the objection's number.

    Refuses `NotFound`, `NotPermitted`, `ObjectionTooLate`, `WordsTooShort`, `NotAllowedNow` a second time.
    """
    engagement = locked(engagement_id)
    entrants = selections.entrant_organisations(engagement.selection_id)
    can_object(actor, frozenset(entrants.values())).require()
    if engagement.objection_until is None or local_day(at) > engagement.objection_until:
        raise ObjectionTooLate(until=str(engagement.objection_until))
    if Grievance.objects.filter(engagement=engagement, organisation_id=actor.organisation_id or 0).exists():
        raise NotAllowedNow(command="OBJECT", state="RAISED")
    subject = gettext_noop("An objection to the result of %(title)s waits for your answer until %(until)s")
    about = {"procurement_id": engagement.procurement_id, "engagement": engagement}
    return _raise(actor, engagement.region, words, subject, at=at, **about)


@transaction.atomic
def object_to_notice(*, actor: Actor, procurement_id: int, words: str, at: datetime) -> int:
    """An agency objects to what a notice asks, before the selection begins; the objection's number.

    Refuses `NotFound`, `NotPermitted`, `NoticeObjectionTooLate`, `WordsTooShort`, `NotAllowedNow` a second time in a
    round.
    """
    row = procuring.locked_procurement(procurement_id)
    found = procurements.procurement_for(actor, procurement_id)
    can_object_to_notice(actor, found.owner_organisation_id).require()
    if ProcurementState(row.state) not in BEFORE_SELECTION:
        raise NoticeObjectionTooLate()
    earlier = Grievance.objects.filter(procurement_id=procurement_id, round=row.round, engagement__isnull=True)
    if earlier.filter(organisation_id=actor.organisation_id or 0).exists():
        raise NotAllowedNow(command="OBJECT", state="RAISED")
    subject = gettext_noop("An objection to the notice of %(title)s waits for your answer until %(until)s")
    return _raise(actor, row.region, words, subject, at=at, procurement_id=procurement_id, round=row.round)


def _raise(actor: Actor, region: str, words: str, subject: str, *, at: datetime, **about: object) -> int:
    assert actor.organisation_id is not None, "the policy knows the organisation"
    said = words_of(words)
    due = working_days("supermarket.objection_working_days", region, at)
    row = Grievance.objects.create(
        organisation_id=actor.organisation_id, words=said, raised_at=at, answer_due_on=due,
        complaint_until=days("complaint.days", region, at), **about,
    )  # fmt: skip
    record_about(row, "ObjectionRaised", {"words_sha256": digest(said.encode())}, actor=actor, at=at)
    owner_id = row.procurement.owner.organisation_id
    tell_about(row, owner_id, subject, at=at, key="raised", until=due.isoformat())
    return row.pk


@transaction.atomic
def answer(*, actor: Actor, grievance_id: int, words: str, at: datetime) -> None:
    """The owner answers. Refuses `NotFound`, `NotPermitted`, `WordsTooShort`, `NotAllowedNow`."""
    row = locked_grievance(grievance_id)
    can_answer(actor, row).require()
    said = words_of(words)
    until = days("complaint.days", row.procurement.region, at)
    payload: dict[str, JSON] = {"words_sha256": digest(said.encode())}
    values = {"answer": said, "answered_at": at, "complaint_until": until}
    step(row, GrievanceCommand.ANSWER, payload, actor=actor, at=at, **values)
    subject = gettext_noop("Your objection about %(title)s was answered")
    tell_about(row, row.organisation_id, subject, at=at, key="answered")


@transaction.atomic
def complain(*, actor: Actor, grievance_id: int, words: str, at: datetime) -> None:
    """Complain to the regulator about the answer, or that none came in time.

    Refuses `NotFound`, `NotPermitted`, `ComplaintTooEarly`, `ComplaintTooLateHere`, `WordsTooShort`, `NotAllowedNow`.
    """
    row = locked_grievance(grievance_id)
    can_complain(actor, row).require()
    today = local_day(at)
    if row.answered_at is None and today <= row.answer_due_on:
        raise ComplaintTooEarly(until=row.answer_due_on.isoformat())
    if today > row.complaint_until:
        raise ComplaintTooLateHere(until=row.complaint_until.isoformat())
    said = words_of(words)
    payload: dict[str, JSON] = {"words_sha256": digest(said.encode())}
    step(row, GrievanceCommand.COMPLAIN, payload, actor=actor, at=at, complaint=said, complained_at=at)
    subject = gettext_noop("There is a complaint to the regulator about %(title)s")
    tell_about(row, row.procurement.owner.organisation_id, subject, at=at, key="complained")
