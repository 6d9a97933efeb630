"""An opening that stands still with its procedure, and goes on with the time that was left (实施条例 第54, 62条)."""

from datetime import datetime, timedelta

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import NotPermitted
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.inbox import services as inbox
from signatures.envelopes.domain.states import WAITING, IntakeState
from signatures.envelopes.models import SealedEnvelope, SealedIntake
from signatures.envelopes.services.common import locked_intake, record

GOES_ON = gettext_noop("The opening of “%(title)s” goes on: unlock your shares until %(until)s")


@transaction.atomic
def hold_opening(*, actor: Actor, intake_id: int, at: datetime) -> bool:
    """Nobody unlocks and no time runs out until `resume_opening`; whether there was anything to hold.

    What was unlocked by everybody before is decrypted all the same. Raises `NotPermitted`.
    """
    row = _of_procedure(actor, intake_id)
    if row.state != IntakeState.OPENING or (row.window_ends_at is not None and at >= row.window_ends_at):
        return False
    stop_windows(row)
    record(row, "intake.opening-held", actor=actor, at=at, payload={})
    return True


@transaction.atomic
def resume_opening(*, actor: Actor, intake_id: int, pause: timedelta, at: datetime) -> datetime | None:
    """The time that was left when it was held is left again: until when, or None where nothing was held."""
    row = _of_procedure(actor, intake_id)
    held = row.envelopes.filter(state__in=WAITING, window_ends_at__isnull=True)
    if row.state != IntakeState.OPENING or row.window_ends_at is None or not held.exists():
        return None
    ends = row.window_ends_at + pause
    held.update(window_ends_at=ends)
    SealedIntake.objects.filter(pk=row.pk).update(window_ends_at=ends)
    facts = {"before": to_text(row.window_ends_at), "window_ends": to_text(ends)}
    record(row, "intake.opening-resumed", actor=actor, at=at, payload=facts)
    call_officers(row, GOES_ON, until=ends, at=at)
    return ends


def call_officers(intake: SealedIntake, subject: str, *, until: datetime, at: datetime) -> None:
    """Tell every officer of the roster where to unlock, and until when. Who rehearses is in the room."""
    for person in intake.roster.seats.filter(until__isnull=True).values_list("person_id", flat=True):
        inbox.deliver(
            subject_msgid=subject,
            fields={"title": intake.title, "until": to_text(until)},
            link=f"/openings/{intake.pk}/",
            at=at,
            key=f"opening:{intake.pk}:{person}:{to_text(until)}",
            person_id=person,
        )


def stop_windows(row: SealedIntake) -> None:
    """No envelope of the intake waits for an instant any more: nothing is unlocked, and nothing fails by the clock."""
    SealedEnvelope.objects.filter(intake=row, state__in=WAITING).update(window_ends_at=None)


def _of_procedure(actor: Actor, intake_id: int) -> SealedIntake:
    if not actor.system:
        raise NotPermitted()
    return locked_intake(intake_id)
