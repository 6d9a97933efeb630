"""The opening: it begins, bidder and officers unlock, the window ends. Decrypting is `decrypting`'s."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from commons.domain.actor import Actor, system_actor
from commons.domain.refusals import NotFound, NotPermitted
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from commons.outbox import services as outbox
from signatures import at_rest
from signatures.envelopes import policies, store
from signatures.envelopes.admitting import has_procedure
from signatures.envelopes.domain import layout
from signatures.envelopes.domain.encoding import from_base64, to_base64
from signatures.envelopes.domain.header import EnvelopeBroken, Mode
from signatures.envelopes.domain.layout import Prefix
from signatures.envelopes.domain.rules import (
    AlreadyUnlocked,
    KeyDoesNotOpen,
    OpenedByProcedure,
    OpeningHeld,
    WindowOver,
    require_over,
)
from signatures.envelopes.domain.slots import BIDDER, Slot, WrongCommit, WrongKey, officer
from signatures.envelopes.domain.states import (
    IN_OPENING,
    WAITING,
    Cause,
    EnvelopeCommand,
    EnvelopeState,
    IntakeCommand,
    IntakeState,
)
from signatures.envelopes.models import EnvelopeUnlock, RosterSeat, SealedEnvelope, SealedIntake
from signatures.envelopes.sealed_facts import Facts, facts_of
from signatures.envelopes.services.common import locked_envelope, locked_intake, record, step_envelope, step_intake
from signatures.envelopes.services.handovers import newest_slot, slots_for
from signatures.envelopes.services.holding import call_officers
from signatures.envelopes.services.uploading import SETTLING

KEEPER = system_actor("envelopes")
HAS_BEGUN = gettext_noop("The opening of “%(title)s” has begun: unlock your shares until %(until)s")


@dataclass(frozen=True, slots=True)
class Locked:
    """A slot that somebody is asked to unlock: the key stays on that device, the answer is the slot's own key."""

    envelope: str
    slot: Mapping[str, JSON]


@transaction.atomic
def begin_opening(*, actor: Actor, intake_id: int, at: datetime, minimum: int = 0) -> int:
    """Reveal who handed something in, and begin the time for unlocking; how many envelopes there are.

    With fewer than `minimum` the intake is abandoned: nobody is revealed and nothing is ever opened (招标投标法
    art. 28). Raises `NotPermitted`, `OpenedByProcedure`, `IntakeNotOver`, `NotAllowedNow`.
    """
    policies.can_begin_opening(actor).require()
    intake = locked_intake(intake_id)
    if not actor.system and has_procedure(intake.subject):
        raise OpenedByProcedure()
    is_rehearsal = hasattr(intake, "rehearsal")
    require_over(deadline=intake.deadline + (timedelta() if is_rehearsal else SETTLING), at=at)
    rows = _sealed_for(intake)
    if len(rows) < minimum:
        step_intake(intake, IntakeCommand.ABANDON, actor=actor, at=at)
        return len(rows)
    ends = at + timedelta(minutes=intake.window_minutes)
    step_intake(intake, IntakeCommand.BEGIN_OPENING, actor=actor, at=at, opening_began_at=at, window_ends_at=ends)
    for row, facts in rows:
        step_envelope(
            row,
            EnvelopeCommand.BEGIN,
            actor=actor,
            at=at,
            payload={"receipt": facts.receipt, "received_at": to_text(facts.received_at)},
            window_ends_at=ends,
            intake=intake,
            **_revealed(facts),
        )
    if not rows:
        step_intake(intake, IntakeCommand.FINISH, actor=actor, at=at)
    elif not is_rehearsal:
        call_officers(intake, HAS_BEGUN, until=ends, at=at)
    return len(rows)


def _sealed_for(intake: SealedIntake) -> list[tuple[SealedEnvelope, Facts]]:
    """Every envelope of the city is looked into: no column tells which are of this intake."""
    rows = SealedEnvelope.objects.filter(state=EnvelopeState.SEALED, intake__isnull=True)
    found = [(row, facts_of(row)) for row in rows]
    return sorted(
        ((row, facts) for row, facts in found if facts.intake_id == intake.pk),
        key=lambda pair: (pair[1].received_at, pair[0].pk),
    )


def _revealed(facts: Facts) -> dict[str, Any]:
    return {
        "organisation_id": facts.organisation_id,
        "commit": facts.commit,
        "size": facts.size,
        "received_at": facts.received_at,
        "receipt_ref": facts.receipt,
    }


