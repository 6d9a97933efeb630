"""Requests for approval, for pages and for those who act on them."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from commons.approvals.domain.approval import ApprovalState
from commons.approvals.kinds import kinds_approved_by, kinds_not_overseen, kinds_of_one_house, label_of
from commons.approvals.models import Approval
from commons.domain.actor import Actor, Role
from commons.domain.refusals import NotFound
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON
from commons.paging import Part, numbered


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
    requested_for: int | None
    requested_at: datetime
    expires_at: datetime
    decided_by: int | None
    decided_at: datetime | None
    decision_reason: str
    requested_by_name: str
    decided_by_name: str

    @property
    def label(self) -> str:
        """The kind in the reader's language."""
        return gettext(label_of(self.kind))

    @property
    def state_label(self) -> str:
        return gettext(STATE_LABELS[self.state])

    @property
    def tone(self) -> str:
        return TONES.get(self.state, "neutral")

    def is_open(self, at: datetime) -> bool:
        """Whether it can still be decided."""
        return self.state == ApprovalState.REQUESTED and at < self.expires_at

    def waits_to_be_used(self, at: datetime) -> bool:
        """Whether it was approved and can still be carried out."""
        return self.state == ApprovalState.APPROVED and at < self.expires_at


STATE_LABELS = {
    ApprovalState.REQUESTED: gettext_noop("Waiting for a second person"),
    ApprovalState.APPROVED: gettext_noop("Approved, not yet used"),
    ApprovalState.REJECTED: gettext_noop("Rejected"),
    ApprovalState.CONSUMED: gettext_noop("Approved and used"),
    ApprovalState.EXPIRED: gettext_noop("Expired"),
}
WAITING, OWN = 100, 20
"""Requests on one page of each list."""
TONES = {ApprovalState.REQUESTED: "waiting", ApprovalState.APPROVED: "info", ApprovalState.CONSUMED: "done"}


def waiting_for(viewer: Actor, *, at: datetime, page: int | str | None = 1) -> Part[ApprovalView]:
    """The requests that `viewer` could decide now: of the kinds of the viewer's roles, and made by somebody else."""
    rows = (
        _rows()
        .filter(_approved_by(viewer), state=ApprovalState.REQUESTED, expires_at__gt=at)
        .exclude(requested_by=viewer.person_id)
    )
    return numbered(rows.order_by("id"), partial(map, view), number=page, size=WAITING)


def made_by(viewer: Actor, *, page: int | str | None = 1) -> Part[ApprovalView]:
    """The viewer's own requests, newest first."""
    rows = _rows().filter(requested_by=viewer.person_id).order_by("-id")
    return numbered(rows, partial(map, view), number=page, size=OWN, name="own")


def about(viewer: Actor, subject: str, *, limit: int = 100) -> list[ApprovalView]:
    """Every request about `subject` that the viewer made or may decide; overseers read every kind that is overseen."""
    seen = Q(requested_by=viewer.person_id) | Q(decided_by=viewer.person_id)
    seen |= _approved_by(viewer)
    if viewer.has(Role.REGULATOR, Role.AUDITOR):
        seen |= ~Q(kind__in=kinds_not_overseen())
    rows = _rows().filter(seen, subject=subject)
    return [view(row) for row in rows.order_by("-id")[:limit]]


def to_use(viewer: Actor, subject: str, *, at: datetime, limit: int = 20) -> list[ApprovalView]:
    """What was approved and waits to be carried out, about subjects that begin with `subject`."""
    rows = _rows().filter(
        _approved_by(viewer), state=ApprovalState.APPROVED, expires_at__gt=at, subject__startswith=subject
    )
    return [view(row) for row in rows.order_by("id")[:limit]]


def one(viewer: Actor, approval_id: int) -> ApprovalView:
    """The request. Raises `NotFound`, also when the viewer has nothing to do with it."""
    row = _rows().filter(id=approval_id).first()
    if row is None or not _concerns(viewer, row):
        raise NotFound()
    return view(row)


def _concerns(viewer: Actor, row: Approval) -> bool:
    return (
        viewer.person_id in (row.requested_by_id, row.decided_by_id)
        or _rows().filter(_approved_by(viewer), id=row.pk).exists()
        or (viewer.has(Role.REGULATOR, Role.AUDITOR) and row.kind not in kinds_not_overseen())
    )


def _approved_by(viewer: Actor) -> Q:
    """The requests that people like the viewer approve: by role, and for some kinds of the viewer's own house only."""
    inside = Q(kind__in=kinds_of_one_house())
    return Q(kind__in=kinds_approved_by(viewer.roles)) & (~inside | Q(requested_for=viewer.organisation_id))


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
        row.requested_for,
        row.requested_at,
        row.expires_at,
        row.decided_by_id,
        row.decided_at,
        row.decision_reason,
        row.requested_by.name,
        row.decided_by.name if row.decided_by else "",
    )


def _rows() -> QuerySet[Approval]:
    return Approval.objects.select_related("requested_by", "decided_by")
