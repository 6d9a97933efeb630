"""What was published about a procurement, word for word, and the questions about it."""

from django.db import models
from django.db.models import Q

from commons.evidence.append_only import append_only
from marketplace.procurement.domain.notices import ProcurementNoticeKind


@append_only
class ProcurementNotice(models.Model):
    """A published text, superseded by later ones, never changed: the need, its amendments, and what became of it."""

    procurement = models.ForeignKey("marketplace.Procurement", on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=16)
    version = models.PositiveSmallIntegerField(default=0)
    round = models.PositiveSmallIntegerField(default=1)
    reason = models.TextField(blank=True)
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    """Of the canonical JSON (RFC 8785) of the body."""
    evidence_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        app_label = "marketplace"
        ordering = ("published_at", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["procurement", "version"],
                condition=Q(kind__in=[ProcurementNoticeKind.NEED.value, ProcurementNoticeKind.AMENDMENT.value]),
                name="procurement_version_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ProcurementNoticeKind]),
                name="procurement_notice_kind_known",
            ),
        ]


class Question(models.Model):
    """What somebody asked about a notice; published with its answer, never with who asked."""

    procurement = models.ForeignKey("marketplace.Procurement", on_delete=models.PROTECT, related_name="questions")
    organisation = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(answer=""), name="answered_question_has_answer"
            )
        ]
