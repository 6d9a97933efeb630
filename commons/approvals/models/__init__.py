"""Requests for approval by a second person."""

from django.conf import settings
from django.db import models

from commons.approvals.domain.approval import ApprovalState


class Approval(models.Model):
    """What one person asked for and another approved or rejected."""

    kind = models.CharField(max_length=64)
    subject = models.CharField(max_length=80)
    """What it is about, as evidence streams are named: `lot:12`, `room:7`."""
    reason = models.TextField()
    payload = models.JSONField()
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in ApprovalState], default=ApprovalState.REQUESTED
    )
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_for = models.BigIntegerField(null=True)
    """The organisation for which the first person asked."""
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    consumed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "commons"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in ApprovalState]), name="approval_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | models.Q(state=ApprovalState.REJECTED)
                | ~models.Q(decided_by=models.F("requested_by")),
                name="approval_by_another_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[ApprovalState.APPROVED, ApprovalState.CONSUMED])
                | models.Q(decided_by__isnull=False, decided_at__isnull=False),
                name="approval_has_its_approver",
            ),
            models.CheckConstraint(
                condition=models.Q(state=ApprovalState.CONSUMED) ^ models.Q(consumed_at__isnull=True),
                name="approval_consumed_has_its_instant",
            ),
        ]
        indexes = [models.Index(fields=["state", "expires_at"], name="approval_by_state_and_end")]
