"""The owner's internal approval chain, and what its members decided."""

from django.conf import settings
from django.db import models

from commons.evidence.append_only import append_only


class ChainStep(models.Model):
    """One place of an owner's chain: who approves, as what."""

    owner = models.ForeignKey("marketplace.Entrant", on_delete=models.CASCADE, related_name="chain")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=60)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        app_label = "marketplace"
        ordering = ("owner", "position")
        constraints = [
            models.UniqueConstraint(fields=["owner", "position"], name="chain_position_once"),
            models.UniqueConstraint(fields=["owner", "person"], name="chain_person_once"),
        ]


@append_only
class StepDecision(models.Model):
    """What one member decided about one submission. Append-only."""

    procurement = models.ForeignKey("marketplace.Procurement", on_delete=models.PROTECT, related_name="decisions")
    submission = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=60)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved = models.BooleanField()
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField()

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["procurement", "submission", "position"], name="chain_step_decided_once")
        ]
