"""Suspensions of organisations: by whose decision, until when, and how they ended."""

from django.db import models

from commons.people.models.organisation import Organisation


class OrganisationSuspension(models.Model):
    """That an organisation may not act here for a while. What was decided stays; lifting it stands beside it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="suspensions")
    decision_body = models.CharField(max_length=80)
    decision_no = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    """It is over then, if it is not lifted before."""
    approval_id = models.BigIntegerField(unique=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_decision_no = models.CharField(max_length=60, blank=True)
    lifted_reason = models.CharField(max_length=200, blank=True)
    lifted_approval_id = models.BigIntegerField(null=True, blank=True, unique=True)

    class Meta:
        app_label = "commons"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("begins_at")), name="suspension_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at__isnull=True) | ~models.Q(lifted_decision_no=""),
                name="lifted_suspension_has_decision",
            ),
        ]
