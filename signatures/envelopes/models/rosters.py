"""Opening officers, their keys, and how a seat passes on."""

from django.conf import settings
from django.db import models

from signatures.crypto.suites import Suite
from signatures.envelopes.domain.states import RosterState


class OfficerRoster(models.Model):
    """n officers of whom k open together."""

    name = models.CharField(max_length=80)
    k = models.PositiveSmallIntegerField()
    suite = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in Suite], default=Suite.INTERNATIONAL
    )
    """Of which every officer's key is."""
    state = models.CharField(
        max_length=16, choices=[(state.value, state.value) for state in RosterState], default=RosterState.DRAFT
    )
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    witnessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    activated_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in RosterState]), name="roster_state_is_known"
            ),
            models.CheckConstraint(condition=models.Q(k__gte=2), name="roster_needs_two"),
            models.CheckConstraint(
                condition=~models.Q(state=RosterState.ACTIVE) | models.Q(witnessed_by__isnull=False),
                name="roster_active_has_its_witness",
            ),
            models.CheckConstraint(
                condition=models.Q(witnessed_by__isnull=True) | ~models.Q(witnessed_by=models.F("drafted_by")),
                name="roster_witness_is_another",
            ),
        ]


class RosterSeat(models.Model):
    """Who holds a share, with which key, from when to when. The private key stays on the officer's device."""

    roster = models.ForeignKey(OfficerRoster, on_delete=models.PROTECT, related_name="seats")
    seat = models.PositiveSmallIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    spki = models.BinaryField(default=b"")
    """The public key (SubjectPublicKeyInfo); empty until the officer made one."""
    kept_on = models.CharField(max_length=16, blank=True)
    """`device` (this browser's own storage) or `certificate`."""
    challenge = models.BinaryField(default=b"")
    """SHA-256 of what only the holder of the private key can read: the rehearsal of the key."""
    challenge_slot = models.JSONField(default=dict)
    tried_at = models.DateTimeField(null=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    away_until = models.DateTimeField(null=True)
    """Not on duty until then."""

    class Meta:
        app_label = "signatures"
        ordering = ("roster_id", "seat", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["roster", "seat"], condition=models.Q(until__isnull=True), name="roster_seat_has_one_holder"
            ),
            models.UniqueConstraint(
                fields=["roster", "person"], condition=models.Q(until__isnull=True), name="roster_officer_has_one_seat"
            ),
        ]


class ShareHandover(models.Model):
    """Shares re-wrapped by a leaving officer, on the own device, to the successor. Counts once witnessed."""

    roster = models.ForeignKey(OfficerRoster, on_delete=models.PROTECT, related_name="+")
    seat = models.PositiveSmallIntegerField()
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    successor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    spki = models.BinaryField()
    ref = models.CharField(max_length=32, unique=True)
    slots = models.BinaryField()
    """The re-wrapped shares, encrypted: how many there are would tell how many bids there are."""
    given_at = models.DateTimeField()
    witnessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    witnessed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(witnessed_by=models.F("giver")) & ~models.Q(witnessed_by=models.F("successor"))
                | models.Q(witnessed_by__isnull=True),
                name="handover_witness_is_another",
            ),
        ]
