"""What people are asked to sign, and what they gave."""

from django.conf import settings
from django.db import models

from commons.domain.sealing import blinded
from commons.secrecy.fields import SealedBytesField, SealedIntegerField, SealedJSONField, SealedTextField
from commons.secrecy.keys import key_for
from signatures.signing.domain.sessions import SigningState


class SigningSession(models.Model):
    """One thing to be signed by one person, once.

    That somebody signs can tell what nobody may know yet: who enters a room, who bids together with whom. So a copy of
    this table tells neither who nor what, browsers included, for the table of sessions names their people.
    """

    number = models.CharField(max_length=32, unique=True)
    """Random; in addresses."""
    kind = models.CharField(max_length=40)
    subject = SealedTextField(label="signing.subject")
    """What it is about, as evidence streams are named: `deal:12`, `room:7`."""
    subject_ref = models.CharField(max_length=32)
    """By which those who know kind and subject find it: see `about`."""
    title = SealedTextField(label="signing.title")
    role = models.CharField(max_length=80)
    """As what the person signs: an English message id."""
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    facts = SealedJSONField(label="signing.facts", default=list)
    content = SealedBytesField(label="signing.content")
    digest = SealedTextField(label="signing.digest")
    """SHA-256 of what is signed; of a PDF, of its byte ranges, and empty until it is prepared."""
    context = SealedJSONField(label="signing.context", default=dict)
    """For whoever asked, when the signature is there."""
    purpose = models.CharField(max_length=16)
    suite = models.CharField(max_length=16, blank=True)
    """That of the procedure, whose certificates alone can sign; empty: any."""
    """What the certificate must allow: a person's signature, or an organisation's seal."""
    signer_id = SealedIntegerField(label="signing.signer")
    signer_name = SealedTextField(label="signing.signer-name")
    """As it was when the signature was asked for."""
    organisation_id = SealedIntegerField(label="signing.organisation", null=True)
    waits_for = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    """The signer of what others ask for, in whose list it stands; nobody for what is secret or stays in one browser."""
    session_ref = SealedTextField(label="signing.browser", blank=True)
    """The browser that it is bound to; empty: any browser of the signer."""
    phone_session_ref = SealedTextField(label="signing.phone", blank=True)
    requested_by = SealedTextField(label="signing.requested-by")
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    return_url = SealedTextField(label="signing.return")
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in SigningState], default=SigningState.REQUESTED
    )
    certificate = SealedBytesField(label="signing.certificate", null=True)
    chain = SealedJSONField(label="signing.chain", default=list)
    """The authorities between it and its root, base64 of DER."""
    attributes = SealedBytesField(label="signing.attributes", null=True)
    ranges = models.JSONField(default=list)
    """The byte ranges of a PDF that the digest covers: [[offset, length], …]; empty: all of the content."""
    prepared = SealedJSONField(label="signing.prepared", default=dict)
    """What the form needs to finish."""
    prepared_at = models.DateTimeField(null=True)
    prepared_by = SealedTextField(label="signing.prepared-by", blank=True)
    """The browser that got the attributes."""
    signature = SealedBytesField(label="signing.signature", null=True)
    """Detached CMS; a signed PDF lies in the vault and its hash stands in `result`."""
    result = SealedJSONField(label="signing.result", default=dict)
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
            models.Index(fields=["subject_ref"], name="signing_by_subject"),
            models.Index(fields=["waits_for", "state"], name="signing_by_signer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @classmethod
    def about(cls, *, kind: str, subject: str) -> "models.QuerySet[SigningSession]":
        """The sessions of that kind about `subject`."""
        return cls.objects.filter(subject_ref=subject_ref(kind, subject))

    @property
    def stream(self) -> str:
        """The evidence stream of the session."""
        return f"signing:{self.pk}"


def subject_ref(kind: str, subject: str) -> str:
    """What stands in the table for a subject; only the platform can reckon it."""
    return blinded(key_for("signing"), kind, subject)


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
