"""Public notices: written once, superseded by later versions, never edited."""

from django.db import models

from commons.evidence.append_only import append_only
from exchange.notices.domain.kinds import NoticeKind


@append_only
class Notice(models.Model):
    """What was published, word for word, with the hash under which it stands in the evidence log."""

    project = models.ForeignKey("exchange.Project", on_delete=models.PROTECT, related_name="notices")
    lot = models.ForeignKey("exchange.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in NoticeKind])
    version = models.PositiveSmallIntegerField(default=1)
    """Counts the notices of sale of a project: 1, and one more with every amendment."""
    supersedes = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    reason = models.TextField(blank=True)
    decision_body = models.CharField(max_length=80, blank=True)
    decision_no = models.CharField(max_length=60, blank=True)
    document = models.ForeignKey("commons.Document", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    body = models.JSONField()
    """What the notice says, amounts and instants as strings."""
    sha256 = models.CharField(max_length=64)
    """Of the canonical JSON (RFC 8785) of the body."""
    evidence_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        app_label = "exchange"
        ordering = ("published_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in NoticeKind]), name="notice_kind_known"
            ),
            models.UniqueConstraint(
                fields=["project", "version"],
                condition=models.Q(kind__in=[NoticeKind.SALE.value, NoticeKind.AMENDMENT.value]),
                name="notice_version_once",
            ),
        ]
