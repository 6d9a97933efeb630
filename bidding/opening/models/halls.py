"""Halls and their log."""

from django.db import models

from bidding.opening.domain.states import HallState
from commons.domain.identifiers import random_number
from commons.evidence.append_only import append_only


class Hall(models.Model):
    """The opening of one section, seen by everybody at once. `seq` counts what happened in it."""

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)
    section = models.OneToOneField("bidding.Section", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, default=HallState.WAITING.value)
    seq = models.PositiveIntegerField(default=0)
    sign_in_opens_at = models.DateTimeField()
    listed_at = models.DateTimeField(null=True)
    window_ends_at = models.DateTimeField(null=True)
    draw_id = models.UUIDField(null=True)
    delta = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    """The floating point that was drawn, a fraction."""
    read_at = models.DateTimeField(null=True)
    confirm_until = models.DateTimeField(null=True)
    analysis = models.JSONField(default=dict)
    """Remarks and, where the formula allows it at once, the price scores; written at the reading."""
    record = models.BinaryField(default=b"")
    """What those present sign: canonical JSON."""
    record_number = models.CharField(max_length=32, blank=True)
    """The paper of the record."""
    meeting = models.PositiveSmallIntegerField(default=1)
    """Raised by every resumption 复会."""
    closed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "bidding"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in HallState]), name="hall_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[HallState.WAITING.value, HallState.NOT_OPENED.value])
                | models.Q(listed_at__isnull=False),
                name="open_hall_was_listed",
            ),
        ]
        indexes = [models.Index(fields=["state"], name="hall_by_state")]

    @property
    def stream(self) -> str:
        """Its evidence stream."""
        return f"hall:{self.pk}"


@append_only
class HallEntry(models.Model):
    """One line of a hall's log. Its SHA-256 stands in the evidence log; the words stand here."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="entries")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=32)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()
    facts = models.JSONField()
    """Names, words and numbers, as everybody in the hall may see them."""
    sha256 = models.CharField(max_length=64)

    class Meta:
        app_label = "bidding"
        ordering = ("hall_id", "seq")
        constraints = [models.UniqueConstraint(fields=["hall", "seq"], name="hall_entry_place")]
