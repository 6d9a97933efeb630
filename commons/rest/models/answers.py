"""What was answered to which request."""

from django.db import models

from commons.evidence.append_only import append_only


@append_only
class AnsweredRequest(models.Model):
    """One effectful request of somebody with the one answer that it ever gets."""

    actor = models.CharField(max_length=80)
    """The reference of whoever asked: person and organisation."""
    number = models.CharField(max_length=100)
    """Made by the client, unique for the actor."""
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    refused = models.BooleanField()
    answer = models.JSONField()
    """The body; of a refusal its code and fields, so that each repetition is worded in its reader's language."""
    answered_at = models.DateTimeField()

    class Meta:
        app_label = "commons"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["actor", "number"], name="rest_one_answer_per_request")]
