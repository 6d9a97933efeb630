"""Witnesses of the log: their keys, their co-signatures, and what they say that they were shown."""

from django.db import models

from commons.evidence.append_only import append_only


class Witness(models.Model):
    """A key with which an overseer signs what it saw of the log."""

    name = models.CharField(max_length=80)
    public = models.BinaryField(max_length=32)
    organisation = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(ended_at__isnull=True), name="one_key_per_witness"
            ),
        ]


@append_only
class CoSignature(models.Model):
    """A witness's line under a checkpoint."""

    size = models.BigIntegerField()
    note_sha256 = models.CharField(max_length=64)
    """Of the platform's note, as it was published."""
    witness = models.ForeignKey(Witness, on_delete=models.PROTECT, related_name="cosignatures")
    line = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["note_sha256", "witness"], name="a_witness_signs_a_checkpoint_once")
        ]


@append_only
class SeenView(models.Model):
    """A checkpoint that somebody was shown and handed in, and whether this log agrees with it."""

    note = models.TextField()
    agrees = models.BooleanField()
    finding = models.CharField(max_length=200)
    organisation = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
