"""Nonces that a holder's statement must repeat."""

from django.db import models


class CertificateChallenge(models.Model):
    """One nonce, for one browser session and one purpose, used once. Only its hash is kept; old ones are deleted."""

    nonce_sha256 = models.CharField(max_length=64, unique=True)
    session_ref = models.CharField(max_length=64)
    context = models.CharField(max_length=16)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
