"""Whose certificate is whose."""

from django.conf import settings
from django.db import models

from signatures.crypto.suites import Suite
from signatures.pki.domain.bindings import BindingState, Kind


class CertificateBinding(models.Model):
    """A certificate of a person for an organisation, or an organisation's seal. Ended rows stay."""

    kind = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Kind])
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    """Whose certificate it is; of a seal: who bound it."""
    organisation = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)
    """SHA-256 of the DER, hex."""
    certificate = models.BinaryField()
    chain = models.JSONField(default=list)
    """The intermediates, DER in base64."""
    authority = models.CharField(max_length=32)
    """The key of the authority in the trust list."""
    suite = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Suite])
    subject = models.CharField(max_length=400)
    common_name = models.CharField(max_length=200)
    issuer = models.CharField(max_length=400)
    serial = models.CharField(max_length=64)
    key_kind = models.CharField(max_length=40)
    key_sha256 = models.CharField(max_length=64)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    state = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in BindingState], default=BindingState.ACTIVE
    )
    bound_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
        indexes = [
            models.Index(fields=["person", "organisation", "state"], name="binding_of_person"),
            models.Index(fields=["organisation", "kind", "state"], name="binding_of_organisation"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"], condition=models.Q(state=BindingState.ACTIVE), name="one_active_binding"
            ),
            models.UniqueConstraint(
                fields=["person", "organisation", "suite"],
                condition=models.Q(state=BindingState.ACTIVE, kind=Kind.PERSONAL),
                name="one_certificate_in_use_per_person",
            ),
            models.UniqueConstraint(
                fields=["organisation", "suite"],
                condition=models.Q(state=BindingState.ACTIVE, kind=Kind.SEAL),
                name="one_seal_in_use_per_organisation",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[one.value for one in BindingState]), name="binding_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=BindingState.ACTIVE, ended_at__isnull=True)
                | (~models.Q(state=BindingState.ACTIVE) & models.Q(ended_at__isnull=False)),
                name="binding_ends_once",
            ),
        ]
