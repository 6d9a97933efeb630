"""Cases in, results out."""

from dataclasses import asdict, replace
from datetime import datetime

from django.db import IntegrityError, transaction

from commons.domain.actor import Actor
from commons.domain.codes import citizen_id, normalise, uscc
from commons.domain.deadlines import local_day
from commons.domain.names import masked_name
from commons.domain.refusals import IdempotencyConflict, Malformed, NotAllowedNow, NotFound, NotPermitted
from commons.domain.text import gettext_noop
from commons.evidence import services as evidence
from commons.intake.domain import MACHINE, Case, CaseCommand, CaseResult, CaseState
from commons.intake.models import IntakeCase
from commons.intake.port import intake
from commons.outbox import services as outbox
from commons.outbox.domain.delivery import Message
from commons.people.queries import person_reference


def receive_case(*, actor: Actor, case: Case, at: datetime) -> int:
    """Take in a case; handed in again, the first one is given back.

    Of a natural person neither the identity number nor the whole name is kept: a reference and the masked name are.

    Refuses whoever is not a system of the city, an applicant's code that is not valid (`InvalidCode`), a case without
    number or item, and the same number with other contents (`IdempotencyConflict`).
    """
    if not actor.system:
        raise NotPermitted()
    case = _known_by_code(case, at)
    if not case.number.strip() or not case.item.strip():
        raise Malformed(field="case", reason=gettext_noop("its number and its item are needed"))
    try:
        with transaction.atomic():
            row = IntakeCase.objects.create(state=CaseState.RECEIVED.value, received_at=at, **_columns(case))
            _record(row, "IntakeCaseReceived", actor, at)
    except IntegrityError:
        return _the_same(case)
    return row.pk


def take_case(*, actor: Actor, number: str, at: datetime) -> None:
    """Begin the work on a case. Refuses (`NotFound`, `NotAllowedNow`) what cannot be begun."""
    _move(actor, number, CaseCommand.TAKE, at)


def conclude_case(*, actor: Actor, result: CaseResult, at: datetime) -> None:
    """End a case; its result leaves through the outbox after the commit."""
    with transaction.atomic():
        _move(actor, result.case_number, CaseCommand.CONCLUDE, at)
        outbox.enqueue(topic="intake.result", key=result.case_number, payload=asdict(result), at=at)


def cancel_case(*, actor: Actor, number: str, at: datetime) -> None:
    """The intake withdraws a case: the work on it stops, which is confirmed through the outbox."""
    if not actor.system:
        raise NotPermitted()
    with transaction.atomic():
        _move(actor, number, CaseCommand.CANCEL, at)
        outbox.enqueue(topic="intake.cancelled", key=number, payload={"case_number": number}, at=at)


def hand_over_result(message: Message) -> None:
    """The handler of `intake.result`: tell the intake, which keeps one message per key."""
    result = CaseResult(**{name: str(value) for name, value in message.payload.items()})
    intake().send_result(result=result, key=f"intake.result:{message.key}")


def hand_over_cancellation(message: Message) -> None:
    """The handler of `intake.cancelled`."""
    number = str(message.payload["case_number"])
    intake().confirm_cancellation(case_number=number, key=f"intake.cancelled:{message.key}")


def _move(actor: Actor, number: str, command: CaseCommand, at: datetime) -> None:
    with transaction.atomic():
        row = IntakeCase.objects.select_for_update().filter(number=number).first()
        if row is None:
            raise NotFound()
        step = MACHINE.fire(CaseState(row.state), command)
        moved = IntakeCase.objects.filter(pk=row.pk, state=step.source.value).update(state=step.target.value)
        if moved != 1:
            raise NotAllowedNow(command=command.value, state=row.state)
        _record(row, step.event, actor, at)


def _known_by_code(case: Case, at: datetime) -> Case:
    """The case with a checked code of its applicant. Refuses (`InvalidCode`)."""
    if not case.natural_person:
        uscc(case.applicant_uscc)
        return case
    number = citizen_id(normalise(case.applicant_uscc), on=local_day(at))
    return replace(case, applicant=masked_name(case.applicant), applicant_uscc=person_reference(number))


def _columns(case: Case) -> dict[str, object]:
    """What is stored of a case."""
    return {name: value for name, value in asdict(case).items() if name != "natural_person"}


def _the_same(case: Case) -> int:
    row = IntakeCase.objects.get(number=case.number)
    if any(getattr(row, name) != value for name, value in _columns(case).items()):
        raise IdempotencyConflict()
    return row.pk


def _record(row: IntakeCase, event: str, actor: Actor, at: datetime) -> None:
    evidence.append(stream=f"intake:{row.pk}", type=event, actor=actor, payload={"case": str(row.pk)}, decided_at=at)
