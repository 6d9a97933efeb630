"""Versions of procedure profiles: written once, followed by later ones, never edited."""

from django.db import models

from commons.evidence.append_only import append_only


@append_only
class ProfileVersion(models.Model):
    """What a procedure is from a day on."""

    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    sector = models.CharField(max_length=24)
    method = models.CharField(max_length=32)
    region = models.CharField(max_length=6, blank=True)
    valid_from = models.DateField()
    based_on = models.CharField(max_length=40, blank=True)
    """The procedure that a new one was made from, whose limits it may not undercut."""
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    """Of the canonical JSON (RFC 8785) of the content."""
    reason = models.TextField(blank=True)
    entered_by = models.CharField(max_length=64)
    entered_at = models.DateTimeField()

    class Meta:
        app_label = "bidding"
        ordering = ("code", "version")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="profile_version_once"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="profile_version_counts_from_one"),
        ]
        indexes = [models.Index(fields=["sector", "code", "-valid_from"], name="profile_by_sector")]