def locked_for_bidder(*, actor: Actor, envelope_ref: str) -> list[Locked]:
    """The bidder's own slots. Raises `NotFound`, `NotPermitted`."""
    row = SealedEnvelope.objects.filter(pk=envelope_ref, intake__isnull=False).first()
    if row is None or not policies.can_unlock_as_bidder(actor, row):
        raise NotFound()
    return [Locked(row.pk, slot.as_json()) for slot in prefix_of(row).manifest.bidder]


def locked_for_officer(*, actor: Actor, intake_id: int) -> list[Locked]:
    """The officer's slot of every envelope that still lacks it. Raises `NotPermitted`."""
    seat = _seat_of(actor, SealedIntake.objects.filter(pk=intake_id).first())
    rows = SealedEnvelope.objects.filter(intake_id=intake_id, state__in=IN_OPENING)
    missing = rows.exclude(unlocks__label=officer(seat.seat))
    return [Locked(row.pk, newest_slot(seat, row.pk, prefix_of(row)).as_json()) for row in missing]


@transaction.atomic
def unlock_as_bidder(*, actor: Actor, envelope_ref: str, unlock_code: str, at: datetime) -> EnvelopeState:
    """Hand over the key of the bidder's own slot (base64). The state the envelope is in then.

    Raises `NotPermitted`, `AlreadyUnlocked`, `OpeningHeld`, `WindowOver`, `KeyDoesNotOpen`.
    """
    row = locked_envelope(envelope_ref)
    policies.can_unlock_as_bidder(actor, row).require()
    prefix = prefix_of(row)
    if _unlock(row, prefix, list(prefix.manifest.bidder), BIDDER, unlock_code, actor=actor, at=at):
        if Mode(prefix.header.policy.mode) is Mode.AND:
            step_envelope(row, EnvelopeCommand.UNLOCK_BIDDER, actor=actor, at=at)
        _check_quorum(row, prefix, at=at)
    return EnvelopeState(row.state)


@transaction.atomic
def unlock_as_officer(*, actor: Actor, intake_id: int, codes: Mapping[str, str], at: datetime) -> int:
    """Hand over the keys of the officer's slots, by envelope (base64); how many were taken.

    Raises `NotPermitted`, `KeyDoesNotOpen` (then none is taken), `OpeningHeld`, `WindowOver`.
    """
    intake = locked_intake(intake_id)
    seat = _seat_of(actor, intake)
    taken = 0
    for ref, code in sorted(codes.items()):
        row = locked_envelope(ref)
        if row.intake_id != intake_id:
            raise NotFound()
        if row.state not in IN_OPENING or row.unlocks.filter(label=officer(seat.seat)).exists():
            continue
        prefix = prefix_of(row)
        slots = slots_for(row.pk, intake.roster_id, seat.seat, prefix.manifest.officer(seat.seat))
        if _unlock(row, prefix, slots, officer(seat.seat), code, actor=actor, at=at):
            record(
                intake,
                "envelope.officer-unlocked",
                actor=actor,
                at=at,
                payload={"envelope": ref, "seat": str(seat.seat)},
            )
            _check_quorum(row, prefix, at=at)
        taken += 1
    return taken


def end_windows(at: datetime) -> int:
    """Settle what nobody unlocked in time; how many envelopes that were. For the timekeeper."""
    due = SealedEnvelope.objects.filter(state__in=WAITING, window_ends_at__lte=at)
    return sum(_end_window(ref, at) for ref in list(due.values_list("pk", flat=True)))


@transaction.atomic
def _end_window(ref: str, at: datetime) -> bool:
    row = locked_envelope(ref)
    if row.state not in WAITING or row.window_ends_at is None or row.window_ends_at > at:
        return False  # meanwhile unlocked, held or given more time
    assert row.intake is not None, "it is being opened"
    lacks_bidder = row.state == EnvelopeState.DECRYPT_WINDOW and row.intake.mode == Mode.AND
    cause = Cause.BIDDER_NO_KEY if lacks_bidder else Cause.NO_QUORUM
    given = sorted(row.unlocks.values_list("label", flat=True))
    blame(row, cause, {"unlocked": given, "window_ended": to_text(at)}, at=at)
    return True


def blame(row: SealedEnvelope, cause: Cause, findings: Mapping[str, JSON], *, at: datetime) -> None:
    """As `fail`, after a look at the stored bytes: for what the platform altered it blames nobody else."""
    stored = stored_commit(row.pk)
    if stored != row.commit:
        cause, findings = Cause.STORED_ALTERED, {**findings, "stored_commit": stored}
    fail(row, cause, findings, at=at)


