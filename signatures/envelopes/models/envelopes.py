"""Envelopes, uploads, receipts and unlocked keys.

Until the opening every row is found by a tag and read with a key that are not in the database: of whom, for which
tender, how large, when. A dump shows how many rows the whole city has, and no more.
"""

from django.conf import settings
from django.db import models

from signatures.envelopes.domain.states import IN_OPENING, Cause, EnvelopeState


class SealedEnvelope(models.Model):
    """An envelope that was accepted. The second half is empty until its opening begins."""

    ref = models.CharField(max_length=32, primary_key=True)
    slot_tag = models.CharField(max_length=64, unique=True)
    """Of intake, organisation and how many came before: two at once cannot both be the next."""
    commit_tag = models.CharField(max_length=64, unique=True)
    facts = models.BinaryField()
    state = models.CharField(
        max_length=20, choices=[(state.value, state.value) for state in EnvelopeState], default=EnvelopeState.SEALED
    )
    intake = models.ForeignKey("signatures.SealedIntake", null=True, on_delete=models.PROTECT, related_name="envelopes")
    organisation = models.ForeignKey("commons.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    commit = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(null=True)
    received_at = models.DateTimeField(null=True)
    receipt_ref = models.CharField(max_length=32, blank=True)
    window_ends_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=24, blank=True, choices=[(cause.value, cause.value) for cause in Cause])
    findings = models.JSONField(default=dict)
    """What was found at the end: the evidence of a failure, or what was opened."""
    supervised_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    supervised_at = models.DateTimeField(null=True)
    supervision = models.JSONField(default=dict)

    class Meta:
        app_label = "signatures"
        ordering = ("received_at", "ref")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in EnvelopeState]), name="envelope_state_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[EnvelopeState.SEALED, EnvelopeState.WITHDRAWN])
                | models.Q(intake__isnull=True, organisation__isnull=True, commit="", size__isnull=True),
                name="envelope_sealed_tells_nothing",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[EnvelopeState.FAILED_BIDDER, EnvelopeState.FAILED_CENTRE])
                | ~models.Q(cause=""),
                name="envelope_failed_has_its_cause",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "window_ends_at"],
                name="envelope_in_opening",
                condition=models.Q(state__in=sorted(state.value for state in IN_OPENING)),
            )
        ]


class EnvelopeUpload(models.Model):
    """A permission to upload once, and the upload that was made with it. Bytes lie in a file of that name."""

    ref = models.CharField(max_length=32, primary_key=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    own_tag = models.CharField(max_length=64)
    """Of intake and organisation: a new upload takes the place of one that was left unfinished."""
    facts = models.BinaryField()
    state = models.CharField(max_length=10)
    """ISSUED, RUNNING, FINISHED, DROPPED."""
    expires_at = models.DateTimeField()

    class Meta:
        app_label = "signatures"
        ordering = ("ref",)
        indexes = [
            models.Index(fields=["state", "expires_at"], name="upload_by_state"),
            models.Index(fields=["own_tag"], name="upload_by_owner"),
        ]


class EnvelopeReceipt(models.Model):
    """A signed receipt, encrypted until the opening (and after it, for its owner alone)."""

    ref = models.CharField(max_length=32, primary_key=True)
    facts = models.BinaryField()
    token = models.BinaryField(default=b"")
    """The time stamp over the SHA-256 of the receipt's body; empty while `ts_pending`."""
    ts_pending = models.BooleanField(default=True)

    class Meta:
        app_label = "signatures"
        ordering = ("ref",)


class EnvelopeUnlock(models.Model):
    """The key of one slot, given by its holder; encrypted, for it is needed only while the envelope is opened."""

    envelope = models.ForeignKey(SealedEnvelope, on_delete=models.PROTECT, related_name="unlocks")
    label = models.CharField(max_length=16)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    secret = models.BinaryField()
    given_at = models.DateTimeField()

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["envelope", "label"], name="envelope_slot_unlocks_once")]
