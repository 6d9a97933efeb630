"""Side table of the log: what its blinded entries hide, sealed under keys that are not in the database."""

from django.db import models

from commons.evidence.append_only import append_only


@append_only
class EvidenceSecret(models.Model):
    """The opening of one blinded entry, for the day on which it may be read."""

    stream = models.CharField(max_length=80)
    """As the entry stands in the log."""
    seq = models.BigIntegerField()
    sealed = models.BinaryField()

    class Meta:
        app_label = "commons"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="evidence_one_secret_per_entry")]
