"""Keeping the registry: recording, correcting and renewing permits, and their states by decision."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from commons.domain.actor import Actor
from commons.domain.refusals import Malformed, NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.evidence import services as evidence
from exchange.permits.domain.permits import (
    MACHINE,
    Industry,
    Limit,
    PermitCommand,
    PermitFacts,
    PermitFactsDiffer,
    PermitNumberTaken,
    PermitState,
    check,
    check_renewal,
)
from exchange.permits.models import Permit, PermitLimit
from exchange.permits.policies import can_record_permit
from exchange.permits.queries import permit_facts


@transaction.atomic
def record_permit(*, actor: Actor, facts: PermitFacts, at: datetime, provenance: str = "registered") -> int:
    """Enter a permit. Refuses `PermitNumberTaken`, `PermitTermWrong`, `PermitHasNoPollutant`."""
    can_record_permit(actor).require()
    check(facts)
    if Permit.objects.filter(number=facts.number).exists():
        raise PermitNumberTaken(number=facts.number)
    return _store(facts, version=1, supersedes=None, reason="", actor=actor, provenance=provenance, at=at)


@transaction.atomic
def add_limit(*, actor: Actor, facts: PermitFacts, at: datetime, provenance: str = "migrated") -> int:
    """Enter one more pollutant of a permit, or the permit with its first one. For imports, one row per pollutant.

    Refuses `PermitFactsDiffer` when the permit is recorded with other particulars or already names the pollutant.
    """
    can_record_permit(actor).require()
    check(facts)
    row = _current(facts.number)
    if row is None:
        return _store(facts, version=1, supersedes=None, reason="", actor=actor, provenance=provenance, at=at)
    known = permit_facts(row)
    differing = _differences(known, facts)
    differing += [limit.instrument for limit in facts.limits if known.limit_of(limit.instrument)]
    if differing:
        raise PermitFactsDiffer(number=facts.number, particulars=", ".join(differing))
    _store_limits(row, facts.limits)
    _record(row, "permit.limit_added", actor=actor, at=at)
    return row.pk


@transaction.atomic
def correct_permit(
    *, actor: Actor, number: str, facts: PermitFacts, reason: str, at: datetime, provenance: str = "corrected"
) -> int:
    """Supersede a permit's entry by one that says why. Refuses `NotFound` and what `record_permit` refuses."""
    can_record_permit(actor).require()
    check(facts)
    row = _current(number)
    if row is None:
        raise NotFound()
    return _supersede(row, facts, _why(reason), actor=actor, provenance=provenance, at=at)


@transaction.atomic
def renew_permit(
    *, actor: Actor, number: str, applied_on: date, valid_until: date, document_ref: str, at: datetime
) -> int:
    """Record the renewal of a permit that was applied for in time. Refuses `RenewalTooLate`, `PermitTermWrong`."""
    can_record_permit(actor).require()
    row = _current(number)
    if row is None:
        raise NotFound()
    before = permit_facts(row)
    check_renewal(before, applied_on=applied_on)
    first = before.valid_until + timedelta(days=1)
    facts = replace(before, valid_from=first, valid_until=valid_until, document_ref=document_ref)
    check(facts)
    # The old term is not superseded: it runs to its end, and the new one follows it.
    return _store(
        facts, version=row.version + 1, supersedes=None, reason="renewal", actor=actor, provenance="renewed", at=at
    )


@transaction.atomic
def decide_permit(*, actor: Actor, number: str, command: PermitCommand, document_ref: str, at: datetime) -> None:
    """Suspend, resume, revoke or accept the surrender of a permit, by a numbered decision. Refuses `NotAllowedNow`."""
    can_record_permit(actor).require()
    if not document_ref.strip():
        raise Malformed(field="document_ref", reason=gettext_noop("enter the number of the decision"))
    rows = list(_standing(number))
    if not rows:
        raise NotFound()
    MACHINE.fire(PermitState(rows[0].state), command)
    for row in rows:
        # A permit with a renewed term has two entries; the decision holds for both.
        if MACHINE.allows(PermitState(row.state), command):
            _decide(row, command, actor=actor, decision=document_ref.strip(), at=at)


def _decide(row: Permit, command: PermitCommand, *, actor: Actor, decision: str, at: datetime) -> None:
    step = MACHINE.fire(PermitState(row.state), command)
    if Permit.objects.filter(pk=row.pk, state=step.source).update(state=step.target) != 1:
        raise NotAllowedNow(command=command.value, state=step.source.value)
    _record(row, f"permit.{command.value.lower()}", actor=actor, at=at, decision=decision)


def _standing(number: str) -> QuerySet[Permit]:
    """The entries of a permit that no other one replaces, the newest first; locked."""
    rows = Permit.objects.select_for_update(of=("self",)).filter(number=number, superseded_by__isnull=True)
    return rows.order_by("-version")


def _current(number: str) -> Permit | None:
    return _standing(number).first()


def _supersede(row: Permit, facts: PermitFacts, reason: str, *, actor: Actor, provenance: str, at: datetime) -> int:
    facts = replace(facts, number=row.number, state=PermitState(row.state))
    return _store(
        facts, version=row.version + 1, supersedes=row, reason=reason, actor=actor, provenance=provenance, at=at
    )


def _why(reason: str) -> str:
    if not reason.strip():
        raise Malformed(field="reason", reason=gettext_noop("say why the entry was wrong"))
    return reason.strip()


def _store(
    facts: PermitFacts,
    *,
    version: int,
    supersedes: Permit | None,
    reason: str,
    actor: Actor,
    provenance: str,
    at: datetime,
) -> int:
    try:
        with transaction.atomic():
            row = Permit.objects.create(
                number=facts.number,
                version=version,
                organisation_id=facts.organisation_id,
                region=facts.region,
                basin=facts.basin,
                industry=Industry(facts.industry).value,
                valid_from=facts.valid_from,
                valid_until=facts.valid_until,
                state=facts.state.value,
                document_ref=facts.document_ref,
                document_id=facts.document_id,
                supersedes=supersedes,
                reason=reason,
                provenance=provenance,
                recorded_by=actor.ref,
                recorded_at=at,
            )
    except IntegrityError:
        # Somebody recorded or corrected the same permit a moment earlier.
        raise PermitNumberTaken(number=facts.number) from None
    _store_limits(row, facts.limits)
    _record(row, "permit.superseded" if supersedes else "permit.recorded", actor=actor, at=at)
    return row.pk


def _store_limits(row: Permit, limits: tuple[Limit, ...]) -> None:
    PermitLimit.objects.bulk_create(
        PermitLimit(permit=row, instrument=item.instrument, quantity=item.quantity, approved_need=item.approved_need)
        for item in limits
    )


def _differences(known: PermitFacts, facts: PermitFacts) -> list[str]:
    names = ("organisation_id", "region", "basin", "industry", "valid_from", "valid_until")
    return [name for name in names if getattr(known, name) != getattr(facts, name)]


def _record(row: Permit, event: str, *, actor: Actor, at: datetime, **facts: str) -> None:
    evidence.append(
        stream=f"permit:{row.pk}",
        type=event,
        actor=actor,
        payload={"permit": row.number, "version": str(row.version), "document": row.document_ref, **facts},
        decided_at=at,
    )
