"""What the services of envelopes share: rows under lock, steps of machines, evidence."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.evidence import services as evidence
from commons.evidence.domain.canonical import JSON
from signatures.envelopes.domain.states import (
    ENVELOPE,
    INTAKE,
    EnvelopeCommand,
    EnvelopeState,
    IntakeCommand,
    IntakeState,
)
from signatures.envelopes.models import SealedEnvelope, SealedIntake


def new_ref() -> str:
    """A name that tells nothing: 32 hex digits."""
    return secrets.token_hex(16)


def locked_intake(intake_id: int) -> SealedIntake:
    """Raises `NotFound`."""
    row = SealedIntake.objects.select_for_update().filter(pk=intake_id).first()
    if row is None:
        raise NotFound()
    return row


def locked_envelope(ref: str) -> SealedEnvelope:
    """An envelope whose opening has begun. Raises `NotFound`."""
    row = SealedEnvelope.objects.select_for_update().filter(pk=ref, intake__isnull=False).first()
    if row is None:
        raise NotFound()
    return row


def step_intake(row: SealedIntake, command: IntakeCommand, *, actor: Actor, at: datetime, **values: Any) -> None:
    """Move the intake and record it. Raises `NotAllowedNow`."""
    before = IntakeState(row.state)
    step = INTAKE.fire(before, command)
    if SealedIntake.objects.filter(pk=row.pk, state=before).update(state=step.target, **values) != 1:
        raise NotAllowedNow(command=command.value, state=before.value)
    row.refresh_from_db()
    record(row, step.event, actor=actor, at=at, payload={})


def step_envelope(
    row: SealedEnvelope,
    command: EnvelopeCommand,
    *,
    actor: Actor,
    at: datetime,
    payload: Mapping[str, JSON] | None = None,
    **values: Any,
) -> None:
    """Move an envelope of a running opening and record it in the intake's stream. Raises `NotAllowedNow`."""
    before = EnvelopeState(row.state)
    step = ENVELOPE.fire(before, command)
    if SealedEnvelope.objects.filter(pk=row.pk, state=before).update(state=step.target, **values) != 1:
        raise NotAllowedNow(command=command.value, state=before.value)
    row.refresh_from_db()
    assert row.intake is not None, "envelopes step in their opening"
    facts = {"envelope": row.pk, "commit": row.commit, **(payload or {})}
    record(row.intake, step.event, actor=actor, at=at, payload=facts)


def record(row: SealedIntake, event: str, *, actor: Actor, at: datetime, payload: Mapping[str, JSON]) -> None:
    """Append to the intake's stream: nothing of any bidder before the opening."""
    evidence.append(
        stream=f"intake:{row.pk}",
        type=event,
        actor=actor,
        payload={"subject": row.subject, **payload},
        decided_at=at,
    )
