"""Time stamps without waiting: ask, go on, get the token at once or later."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from commons.domain.actor import system_actor
from commons.evidence import services as evidence
from signatures.crypto import timestamps
from signatures.crypto.timestamps import StampUnavailable
from signatures.pki.domain.stamps import STAMPS, StampCommand, StampState, delay_after
from signatures.pki.models import PendingStamp
from signatures.pki.queries import trust_store
from signatures.pki.services.judging import revocation_source, stamper

logger = logging.getLogger(__name__)
AT_ONCE = 20
CLERK = system_actor("time-stamps")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp of a subject: its token (DER), or None with `ts_pending` while nobody has given one."""

    subject: str
    token: bytes | None
    stamped_at: datetime | None

    @property
    def ts_pending(self) -> bool:
        return self.token is None


def request_stamp(*, subject: str, digest: bytes, at: datetime) -> Stamp:
    """Promise a time stamp over a SHA-256 digest, in the caller's transaction; asks nobody, never fails for a TSA.

    The same subject and digest again give the same stamp; another digest for a subject is a mistake of the caller.
    """
    assert transaction.get_connection().in_atomic_block, "a stamp is asked for inside the transaction of what it proves"
    assert len(digest) == 32, "stamps are over SHA-256 digests"
    PendingStamp.objects.bulk_create(
        [PendingStamp(subject=subject, digest=digest, requested_at=at, due_at=at)], ignore_conflicts=True
    )
    row = PendingStamp.objects.get(subject=subject)
    assert bytes(row.digest) == digest, f"{subject} was to be stamped with another digest"
    return _view(row)


def stamp_of(subject: str) -> Stamp | None:
    """The stamp of a subject, pending or done; None where none was asked for."""
    row = PendingStamp.objects.filter(subject=subject).first()
    return _view(row) if row else None


def stamps_of(subjects: Sequence[str]) -> dict[str, Stamp]:
    """The stamps of those subjects that have one, pending or done; one query."""
    return {row.subject: _view(row) for row in PendingStamp.objects.filter(subject__in=subjects)}


def stamp_now(*, subject: str, at: datetime) -> Stamp:
    """Try at once, after the commit: the stamp with its token, or still pending. Raises nothing for a silent TSA."""
    row = PendingStamp.objects.get(subject=subject)
    if row.state == StampState.PENDING:
        _try(row, at)
        row.refresh_from_db()
    return _view(row)


def stamp_due(at: datetime) -> int:
    """Ask for the tokens that are due; how many came. For the timekeeper's errands; any number may run.

    Who does not answer to one question is not asked the others in this round: no errand waits for twenty time-outs.
    """
    due = PendingStamp.objects.filter(state=StampState.PENDING, due_at__lte=at).order_by("due_at", "id")
    came = 0
    for row in due[:AT_ONCE]:
        try:
            came += _ask(row, at)
        except StampUnavailable:
            break
    return came


def _try(row: PendingStamp, at: datetime) -> bool:
    try:
        return _ask(row, at)
    except StampUnavailable:
        return False


def _ask(row: PendingStamp, at: datetime) -> bool:
    """Whether this call brought the token. Raises `StampUnavailable`; it is then asked for again later."""
    if not _claim(row, at):
        return False
    digest = bytes(row.digest)
    try:
        token = stamper().stamp(digest, at=at)
        status = timestamps.verify(token, digest=digest, at=at, trust=trust_store(), revocation=revocation_source())
        if not status.valid or status.time is None:
            raise StampUnavailable("the token does not hold")
    except StampUnavailable as error:
        logger.warning("no time stamp for %s: %s", row.subject, error)
        PendingStamp.objects.filter(pk=row.pk, state=StampState.PENDING).update(last_error=str(error)[:300])
        raise
    return _store(row, token, status.time, at)


def _claim(row: PendingStamp, at: datetime) -> bool:
    """Another process does not ask meanwhile; a try that fails is repeated after its delay."""
    waiting = PendingStamp.objects.filter(pk=row.pk, state=StampState.PENDING, attempts=row.attempts)
    return bool(waiting.update(attempts=row.attempts + 1, due_at=at + delay_after(row.attempts + 1)))


@transaction.atomic
def _store(row: PendingStamp, token: bytes, time: datetime, at: datetime) -> bool:
    step = STAMPS.fire(StampState.PENDING, StampCommand.STAMP)
    waiting = PendingStamp.objects.filter(pk=row.pk, state=step.source)
    if waiting.update(state=step.target, token=token, stamped_at=time, last_error="") != 1:
        return False
    evidence.append(
        stream=f"time-stamp:{row.pk}",
        type=step.event,
        actor=CLERK,
        payload={"subject": row.subject, "digest": bytes(row.digest).hex(), "late": time > row.requested_at},
        decided_at=at,
    )
    return True


def _view(row: PendingStamp) -> Stamp:
    return Stamp(row.subject, bytes(row.token) if row.token is not None else None, row.stamped_at)
