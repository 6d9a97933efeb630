"""The trust list, as the last file that was loaded said, with what staff decided since."""

from django.db import models

from signatures.crypto.suites import Suite
from signatures.pki.domain.trusting import AuthorityState


class CertificateAuthority(models.Model):
    """An authority of the trust list. A withdrawn one stays, for the signatures it vouched for."""

    key = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    suite = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Suite])
    root = models.BinaryField()
    """DER."""
    intermediates = models.JSONField(default=list)
    """DER in base64."""
    purposes = models.JSONField(default=list)
    profile = models.JSONField(default=dict)
    """What differs from the usual profile, as in the file."""
    ocsp_urls = models.JSONField(default=list)
    crl_urls = models.JSONField(default=list)
    state = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in AuthorityState], default=AuthorityState.TRUSTED
    )
    reason = models.CharField(max_length=200, blank=True)
    listed_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[one.value for one in AuthorityState]), name="authority_state_known"
            )
        ]

    def __str__(self) -> str:
        return self.name


class TimeStampService(models.Model):
    """The address of a time-stamp authority; asked in the order of `place`."""

    url = models.CharField(max_length=300, unique=True)
    place = models.PositiveSmallIntegerField()

    class Meta:
        app_label = "signatures"
        ordering = ("place", "id")
