"""What envelopes are handed in for."""

from django.conf import settings
from django.db import models

from signatures.crypto.suites import Suite
from signatures.envelopes.domain.header import Mode
from signatures.envelopes.domain.states import IntakeState


class SealedIntake(models.Model):
    """A lot of a tender (or a rehearsal) that takes envelopes until its deadline. Nothing here tells who bids."""

    subject = models.CharField(max_length=80, unique=True)
    """What it belongs to, as evidence streams are named."""
    title = models.CharField(max_length=200)
    tender = models.CharField(max_length=80)
    lot = models.CharField(max_length=80)
    mode = models.CharField(max_length=8, choices=[(mode.value, mode.value) for mode in Mode])
    suite = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in Suite], default=Suite.INTERNATIONAL
    )
    """The roster's when the intake was opened: what envelopes are sealed with, and every key in them."""
    chunk = models.PositiveIntegerField()
    roster = models.ForeignKey("signatures.OfficerRoster", on_delete=models.PROTECT, related_name="+")
    k = models.PositiveSmallIntegerField()
    n = models.PositiveSmallIntegerField()
    deadline = models.DateTimeField()
    window_minutes = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=16, choices=[(state.value, state.value) for state in IntakeState], default=IntakeState.OPEN
    )
    opened_at = models.DateTimeField()
    """When it began to take envelopes."""
    opening_began_at = models.DateTimeField(null=True)
    window_ends_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in IntakeState]),
                name="sealed_intake_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[IntakeState.OPEN, IntakeState.ABANDONED])
                | models.Q(opening_began_at__gte=models.F("deadline"), window_ends_at__isnull=False),
                name="sealed_intake_opens_after_its_deadline",
            ),
        ]
        indexes = [models.Index(fields=["state", "deadline"], name="sealed_intake_by_state")]


class Rehearsal(models.Model):
    """An opening for practice: whoever began it may end the time for sealing early."""

    intake = models.OneToOneField(SealedIntake, on_delete=models.PROTECT, related_name="rehearsal")
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
