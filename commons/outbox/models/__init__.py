"""Messages that must follow a commit."""

from django.db import models

from commons.outbox.domain.delivery import MessageState


class OutboxMessage(models.Model):
    """Written in the transaction of the change it announces; delivered at least once, afterwards."""

    topic = models.CharField(max_length=64)
    key = models.CharField(max_length=160)
    """Made by the sender, the same for the same message: enqueueing twice is one message."""
    payload = models.JSONField()
    enqueued_at = models.DateTimeField()
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in MessageState], default=MessageState.PENDING
    )
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    lease = models.CharField(max_length=32, blank=True)
    """Which claim holds the lease: a worker that woke up too late finds another one here."""
    delivered_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        app_label = "commons"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["topic", "key"], name="outbox_one_message_per_key"),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in MessageState]), name="outbox_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=MessageState.DELIVERED) ^ models.Q(delivered_at__isnull=True),
                name="outbox_delivered_has_its_instant",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=models.Q(state=MessageState.PENDING), name="outbox_pending_by_due"
            )
        ]
