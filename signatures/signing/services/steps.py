"""What every step of a session shares: the locked row, the conditional update, the row of evidence."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.evidence import services as evidence
from commons.evidence.domain.canonical import JSON
from signatures.signing.domain.sessions import OPEN, SIGNING, SignedAlready, SigningCommand, SigningState
from signatures.signing.kinds import kind_of
from signatures.signing.models import SigningSession


def found(number: str) -> SigningSession:
    """The session as it is now. Refuses `NotFound`."""
    row = SigningSession.objects.filter(number=number).first()
    if row is None:
        raise NotFound()
    return row


def locked(number: str) -> SigningSession:
    """The session, for the caller's transaction. Refuses `NotFound`."""
    row = SigningSession.objects.select_for_update(of=("self",)).filter(number=number).first()
    if row is None:
        raise NotFound()
    return row


def require_open(row: SigningSession) -> None:
    """Refuses (`SignedAlready`) what has ended."""
    if SigningState(row.state) not in OPEN:
        raise SignedAlready()


def record(row: SigningSession, type: str, *, actor: Actor, payload: Mapping[str, JSON], at: datetime) -> None:
    """A row of evidence in the session's stream, readable at once unless the kind is secret."""
    append = evidence.append_secret if kind_of(row.kind).secret else evidence.append
    append(stream=row.stream, type=type, actor=actor, payload=payload, decided_at=at)


def step(
    row: SigningSession,
    command: SigningCommand,
    *,
    actor: Actor,
    at: datetime,
    payload: Mapping[str, JSON] | None = None,
    **values: Any,
) -> None:
    """Fire `command` and store `values` with it. Refuses `NotAllowedNow`, also when somebody was faster."""
    before = SigningState(row.state)
    fired = SIGNING.fire(before, command)
    changes = {"state": fired.target.value, **values}
    if fired.target not in OPEN:
        changes["ended_at"] = at
    if SigningSession.objects.filter(pk=row.pk, state=before.value).update(**changes) != 1:
        raise NotAllowedNow(command=command.value, state=before.value)
    for name, value in changes.items():
        setattr(row, name, value)
    facts = {"kind": row.kind, "subject": row.subject, **(payload or {})}
    record(row, fired.event, actor=actor, payload=facts, at=at)
