"""Time stamps that are still to come, and those that came."""

from django.db import models

from signatures.pki.domain.stamps import StampState


class PendingStamp(models.Model):
    """A digest that is to be stamped. The time-stamp authority may be away; what waits is never blocked by it."""

    subject = models.CharField(max_length=120, unique=True)
    """What it belongs to, for example `signature:17`; the owner asks for the token by it."""
    digest = models.BinaryField()
    """SHA-256."""
    state = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in StampState], default=StampState.PENDING
    )
    token = models.BinaryField(null=True, blank=True)
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveIntegerField(default=0)
    stamped_at = models.DateTimeField(null=True, blank=True)
    """The time that the token states."""
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[one.value for one in StampState]), name="stamp_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=StampState.PENDING) | models.Q(token__isnull=False), name="stamped_has_token"
            ),
        ]
