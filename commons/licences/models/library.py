"""The embedded licence library: what an issuer said, row by row; the newest row of a licence holds."""

from django.db import models
from django.db.models import F, Q

from commons.evidence.append_only import append_only
from commons.licences.domain import LicenceKind


@append_only
class LicenceRecord(models.Model):
    """A licence as its issuer reported it; a change of status is a new row."""

    kind = models.CharField(max_length=20, choices=[(kind.value, kind.name) for kind in LicenceKind])
    number = models.CharField(max_length=40)
    issuer = models.CharField(max_length=120)
    holder = models.CharField(max_length=120)
    holder_uscc = models.CharField(max_length=18)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    suspended = models.BooleanField(default=False)
    revoked = models.BooleanField(default=False)
    identifier = models.CharField(max_length=80, blank=True)
    scope = models.CharField(max_length=24, blank=True)
    grade = models.PositiveSmallIntegerField(default=0)
    reported_at = models.DateTimeField()

    class Meta:
        app_label = "commons"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in LicenceKind]), name="licence_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="licence_term_in_order",
            ),
        ]
        indexes = [models.Index(fields=["holder_uscc", "kind", "-id"], name="licence_by_holder")]
