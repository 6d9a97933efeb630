"""Opening and ending intakes; the rehearsals that practise them."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow, NotFound, NotPermitted
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from commons.parameters import queries as parameters
from signatures.crypto.mixing import require_installed
from signatures.crypto.suites import Suite
from signatures.envelopes import policies
from signatures.envelopes.domain import suites
from signatures.envelopes.domain.header import Mode, Policy
from signatures.envelopes.domain.rules import RosterNotActive, require_suite
from signatures.envelopes.domain.states import IntakeCommand, IntakeState, RosterState
from signatures.envelopes.models import EnvelopeUnlock, OfficerRoster, Rehearsal, SealedIntake
from signatures.envelopes.services.common import locked_intake, record, step_intake
from signatures.envelopes.services.holding import stop_windows

IntakeId = NewType("IntakeId", int)
LONGEST_REHEARSAL = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an intake is for. `name` as evidence streams are named; tender and lot as the header spells them."""

    name: str
    title: str
    tender: str
    lot: str


@transaction.atomic
def open_intake(
    *,
    actor: Actor,
    subject: Subject,
    mode: Mode,
    deadline: datetime,
    roster_id: int,
    at: datetime,
    window_minutes: int | None = None,
    suite: Suite | None = None,
) -> IntakeId:
    """Take envelopes for `subject` until the deadline, to be opened by k of the roster's n officers.

    Without `window_minutes` the rule parameter decides, without `suite` the roster's is meant. Raises `NotPermitted`,
    `RosterNotActive`, `SuiteMixed` for a roster of another suite, `SuiteMissing`.
    """
    policies.can_open_intake(actor).require()
    roster = OfficerRoster.objects.filter(pk=roster_id, state=RosterState.ACTIVE).first()
    if roster is None:
        raise RosterNotActive()
    found = Suite(roster.suite)
    require_suite(found, asked=suite or found)
    require_installed(found)
    n = roster.seats.filter(until__isnull=True).count()
    minutes = window_minutes or parameters.integer("opening.decrypt_minutes", on=at.date())
    row = SealedIntake.objects.create(
        subject=subject.name,
        title=subject.title,
        tender=subject.tender,
        lot=subject.lot,
        mode=mode,
        suite=found,
        chunk=suites.of_suite(found).chunk,
        roster=roster,
        k=roster.k,
        n=n,
        deadline=deadline,
        window_minutes=minutes,
        opened_at=at,
    )
    policy = Policy(mode, roster.k, n)
    facts: dict[str, JSON] = {
        "deadline": to_text(deadline),
        "policy": policy.as_json(),
        "roster": str(roster.pk),
        "suite": found.value,
    }
    record(row, "intake.opened", actor=actor, at=at, payload=facts)
    return IntakeId(row.pk)


@transaction.atomic
def move_deadline(*, actor: Actor, intake_id: int, deadline: datetime, at: datetime) -> None:
    """Another deadline, decided by the procedure that owns the intake. Raises `NotPermitted`, `NotAllowedNow`."""
    if not actor.system:
        raise NotPermitted()
    row = locked_intake(intake_id)
    _require_before(row, at)
    _set_deadline(row, deadline, actor=actor, at=at)


@transaction.atomic
def abandon_intake(*, actor: Actor, intake_id: int, at: datetime) -> None:
    """The procedure ended: what is still sealed in the intake is never opened, and nobody is blamed for it.

    Raises `NotAllowedNow` once every envelope was opened or had failed.
    """
    policies.can_open_intake(actor).require()
    row = locked_intake(intake_id)
    step_intake(row, IntakeCommand.ABANDON, actor=actor, at=at)
    stop_windows(row)
    EnvelopeUnlock.objects.filter(envelope__intake=row).update(secret=b"")


@transaction.atomic
def begin_rehearsal(*, actor: Actor, roster_id: int, minutes: int, at: datetime) -> IntakeId:
    """An opening for practice, with the same envelopes, officers and rules. Raises as `open_intake`."""
    if actor.person_id is None:
        raise NotPermitted()
    number = secrets.token_hex(4)
    subject = Subject(f"rehearsal:{number}", number, f"REHEARSAL-{number}", "1")
    ends = at + min(timedelta(minutes=minutes), LONGEST_REHEARSAL)
    intake_id = open_intake(actor=actor, subject=subject, mode=Mode.AND, deadline=ends, roster_id=roster_id, at=at)
    Rehearsal.objects.create(intake_id=intake_id, begun_by_id=actor.person_id)
    return intake_id


@transaction.atomic
def end_rehearsal_sealing(*, actor: Actor, intake_id: int, at: datetime) -> None:
    """Whoever began a rehearsal lets the time for sealing end now. Raises `NotFound`, `NotPermitted`."""
    policies.can_open_intake(actor).require()
    row = locked_intake(intake_id)
    begun = Rehearsal.objects.filter(intake=row).values_list("begun_by_id", flat=True).first()
    if begun is None:
        raise NotFound()
    if begun != actor.person_id:
        raise NotPermitted()
    _require_before(row, at)
    _set_deadline(row, at, actor=actor, at=at)


def _require_before(row: SealedIntake, at: datetime) -> None:
    if row.state != IntakeState.OPEN or at >= row.deadline:
        raise NotAllowedNow(command="MOVE_DEADLINE", state=row.state)


def _set_deadline(row: SealedIntake, deadline: datetime, *, actor: Actor, at: datetime) -> None:
    before = to_text(row.deadline)
    row.deadline = deadline
    row.save(update_fields=["deadline"])
    record(row, "intake.deadline-moved", actor=actor, at=at, payload={"before": before, "deadline": to_text(deadline)})
