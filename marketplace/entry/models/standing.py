"""The shared feed of standing, and the embedded lists of the credit registers."""

from django.db import models
from django.db.models import Q

from commons.evidence.append_only import append_only
from marketplace.entry.domain.entrants import CheckKind, StatusKind


@append_only
class StatusEntry(models.Model):
    """One line of the feed 状态共享: what happened to an organisation, by whose decision, until when. Append-only."""

    uscc = models.CharField(max_length=18)
    entrant_kind = models.CharField(max_length=8)
    kind = models.CharField(max_length=12)
    authority = models.CharField(max_length=80, blank=True)
    number = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    until = models.DateTimeField(null=True)
    source = models.CharField(max_length=80, blank=True)
    """Empty: this platform; else the platform from which the decision came."""
    recorded_at = models.DateTimeField()
    evidence_hash = models.CharField(max_length=64)

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in StatusKind]), name="status_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind__in=[StatusKind.SUSPENDED.value, StatusKind.RESTRICTED.value]) | ~Q(number=""),
                name="ban_has_numbered_decision",
            ),
        ]
        indexes = [models.Index(fields=["uscc", "id"], name="status_by_organisation")]


class ListedOrganisation(models.Model):
    """The embedded double of the public credit lists: dishonesty 失信被执行人, abnormal operation 经营异常名录."""

    uscc = models.CharField(max_length=18)
    kind = models.CharField(max_length=20)
    number = models.CharField(max_length=60)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[CheckKind.DISHONESTY.value, CheckKind.ABNORMAL_OPERATION.value]),
                name="listed_kind_known",
            )
        ]
        indexes = [models.Index(fields=["uscc"], name="listed_by_organisation")]
