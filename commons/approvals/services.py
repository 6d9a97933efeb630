"""Asking, approving, rejecting and using approvals. Each step is one conditional update and one row of evidence."""

from collections.abc import Mapping
from datetime import datetime
from typing import NewType

from django.db import transaction

from commons.approvals import policies
from commons.approvals.domain.approval import (
    MACHINE,
    ApprovalCommand,
    ApprovalExpired,
    ApprovalForSomethingElse,
    ApprovalNeedsReason,
    ApprovalNotGiven,
    ApprovalState,
)
from commons.approvals.kinds import kind_of
from commons.approvals.models import Approval
from commons.approvals.queries import ApprovalView, view
from commons.domain.actor import Actor, system_actor
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.evidence import services as evidence
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON

ApprovalId = NewType("ApprovalId", int)


@transaction.atomic
def request(
    *, actor: Actor, kind: str, subject: str, reason: str, payload: Mapping[str, JSON], at: datetime
) -> ApprovalId:
    """Ask a second person to approve. Raises `NotPermitted`, `ApprovalNeedsReason`."""
    policies.can_request(actor, kind).require()
    assert actor.person_id is not None, "the policy lets only persons ask"
    if not reason.strip():
        raise ApprovalNeedsReason()
    body = canonical.encode(payload)
    row = Approval.objects.create(
        kind=kind,
        subject=subject,
        reason=reason.strip(),
        payload=canonical.decode(body),
        requested_by_id=actor.person_id,
        requested_for=actor.organisation_id,
        requested_at=at,
        expires_at=at + kind_of(kind).valid_for,
    )
    # The reason is free text and may name people: evidence holds its digest.
    facts = {"reason_sha256": canonical.digest(row.reason.encode()), "payload_sha256": canonical.digest(body)}
    _record(row, "approval.requested", actor=actor, at=at, facts=facts)
    return ApprovalId(row.pk)


@transaction.atomic
def approve(*, actor: Actor, approval_id: int, at: datetime) -> ApprovalView:
    """Approve as the second person.

    Raises `NotFound`, `NotPermitted`, `ApprovalNeedsAnotherPerson`, `ApprovalExpired`, `NotAllowedNow`.
    """
    row = _load(approval_id)
    policies.can_approve(actor, row.kind, requested_by=row.requested_by_id, requested_for=row.requested_for).require()
    _require_unexpired(row, at)
    return _step(row, ApprovalCommand.APPROVE, actor=actor, at=at, decided_by_id=actor.person_id, decided_at=at)


@transaction.atomic
def reject(*, actor: Actor, approval_id: int, at: datetime, reason: str = "") -> ApprovalView:
    """Say no, or take one's own request back. Raises `NotFound`, `NotPermitted`, `NotAllowedNow`."""
    row = _load(approval_id)
    policies.can_reject(actor, row.kind, requested_by=row.requested_by_id, requested_for=row.requested_for).require()
    values = {"decided_by_id": actor.person_id, "decided_at": at, "decision_reason": reason.strip()}
    return _step(row, ApprovalCommand.REJECT, actor=actor, at=at, **values)


@transaction.atomic
def consume(*, approval_id: int, kind: str, subject: str, at: datetime, actor: Actor | None = None) -> ApprovalView:
    """Use an approval, once, inside the transaction of what was approved; the view names both persons.

    Raises `NotFound`, `ApprovalForSomethingElse`, `ApprovalNotGiven`, `ApprovalExpired`.
    """
    row = _load(approval_id)
    if (row.kind, row.subject) != (kind, subject):
        raise ApprovalForSomethingElse()
    if not MACHINE.allows(ApprovalState(row.state), ApprovalCommand.CONSUME):
        raise ApprovalNotGiven(state=row.state)
    _require_unexpired(row, at)
    return _step(row, ApprovalCommand.CONSUME, actor=actor or system_actor("approvals"), at=at, consumed_at=at)


@transaction.atomic
def agree(*, actor: Actor, approval_id: int, kind: str, subject: str, at: datetime) -> ApprovalView:
    """Approve as the second person, unless a second person did already on the page of approvals, and use it at once.

    Raises what `approve` and `consume` raise, and `NotPermitted` for whoever may neither ask for the kind nor approve.
    """
    row = _load(approval_id)
    if row.state == ApprovalState.REQUESTED:
        approve(actor=actor, approval_id=approval_id, at=at)
    elif actor.person_id != row.requested_by_id:
        policies.can_approve(
            actor, row.kind, requested_by=row.requested_by_id, requested_for=row.requested_for
        ).require()
    return consume(approval_id=approval_id, kind=kind, subject=subject, at=at, actor=actor)


@transaction.atomic
def give_up(*, actor: Actor, approval_id: int, at: datetime, reason: str = "") -> ApprovalView:
    """See to it that the request is never used: what it was asked for is given up.

    Whether it waits, was approved, was rejected or has expired: nobody must be held up by what became of it elsewhere.
    Raises `NotFound`, `NotPermitted`, and `NotAllowedNow` when it was used.
    """
    row = _load(approval_id)
    policies.can_reject(actor, row.kind, requested_by=row.requested_by_id, requested_for=row.requested_for).require()
    if row.state in (ApprovalState.REJECTED, ApprovalState.EXPIRED):
        return view(row)
    values = {"decided_by_id": actor.person_id, "decided_at": at, "decision_reason": reason.strip()}
    return _step(row, ApprovalCommand.WITHDRAW, actor=actor, at=at, **values)


def expire_due(at: datetime, limit: int = 100) -> int:
    """Mark what nobody used in time; the number marked. For the timekeeper."""
    open_states = [ApprovalState.REQUESTED, ApprovalState.APPROVED]
    due = Approval.objects.filter(state__in=open_states, expires_at__lte=at).order_by("id")
    return sum(_expire(approval_id, at) for approval_id in list(due.values_list("id", flat=True)[:limit]))


@transaction.atomic
def _expire(approval_id: int, at: datetime) -> bool:
    row = _load(approval_id)
    if not MACHINE.allows(ApprovalState(row.state), ApprovalCommand.EXPIRE):
        return False
    _step(row, ApprovalCommand.EXPIRE, actor=system_actor("timekeeper"), at=at)
    return True


def _load(approval_id: int) -> Approval:
    row = Approval.objects.select_for_update().filter(id=approval_id).first()
    if row is None:
        raise NotFound()
    return row


def _require_unexpired(row: Approval, at: datetime) -> None:
    if at >= row.expires_at:
        raise ApprovalExpired()


def _step(row: Approval, command: ApprovalCommand, *, actor: Actor, at: datetime, **values: object) -> ApprovalView:
    before = ApprovalState(row.state)
    step = MACHINE.fire(before, command)
    if Approval.objects.filter(id=row.pk, state=before).update(state=step.target, **values) != 1:
        raise NotAllowedNow(command=command.value, state=before.value)
    _record(row, step.event, actor=actor, at=at, facts={})
    row.refresh_from_db()
    return view(row)


def _record(row: Approval, event: str, *, actor: Actor, at: datetime, facts: Mapping[str, JSON]) -> None:
    evidence.append(
        stream=f"approval:{row.pk}",
        type=event,
        actor=actor,
        payload={"kind": row.kind, "subject": row.subject, **facts},
        decided_at=at,
    )