def stored_commit(ref: str) -> str:
    """What the stored bytes commit to; nothing when they are no envelope any more."""
    try:
        with store.open_sealed(ref) as file:
            return layout.reckon(store.pieces(file)).commit
    except (EnvelopeBroken, FileNotFoundError):
        return ""


COMMANDS = {
    Cause.NO_QUORUM: EnvelopeCommand.FAIL_CENTRE,
    Cause.STORED_ALTERED: EnvelopeCommand.FIND_MISMATCH,
}
"""Whose failure a cause is; every other is the bidder's."""


def fail(row: SealedEnvelope, cause: Cause, findings: Mapping[str, JSON], *, at: datetime) -> None:
    """End an envelope's opening with its cause and evidence, inside a transaction."""
    command = COMMANDS.get(cause, EnvelopeCommand.FAIL_BIDDER)
    payload: dict[str, JSON] = {"cause": cause.value, "findings": dict(findings)}
    values = {"cause": cause, "findings": dict(findings), "ended_at": at}
    step_envelope(row, command, actor=KEEPER, at=at, payload=payload, **values)
    forget_secrets(row)
    finish_when_done(row, at=at)


def forget_secrets(row: SealedEnvelope) -> None:
    """Who unlocked stays known; what they handed over is needed no longer."""
    row.unlocks.update(secret=b"")


def finish_when_done(row: SealedEnvelope, *, at: datetime) -> None:
    """End the intake's opening when no envelope is in it any more, inside a transaction."""
    assert row.intake_id is not None, "it was opened"
    intake = locked_intake(row.intake_id)
    still = SealedEnvelope.objects.filter(intake=intake, state__in=IN_OPENING)
    if intake.state == IntakeState.OPENING and not still.exists():
        step_intake(intake, IntakeCommand.FINISH, actor=KEEPER, at=at)


def prefix_of(row: SealedEnvelope) -> Prefix:
    """What stands before the chunks. Raises `EnvelopeBroken` when the stored bytes were altered there."""
    with store.open_sealed(row.pk) as file:
        return layout.open_prefix(file)


def _unlock(
    row: SealedEnvelope, prefix: Prefix, slots: list[Slot], label: str, code: str, *, actor: Actor, at: datetime
) -> bool:
    """Keep a slot's secret; False when it shows that the bidder cheated, and the envelope has failed."""
    if row.window_ends_at is None:
        raise OpeningHeld()
    if at >= row.window_ends_at:
        raise WindowOver(ended=to_text(row.window_ends_at))
    if row.unlocks.filter(label=label).exists():
        raise AlreadyUnlocked()
    try:
        secret = _open_one(slots, code, ctx=prefix.header.ctx())
    except WrongCommit:
        blame(row, Cause.BIDDER_FALSE_COMMIT, {"slot": label, "unlock_code": code}, at=at)
        return False
    assert actor.person_id is not None, "the policies let persons unlock"
    sealed = at_rest.seal({"secret": to_base64(secret)}, place=f"unlock:{row.pk}:{label}")
    EnvelopeUnlock.objects.create(envelope=row, label=label, person_id=actor.person_id, secret=sealed, given_at=at)
    return True


def _open_one(slots: list[Slot], code: str, *, ctx: bytes) -> bytes:
    for slot in slots:
        try:
            return slot.open(from_base64(code), ctx=ctx)
        except (WrongKey, EnvelopeBroken):
            continue
    raise KeyDoesNotOpen()


def _check_quorum(row: SealedEnvelope, prefix: Prefix, *, at: datetime) -> None:
    """Go on to decrypting as soon as everybody needed has unlocked."""
    officers = row.unlocks.exclude(label=BIDDER).count()
    waits = EnvelopeState.BIDDER_UNLOCKED if prefix.header.policy.mode is Mode.AND else EnvelopeState.DECRYPT_WINDOW
    if officers < prefix.header.policy.k or row.state != waits:
        return
    labels = sorted(row.unlocks.values_list("label", flat=True))
    step_envelope(row, EnvelopeCommand.UNLOCK_QUORUM, actor=KEEPER, at=at, payload={"unlocked": labels})
    outbox.enqueue(topic="envelopes.decrypt", key=row.pk, payload={"envelope": row.pk}, at=at)


def _seat_of(actor: Actor, intake: SealedIntake | None) -> RosterSeat:
    if intake is None:
        raise NotFound()
    if actor.person_id is None:
        raise NotPermitted()
    seat = RosterSeat.objects.filter(
        roster_id=intake.roster_id, person_id=actor.person_id, until__isnull=True, tried_at__isnull=False
    ).first()
    if seat is None:
        raise NotPermitted()
    policies.can_hold_seat(actor, seat).require()
    return seat
