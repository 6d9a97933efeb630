"""Cases that came in, and what the embedded intake got back."""

from django.db import models
from django.db.models import Q

from commons.intake.domain import CaseState


class IntakeCase(models.Model):
    """A case of the intake; its number is its identity."""

    number = models.CharField(max_length=64, unique=True)
    item = models.CharField(max_length=200)
    applicant = models.CharField(max_length=120)
    applicant_uscc = models.CharField(max_length=18)
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=16, choices=[(state.value, state.name) for state in CaseState])
    received_at = models.DateTimeField()

    class Meta:
        app_label = "commons"
        ordering = ("received_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CaseState]), name="intake_state_known"
            )
        ]


class IntakeReturn(models.Model):
    """What the embedded intake was told, once per key."""

    key = models.CharField(max_length=120, unique=True)
    case_number = models.CharField(max_length=64)
    message = models.JSONField()
    returned_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "commons"
        ordering = ("id",)
