"""Taking envelopes in and giving them back: each answered by a receipt, each receipt naming the one it replaces."""

from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from commons.domain.actor import Actor, system_actor
from commons.domain.refusals import NotAllowedNow
from commons.domain.time import to_text
from commons.evidence import services as evidence
from commons.evidence.domain import canonical
from signatures.envelopes import policies, store
from signatures.envelopes.domain.layout import Reckoned
from signatures.envelopes.domain.rules import (
    EnvelopeMissing,
    EnvelopeReplayed,
    IntakeLate,
    require_for,
    require_open,
)
from signatures.envelopes.domain.states import ENVELOPE, EnvelopeCommand, EnvelopeState, IntakeState
from signatures.envelopes.models import SealedEnvelope, SealedIntake
from signatures.envelopes.queries.intakes import terms_of
from signatures.envelopes.sealed_facts import Facts, commit_tag, current, facts_of, own_envelopes, slot_tag
from signatures.envelopes.services.common import locked_intake, new_ref
from signatures.envelopes.services.receipts import Draft, complete_receipt, draft_receipt
from signatures.envelopes.services.uploading import Upload, finish_upload

PLATFORM = system_actor("envelopes")
"""In evidence the platform acts: who handed something in is told at the opening."""


def accept(*, upload: Upload, path: Path, reckoned: Reckoned, received_at: datetime) -> str:
    """Take a whole envelope in; the number of its receipt. `received_at` is when its last byte arrived.

    The one that the organisation handed in before is replaced. Raises `IntakeLate`, `EnvelopeElsewhere`,
    `EnvelopeReplayed`; then the platform keeps nothing of it but the record of a late one.
    """
    try:
        receipt = _accept(upload, path, reckoned, received_at)
    except IntakeLate as late:
        _record_late(upload, reckoned, late, received_at)
        raise
    complete_receipt(receipt, at=received_at)
    return receipt


@transaction.atomic
def _accept(upload: Upload, path: Path, reckoned: Reckoned, received_at: datetime) -> str:
    intake = locked_intake(upload.intake_id)
    _require_taking(intake, received_at)
    require_for(reckoned.prefix, terms_of(intake))
    earlier = own_envelopes(intake.pk, upload.organisation_id)
    replaced = current(earlier)
    drafted = draft_receipt(
        Draft(
            kind="SEALED",
            intake=intake,
            organisation_id=upload.organisation_id,
            commit=reckoned.commit,
            size=reckoned.size,
            received_at=received_at,
            supersedes=facts_of(earlier[-1]).receipt if earlier else "",
        )
    )
    if replaced is not None:
        _withdraw(replaced)
    ref = new_ref()
    facts = Facts(
        intake.pk,
        upload.organisation_id,
        upload.person_id,
        reckoned.commit,
        reckoned.size,
        received_at,
        drafted,
    )
    _insert(ref, facts, len(earlier))
    finish_upload(upload.ref, receipt=drafted)
    store.keep(path, ref)
    return drafted


def withdraw(*, actor: Actor, intake_id: int, at: datetime) -> str:
    """Take the organisation's envelope back before the deadline (招标投标法 art. 29); the number of the receipt.

    Raises `NotPermitted`, `IntakeLate`, `EnvelopeMissing`.
    """
    policies.can_seal(actor).require()
    assert actor.organisation_id is not None, "bidders act for an organisation"
    with transaction.atomic():
        intake = locked_intake(intake_id)
        _require_taking(intake, at)
        row = current(own_envelopes(intake.pk, actor.organisation_id))
        if row is None:
            raise EnvelopeMissing()
        facts = facts_of(row)
        receipt = draft_receipt(
            Draft("WITHDRAWN", intake, actor.organisation_id, facts.commit, facts.size, at, facts.receipt)
        )
        _withdraw(row)
        _remember_withdrawal(row, facts, receipt)
    complete_receipt(receipt, at=at)
    return receipt


def _require_taking(intake: SealedIntake, at: datetime) -> None:
    require_open(deadline=intake.deadline, at=at)
    if intake.state != IntakeState.OPEN:
        raise NotAllowedNow(command="ACCEPT", state=intake.state)


def _insert(ref: str, facts: Facts, number: int) -> None:
    tag = commit_tag(facts.commit)
    if SealedEnvelope.objects.filter(commit_tag=tag).exists():
        raise EnvelopeReplayed()
    try:
        with transaction.atomic():
            SealedEnvelope.objects.create(
                ref=ref,
                slot_tag=slot_tag(facts.intake_id, facts.organisation_id, number),
                commit_tag=tag,
                facts=facts.seal(ref),
            )
    except IntegrityError:
        raise EnvelopeReplayed() from None


def _withdraw(row: SealedEnvelope) -> None:
    step = ENVELOPE.fire(EnvelopeState(row.state), EnvelopeCommand.WITHDRAW)
    sealed = SealedEnvelope.objects.filter(pk=row.pk, state=EnvelopeState.SEALED)
    if sealed.update(state=step.target) != 1:
        raise NotAllowedNow(command=EnvelopeCommand.WITHDRAW.value, state=row.state)


def _remember_withdrawal(row: SealedEnvelope, facts: Facts, receipt: str) -> None:
    """The next receipt will supersede the withdrawal, not the envelope."""
    changed = Facts(
        facts.intake_id,
        facts.organisation_id,
        facts.person_id,
        facts.commit,
        facts.size,
        facts.received_at,
        receipt,
    )
    SealedEnvelope.objects.filter(pk=row.pk).update(facts=changed.seal(row.pk))


@transaction.atomic
def _record_late(upload: Upload, reckoned: Reckoned, late: IntakeLate, at: datetime) -> None:
    """That something came too late, and by how much; whose it was is committed to, not told."""
    blind = new_ref()
    facts = canonical.encode({"commit": reckoned.commit, "organisation": str(upload.organisation_id), "salt": blind})
    evidence.append(
        stream=f"receipt:{new_ref()}",
        type="envelope.late",
        actor=PLATFORM,
        payload={"facts_sha256": canonical.digest(facts), "late_by": str(late.fields["late_by"]), "at": to_text(at)},
        decided_at=at,
    )
