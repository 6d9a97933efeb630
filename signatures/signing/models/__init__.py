"""What people are asked to sign, and what they gave."""

from django.conf import settings
from django.db import models

from signatures.signing.domain.sessions import SigningState


class SigningSession(models.Model):
    """One thing to be signed by one person, once."""

    number = models.CharField(max_length=32, unique=True)
    """Random; in addresses."""
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    """What it is about, as evidence streams are named: `deal:12`, `room:7`."""
    title = models.CharField(max_length=200)
    role = models.CharField(max_length=80)
    """As what the person signs: an English message id."""
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    facts = models.JSONField(default=list)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    """SHA-256 of what is signed; of a PDF, of its byte ranges, and empty until it is prepared."""
    context = models.JSONField(default=dict)
    """For whoever asked, when the signature is there."""
    purpose = models.CharField(max_length=16)
    """What the certificate must allow: a person's signature, or an organisation's seal."""
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("commons.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    session_ref = models.CharField(max_length=64, blank=True)
    """The browser that it is bound to; empty: any browser of the signer."""
    phone_session_ref = models.CharField(max_length=64, blank=True)
    requested_by = models.CharField(max_length=80)
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    return_url = models.CharField(max_length=200)
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in SigningState], default=SigningState.REQUESTED
    )
    certificate = models.BinaryField(null=True)
    chain = models.JSONField(default=list)
    """The authorities between it and its root, base64 of DER."""
    attributes = models.BinaryField(null=True)
    ranges = models.JSONField(default=list)
    """The byte ranges of a PDF that the digest covers: [[offset, length], …]; empty: all of the content."""
    prepared = models.JSONField(default=dict)
    """What the form needs to finish."""
    prepared_at = models.DateTimeField(null=True)
    prepared_by = models.CharField(max_length=64, blank=True)
    """The browser that got the attributes."""
    signature = models.BinaryField(null=True)
    """Detached CMS; a signed PDF lies in the vault and its hash stands in `result`."""
    result = models.JSONField(default=dict)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in SigningState]), name="signing_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=SigningState.REQUESTED)
                | models.Q(state__in=[SigningState.DECLINED, SigningState.WITHDRAWN, SigningState.EXPIRED])
                | models.Q(certificate__isnull=False, attributes__isnull=False, prepared_at__isnull=False),
                name="prepared_signing_has_attributes",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[SigningState.REQUESTED, SigningState.PREPARED])
                ^ models.Q(ended_at__isnull=False),
                name="ended_signing_has_its_instant",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "expires_at"], name="signing_by_state_and_end"),
            models.Index(fields=["subject", "kind"], name="signing_by_subject"),
            models.Index(fields=["signer", "state"], name="signing_by_signer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def stream(self) -> str:
        """The evidence stream of the session."""
        return f"signing:{self.pk}"


class PhoneLink(models.Model):
    """A one-time way for the signer's phone into a session that a desktop opened."""

    session = models.ForeignKey(SigningSession, on_delete=models.PROTECT, related_name="links")
    token_sha256 = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    """Taken by the phone, or replaced by a newer link."""

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=models.Q(used_at__isnull=True), name="one_open_link_per_signing"
            )
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.issued_at:%H:%M:%S}"
