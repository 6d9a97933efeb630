"""Signs of life: since when bids can be taken, and when they could not."""

from django.db import models


class RoomHeartbeat(models.Model):
    """When a room writer last proved that it can store bids. One row for the platform."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    beat_at = models.DateTimeField()

    class Meta:
        app_label = "exchange"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.beat_at:%H:%M:%S}"


class RoomOutage(models.Model):
    """A span in which nobody could bid for longer than the rules allow; rooms that were open get the time back."""

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=models.Q(ended_at__gt=models.F("started_at")), name="outage_has_a_length"),
            models.UniqueConstraint(fields=["started_at"], name="outage_is_recorded_once"),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%H:%M:%S}–{self.ended_at:%H:%M:%S}"
