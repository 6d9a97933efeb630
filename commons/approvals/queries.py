"""Requests for approval, for pages and for those who act on them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from commons.approvals.domain.approval import ApprovalState
from commons.approvals.kinds import kinds_approved_by
from commons.approvals.models import Approval
from commons.domain.actor import Actor, Role
from commons.domain.refusals import NotFound
from commons.evidence.domain.canonical import JSON


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """A request as pages and callers see it."""

    id: int
    kind: str
    subject: str
    reason: str
    payload: dict[str, JSON]
    state: ApprovalState
    requested_by: int
    requested_at: datetime
    expires_at: datetime
    decided_by: int | None
    decided_at: datetime | None


def waiting_for(viewer: Actor, *, at: datetime, limit: int = 100) -> list[ApprovalView]:
    """The requests that `viewer` could decide now: of the kinds of the viewer's roles, and made by somebody else."""
    rows = Approval.objects.filter(
        state=ApprovalState.REQUESTED, expires_at__gt=at, kind__in=kinds_approved_by(viewer.roles)
    ).exclude(requested_by=viewer.person_id)
    return [view(row) for row in rows.order_by("id")[:limit]]


def about(viewer: Actor, subject: str, *, limit: int = 100) -> list[ApprovalView]:
    """Every request about `subject` that the viewer made or may decide; all of them for regulators and auditors."""
    rows = Approval.objects.filter(subject=subject)
    if not viewer.has(Role.REGULATOR, Role.AUDITOR):
        own = Q(requested_by=viewer.person_id) | Q(decided_by=viewer.person_id)
        rows = rows.filter(own | Q(kind__in=kinds_approved_by(viewer.roles)))
    return [view(row) for row in rows.order_by("-id")[:limit]]


def one(viewer: Actor, approval_id: int) -> ApprovalView:
    """The request. Raises `NotFound`, also when the viewer has nothing to do with it."""
    row = Approval.objects.filter(id=approval_id).first()
    if row is None or not _concerns(viewer, row):
        raise NotFound()
    return view(row)


def _concerns(viewer: Actor, row: Approval) -> bool:
    return (
        viewer.person_id in (row.requested_by_id, row.decided_by_id)
        or row.kind in kinds_approved_by(viewer.roles)
        or viewer.has(Role.REGULATOR, Role.AUDITOR)
    )


def view(row: Approval) -> ApprovalView:
    """The row as a value."""
    return ApprovalView(
        row.pk,
        row.kind,
        row.subject,
        row.reason,
        row.payload,
        ApprovalState(row.state),
        row.requested_by_id,
        row.requested_at,
        row.expires_at,
        row.decided_by_id,
        row.decided_at,
    )
