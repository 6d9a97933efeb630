"""Objections 异议: raised, answered in time, on record."""

from datetime import datetime

from django.db import transaction

from commons.calendar import queries as calendar
from commons.domain.actor import Actor
from commons.domain.deadlines import Unit
from commons.domain.refusals import NotAllowedNow, NotFound, Refusal
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import digest
from commons.evidence.services import append
from commons.inbox import services as inbox
from commons.parameters import queries as parameters
from exchange.complaints.models import Objection
from exchange.complaints.policies import can_answer, can_object
from exchange.projects.models import Lot, Project


class TooShort(Refusal):
    code = "OBJECTION_TOO_SHORT"
    message = gettext_noop("Say in at least ten characters what is wrong, or what the answer is.")
    status = 400


@transaction.atomic
def raise_objection(*, actor: Actor, project_id: int, lot_id: int | None, text: str, at: datetime) -> int:
    """Record an objection; the seller must answer within its limit. Refuses (`TooShort`) what says nothing."""
    project = Project.objects.filter(pk=project_id).first()
    if project is None or (lot_id is not None and not Lot.objects.filter(pk=lot_id, project=project).exists()):
        raise NotFound()
    can_object(actor, project).require()
    assert actor.organisation_id is not None, "a role is held for an organisation"
    days = parameters.from_snapshot(project.parameters, "objection.answer_days")
    assert isinstance(days, int), "a number of days"
    due = calendar.deadline(start=at, add=days, unit=Unit.DAY, region=project.region)
    objection = Objection.objects.create(
        project=project,
        lot_id=lot_id,
        organisation_id=actor.organisation_id,
        text=words_of(text),
        raised_at=at,
        answer_due_on=due.on,
    )
    _record(objection, "ObjectionRaised", objection.text, actor=actor, at=at)
    subject = gettext_noop("An objection to %(project)s waits for your answer until %(due_on)s")
    _tell(objection, project.seller_id, subject, at=at, due_on=due.on.isoformat())
    return objection.pk


@transaction.atomic
def answer_objection(*, actor: Actor, objection_id: int, answer: str, at: datetime) -> None:
    """The seller answers, once. Refuses (`NotAllowedNow`) a second answer."""
    objection = (
        Objection.objects.select_for_update(of=("self",)).select_related("project").filter(pk=objection_id).first()
    )
    if objection is None:
        raise NotFound()
    can_answer(actor, objection.project).require()
    words = words_of(answer)
    open_ones = Objection.objects.filter(pk=objection.pk, answered_at__isnull=True)
    if open_ones.update(answer=words, answered_at=at) != 1:
        raise NotAllowedNow(command="ANSWER", state="ANSWERED")
    _record(objection, "ObjectionAnswered", words, actor=actor, at=at)
    subject = gettext_noop("Your objection to %(project)s was answered")
    _tell(objection, objection.organisation_id, subject, at=at)


def words_of(text: str) -> str:
    words = text.strip()
    if len(words) < 10:
        raise TooShort()
    return words


def _record(objection: Objection, type: str, text: str, *, actor: Actor, at: datetime) -> None:
    # Free text may name people: evidence holds its digest.
    payload = {"objection": f"objection:{objection.pk}", "text_sha256": digest(text.encode())}
    append(stream=f"project:{objection.project_id}", type=type, actor=actor, payload=payload, decided_at=at)


def _tell(objection: Objection, organisation_id: int, subject: str, *, at: datetime, **fields: str) -> None:
    inbox.deliver(
        organisation_id=organisation_id,
        subject_msgid=subject,
        fields={"project": objection.project.title, **fields},
        link=f"/objections/{objection.pk}/",
        at=at,
        key=f"objection:{objection.pk}:{subject[:20]}:{organisation_id}",
    )
