"""Complaints: raised by who objected, accepted, rejected and decided by the regulator under its own numbers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from commons.calendar import queries as calendar
from commons.domain.actor import Actor
from commons.domain.deadlines import Unit, local_day
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON, digest
from commons.evidence.services import append
from commons.inbox import services as inbox
from commons.parameters import queries as parameters
from exchange.complaints.domain.complaints import (
    COMPLAINT,
    ISSUES,
    ComplaintCommand,
    ComplaintState,
    DocumentKind,
    NumberMissing,
    Window,
    require_in_time,
)
from exchange.complaints.models import Complaint, ComplaintDocument, Objection
from exchange.complaints.policies import can_complain, can_decide_complaint, can_withdraw_complaint
from exchange.complaints.services.objecting import words_of
from exchange.projects.models import Project


@dataclass(frozen=True, slots=True)
class Paper:
    """What the regulator issues: its number, what it says, and the document in the vault."""

    number: str
    words: str
    document_id: int | None

    def require(self) -> "IssuedPaper":
        """Refuses (`NumberMissing`) without number or document, and (`TooShort`) without words."""
        if not self.number.strip() or self.document_id is None:
            raise NumberMissing()
        return IssuedPaper(self.number.strip(), words_of(self.words), self.document_id)


@dataclass(frozen=True, slots=True)
class IssuedPaper:
    """A paper of which nothing is missing."""

    number: str
    words: str
    document_id: int


@transaction.atomic
def raise_complaint(*, actor: Actor, objection_id: int, text: str, at: datetime) -> int:
    """Complain to the regulator about the answer to one's own objection, or that none came in time.

    Refuses `ObjectionFirst`, `ComplaintTooLate`, `TooShort`, and (`NotAllowedNow`) a second complaint about the same.
    """
    rows = Objection.objects.select_for_update(of=("self",)).select_related("project")
    objection = rows.filter(pk=objection_id).first()
    if objection is None:
        raise NotFound()
    can_complain(actor, objection).require()
    if Complaint.objects.filter(objection=objection).exists():
        raise NotAllowedNow(command="COMPLAIN", state=ComplaintState.RAISED.value)
    answered, due_on = objection.answered_at is not None, objection.answer_due_on
    require_in_time(window_of(objection), answered=answered, answer_due_on=due_on, today=local_day(at))
    project = objection.project
    days = _number(project, "complaint.acceptance_working_days", at)
    complaint = Complaint.objects.create(
        objection=objection,
        text=words_of(text),
        raised_at=at,
        acceptance_due_on=calendar.deadline(start=at, add=days, region=project.region).on,
    )
    _record(complaint, "ComplaintRaised", {"text_sha256": digest(complaint.text.encode())}, actor=actor, at=at)
    subject = gettext_noop("There is a complaint to the regulator about %(project)s")
    _tell(complaint, project.seller_id, subject, at=at)
    return complaint.pk


@transaction.atomic
def take_step(*, actor: Actor, complaint_id: int, command: ComplaintCommand, paper: Paper, at: datetime) -> None:
    """The regulator accepts, rejects, upholds or dismisses, each under a number. Refuses `NumberMissing`."""
    complaint = open_complaint(complaint_id)
    can_decide_complaint(actor).require()
    row = COMPLAINT.fire(ComplaintState(complaint.state), command)
    project = complaint.objection.project
    changes: dict[str, object] = {"state": row.target.value}
    if row.target is ComplaintState.ACCEPTED:
        days = _number(project, "complaint.decision_working_days", at)
        changes["decision_due_on"] = calendar.deadline(start=at, add=days, region=project.region).on
    else:
        changes["ended_at"] = at
    if Complaint.objects.filter(pk=complaint.pk, state=row.source.value).update(**changes) != 1:
        raise NotAllowedNow(command=command.value, state=complaint.state)
    issue_document(complaint, ISSUES[command], paper, event=row.event, actor=actor, at=at)


@transaction.atomic
def withdraw_complaint(*, actor: Actor, complaint_id: int, at: datetime) -> None:
    """Who complained takes the complaint back (条例's model: before the decision)."""
    complaint = open_complaint(complaint_id)
    can_withdraw_complaint(actor, complaint.objection).require()
    row = COMPLAINT.fire(ComplaintState(complaint.state), ComplaintCommand.WITHDRAW)
    changed = Complaint.objects.filter(pk=complaint.pk, state=row.source.value)
    if changed.update(state=row.target.value, ended_at=at) != 1:
        raise NotAllowedNow(command="WITHDRAW", state=complaint.state)
    _record(complaint, row.event, {}, actor=actor, at=at)
    _tell(
        complaint,
        complaint.objection.project.seller_id,
        gettext_noop("The complaint about %(project)s was withdrawn"),
        at=at,
    )


def open_complaint(complaint_id: int) -> Complaint:
    """The complaint, locked until the transaction ends. Refuses (`NotFound`)."""
    rows = Complaint.objects.select_for_update(of=("self",)).select_related("objection__project", "objection__lot")
    found = rows.filter(pk=complaint_id).first()
    if found is None:
        raise NotFound()
    return found


def issue_document(
    complaint: Complaint, kind: DocumentKind, paper: Paper, *, event: str, actor: Actor, at: datetime
) -> ComplaintDocument:
    """Keep a paper of the regulator, with evidence, and tell both sides. The caller holds the complaint's lock."""
    given = paper.require()
    made = ComplaintDocument.objects.create(
        complaint=complaint,
        kind=kind.value,
        number=given.number,
        words=given.words,
        document_id=given.document_id,
        issued_by=actor.ref,
        issued_at=at,
    )
    payload: dict[str, JSON] = {
        "kind": kind.value,
        "number": given.number,
        "document": f"document:{given.document_id}",
        "words_sha256": digest(given.words.encode()),
    }
    _record(complaint, event, payload, actor=actor, at=at)
    subject = gettext_noop("The regulator issued %(number)s on the complaint about %(project)s")
    for organisation_id in (complaint.objection.organisation_id, complaint.objection.project.seller_id):
        _tell(complaint, organisation_id, subject, at=at, key=f"{kind}:{made.pk}", number=given.number)
    return made


def window_of(objection: Objection) -> Window:
    """When a complaint about the objection is possible, by the parameters of its project."""
    if objection.answered_at is not None:
        opens_on = local_day(objection.answered_at)
    else:
        opens_on = objection.answer_due_on + timedelta(days=1)
    days = _number(objection.project, "complaint.days", objection.raised_at)
    until = calendar.deadline(start=opens_on, add=days, unit=Unit.DAY, region=objection.project.region)
    return Window(opens_on, until.on)


def _number(project: Project, key: str, at: datetime) -> int:
    """The number of the notice; of a notice from before the parameter existed, the one in force."""
    if key in project.parameters:
        found = parameters.from_snapshot(project.parameters, key)
        assert isinstance(found, int), "a number of days"
        return found
    return parameters.integer(key, trade_type=project.trade_type, region=project.region, on=local_day(at))


def _record(complaint: Complaint, type: str, facts: dict[str, JSON], *, actor: Actor, at: datetime) -> None:
    payload = {"complaint": f"complaint:{complaint.pk}", "objection": f"objection:{complaint.objection_id}", **facts}
    append(stream=f"project:{complaint.objection.project_id}", type=type, actor=actor, payload=payload, decided_at=at)


def _tell(
    complaint: Complaint, organisation_id: int, subject: str, *, at: datetime, key: str = "", **fields: str
) -> None:
    inbox.deliver(
        organisation_id=organisation_id,
        subject_msgid=subject,
        fields={"project": complaint.objection.project.title, **fields},
        link=f"/complaints/{complaint.pk}/",
        at=at,
        key=f"complaint:{complaint.pk}:{key or subject[:30]}:{organisation_id}",
    )
