"""Sessions that end without a signature."""

from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor, system_actor
from commons.evidence import services as evidence
from commons.evidence.domain import canonical
from signatures.signing.domain.sessions import OPEN, SIGNING, SigningCommand, SigningState
from signatures.signing.models import SigningSession
from signatures.signing.policies import can_sign
from signatures.signing.services.steps import locked, require_open, step


@transaction.atomic
def decline(*, actor: Actor, number: str, reason: str, at: datetime) -> str:
    """The signer does not sign; gives the address to go back to. Refuses what `can_sign` refuses, `SignedAlready`."""
    row = locked(number)
    can_sign(actor, row).require()
    require_open(row)
    # The reason is free text and may name people: evidence holds its digest.
    payload = {"reason_sha256": canonical.digest(reason.strip().encode())}
    result = {"reason": reason.strip()[:500]}
    step(row, SigningCommand.DECLINE, actor=actor, at=at, payload=payload, result=result)
    return str(row.return_url)


@transaction.atomic
def withdraw(*, actor: Actor, subject: str, kind: str, at: datetime) -> int:
    """Take back what is still open about `subject`, because it cannot be signed any more; the number taken back.

    Whether the actor may is the caller's question.
    """
    rows = SigningSession.about(kind=kind, subject=subject).filter(state__in=[state.value for state in OPEN])
    found = list(rows.select_for_update(of=("self",)))
    for row in found:
        step(row, SigningCommand.WITHDRAW, actor=actor, at=at)
    return len(found)


@transaction.atomic
def reveal(*, actor: Actor, subject: str, kind: str, at: datetime) -> int:
    """Open in the log what was signed about `subject` as a secret kind; how many entries. The caller knows the time."""
    rows = SigningSession.about(kind=kind, subject=subject)
    return sum(evidence.reveal(stream=row.stream, actor=actor, at=at) for row in rows)


def expire_due(at: datetime, limit: int = 100) -> int:
    """End what nobody signed in time; the number ended. For the timekeeper."""
    due = SigningSession.objects.filter(state__in=[state.value for state in OPEN], expires_at__lte=at)
    numbers = list(due.order_by("id").values_list("number", flat=True)[:limit])
    return sum(_expire(number, at) for number in numbers)


@transaction.atomic
def _expire(number: str, at: datetime) -> bool:
    row = locked(number)
    if not SIGNING.allows(SigningState(row.state), SigningCommand.EXPIRE):
        return False
    step(row, SigningCommand.EXPIRE, actor=system_actor("timekeeper"), at=at)
    return True
