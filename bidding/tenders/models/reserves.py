"""The secret reserve of a section."""

from django.db import models

from commons.secrecy.fields import SealedJSONField


class SecretReserve(models.Model):
    """A section's reserve 标底: sealed under a key outside the database, told when the bids are read out."""

    section = models.OneToOneField("bidding.Section", on_delete=models.CASCADE, related_name="reserve")
    """A section is removed in a draft alone."""
    sealed = SealedJSONField(label="tender.reserve")
    """What the log was told too: `reserves.Reserve.as_payload`."""
    decision = models.JSONField()
    """Who decided it, public with the notice: {"body", "number", "decided_on"}."""
    stated_at = models.DateTimeField()
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    """Empty until it is read out."""
    revealed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "bidding"
        ordering = ("section_id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True, revealed_at__isnull=True)
                | models.Q(amount__gt=0, revealed_at__isnull=False),
                name="reserve_is_told_at_an_instant",
            )
        ]
