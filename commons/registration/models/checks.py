"""Addresses that wait for their code."""

from django.conf import settings
from django.db import models

from commons.registration.domain.codes import AddressKind, Purpose


class AddressCheck(models.Model):
    """Somebody says that an address is theirs. The code itself is stored nowhere: it follows from `nonce` and a secret.

    Deleted a day after it began, with what was typed.
    """

    token = models.CharField(max_length=43, unique=True)
    """Names the check in addresses; unguessable."""
    nonce = models.CharField(max_length=43)
    purpose = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Purpose])
    kind = models.CharField(max_length=8, choices=[(one.value, one.value) for one in AddressKind])
    address = models.CharField(max_length=120)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    """Whose password is to be reset; empty where nobody has that name and address."""
    asked = models.JSONField(default=dict)
    """What is to be registered: name, sign-in name, hash of the password, language."""
    source = models.CharField(max_length=64)
    """Keyed digest of the network address that asked."""
    began_at = models.DateTimeField()
    guesses = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "commons"
        ordering = ("id",)
        indexes = [
            models.Index(fields=["address", "began_at"], name="address_checks_by_address"),
            models.Index(fields=["source", "began_at"], name="address_checks_by_source"),
        ]
